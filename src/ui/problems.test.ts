import { describe, expect, it } from 'vitest';
import { explain, isDeviceLost } from './problems';

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
    const error = new Error(
      'checkpoint-3 cannot be resumed from: … go on from there with resume=checkpoint-2.',
    );
    const problem = explain(error, 'train', 'outputs/a');
    expect(problem).toMatchObject({ resumeDir: 'outputs/a', resumeFrom: 'checkpoint-2' });
    expect(problem.remedy).toContain('checkpoint-2');
    expect(explain(error, 'train').resumeFrom).toBeUndefined();
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
