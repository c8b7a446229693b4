import { describe, expect, it } from 'vitest';
import { errorFrom, errorRecord } from '../errors/transport';
import { StorageError } from '../errors/storage';
import { TrainingError } from '../errors/training';
import { GpuError } from '../kernels/errors';
import { explain, isDeviceLost } from './problems';
import { t } from './texts';

/** As it comes out of the worker. */
const crossed = (error: Error): Error => errorFrom(errorRecord(error));

describe('explain', () => {
  it('keeps the message and adds what to do', () => {
    const problem = explain(new Error('maxTokens is 600, more than maxSeqLength 512'), 'train');
    expect(problem.message).toBe('maxTokens is 600, more than maxSeqLength 512.');
    expect(problem.remedy).not.toBe('');
    expect(problem.resumeDir).toBeNull();
  });

  it('offers to go on after a lost device only when something was saved', () => {
    const error = new Error('The GPU device was lost (reason: unknown).');
    expect(explain(error, 'train', 'outputs/a').resumeDir).toBe('outputs/a');
    expect(explain(error, 'train', 'outputs/a').remedy).toContain('last save');
    expect(explain(error, 'train').remedy).toContain('Nothing was saved');
  });

  it('offers the checkpoint that a refusal names in the place of a damaged one', () => {
    const refusal = (whole: string | null) =>
      crossed(TrainingError.of('training/checkpoint-damaged', { path: 'checkpoint-3', damaged: [], whole }));
    const error = refusal('checkpoint-2');
    const problem = explain(error, 'train', 'outputs/a');
    expect(problem).toMatchObject({ resumeDir: 'outputs/a', resumeFrom: 'checkpoint-2' });
    expect(problem.remedy).toContain('checkpoint-2');
    expect(explain(error, 'train').resumeFrom).toBeUndefined();
    expect(explain(refusal(null), 'train', 'outputs/a').resumeFrom).toBeUndefined();
  });

  it('knows by its code, in whatever words, what is full', () => {
    const full = crossed(StorageError.of('storage/full', { path: 'a', bytes: 9, place: 'browser' }));
    expect(explain(full, 'train').remedy).toBe(t.problems.storageFull);
    expect(explain(crossed(GpuError.of('gpu/out-of-memory', { reason: 'x' })), 'train').remedy).toBe(
      t.problems.memory,
    );
    const need = { failed: { message: 'one buffer is too large' } };
    const tooLarge = crossed(GpuError.of('gpu/does-not-fit', { need, proposals: [] }));
    expect(explain(tooLarge, 'train').remedy).toBe(t.problems.memory);
    expect(explain(new RangeError('Array buffer allocation failed'), 'train').remedy).toBe(t.problems.memory);
    // Words alone say nothing.
    const words = crossed(new TrainingError('The environment ran out of memory: no space on the quota.'));
    expect(explain(words, 'train').remedy).toBe(t.problems.train);
  });

  it('understands what is thrown without being an Error', () => {
    expect(explain('broken', 'import').message).toBe('broken.');
    expect(explain({ name: 'X', message: 'why?' }, 'import').message).toBe('why?');
    expect(explain(undefined, 'import').message).toBe('undefined.');
  });
});

it.each([
  ['Device was lost', true],
  ['A valid external Instance reference no longer exists; lost the GPU device', true],
  ['The adapter file is lost', false],
  ['device limit exceeded', false],
])('%s: lost %s', (message, lost) => expect(isDeviceLost(new Error(message))).toBe(lost));
