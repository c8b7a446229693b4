import { describe, expect, test } from 'vitest';
import type { TrainablePolicy } from '../../engine/types';
import { PolicyError } from '../../errors/policy';
import type { Settings } from '../../settings/settings';
import { MemoryStore, type ToyRun } from '../../../tests/support/toy-run';
import { pick, records, stopAfter, train } from '../../../tests/support/train-toy';
import { differingSettings } from './resume';
import { schemaOf } from '../../env/settings';

/** What a policy says instead of a number in its n-th update, from 1. */
type Poison = (update: number) => 'loss' | 'log-prob' | 'gradient' | null;

/** A run whose updates go wrong as told. As on a GPU, one that is not finite changes nothing. */
function poisoned(poison: Poison): (run: ToyRun) => ToyRun {
  return (run) => {
    let update = 1;
    const policy = new Proxy<TrainablePolicy>(run.policy, {
      get: (target, name) => {
        if (name === 'accumulate') {
          return async (...of: Parameters<TrainablePolicy['accumulate']>) => {
            const result = await target.accumulate(...of);
            const what = poison(update);
            if (what === 'loss') return { ...result, loss: NaN };
            if (what === 'log-prob') return { ...result, logprobs: result.logprobs.map(() => NaN) };
            return result;
          };
        }
        if (name === 'zeroGradient') {
          return () => {
            update++;
            target.zeroGradient();
          };
        }
        if (name === 'update') {
          return async (...of: Parameters<TrainablePolicy['update']>) => {
            if (poison(update++) !== 'gradient') return target.update(...of);
            target.zeroGradient();
            throw PolicyError.of('policy/gradient', { norm: 'Infinity' });
          };
        }
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    return { ...run, deps: { ...run.deps, policy } };
  };
}

const SETTINGS: Partial<Settings> = { maxSteps: 6, saveSteps: 1, evalSteps: 0, batchSize: 4, minGroupStd: 0 };
const skipped = (store: MemoryStore) => records(store).map(({ skippedUpdates }) => skippedUpdates);
const adapter = (store: MemoryStore, folder: string) => store.text(`${folder}/adapter_model.safetensors`);

describe('an update that is not finite', () => {
  test.each(['loss', 'log-prob', 'gradient'] as const)(
    'for its %s is left out, counted and told',
    async (what) => {
      const store = new MemoryStore();
      const { result, events } = await train(
        { ...SETTINGS, keepCheckpoints: 9 },
        store,
        undefined,
        poisoned((update) => (update === 3 ? what : null)),
      );
      expect(result).toMatchObject({ reason: 'max-steps', step: 6 });
      expect(skipped(store)).toEqual([0, 0, 1, 0, 0, 0]);
      expect(records(store)[2]).toMatchObject({ loss: null, gradNorm: null, firstRatioError: null });
      expect(records(store)[3]?.loss).not.toBeNull();
      const [first, second, third, fourth] = [1, 2, 3, 4].map((n) => adapter(store, `checkpoint-${n}`));
      expect(third).toBe(second);
      expect(new Set([first, second, fourth]).size).toBe(3);
      const warnings = pick(events, 'warning').map(({ message }) => message);
      expect(warnings.filter((message) => message.includes('left out'))).toEqual([
        expect.stringMatching(/^The update of step 3 gave .*1 in a row, at most 3: maxSkippedUpdates/),
      ]);
    },
  );

  test('ends the run where too many follow each other, with everything before it kept', async () => {
    const store = new MemoryStore();
    const run = train(
      { ...SETTINGS, maxSkippedUpdates: 2 },
      store,
      undefined,
      poisoned((update) => (update > 2 ? 'loss' : null)),
    );
    await expect(run).rejects.toMatchObject({
      code: 'training/not-finite',
      params: { found: { loss: 'NaN' }, before: 2 },
      message: expect.stringMatching(/after 2 updates in a row had been left out/) as unknown,
    });
    expect(skipped(store)).toEqual([0, 0, 1, 1]);
    expect(await store.list('checkpoint-4/')).not.toEqual([]);
  });

  test('ends it at once where none may be left out', async () => {
    const store = new MemoryStore();
    const run = train(
      { ...SETTINGS, maxSkippedUpdates: 0 },
      store,
      undefined,
      poisoned(() => 'gradient'),
    );
    await expect(run).rejects.toMatchObject({ params: { found: { gradNorm: 'Infinity' }, before: 0 } });
  });

  test('counts on over a resumed run, and not over a good update', async () => {
    const store = new MemoryStore();
    const bad = poisoned(() => 'loss');
    const settings = { ...SETTINGS, maxSkippedUpdates: 2 };
    await train(settings, store, stopAfter(2), bad);
    await expect(train({ ...settings, resume: 'latest' }, store, undefined, bad)).rejects.toMatchObject({
      params: { before: 2 },
    });
    const every = new MemoryStore();
    await train(
      settings,
      every,
      undefined,
      poisoned((update) => (update % 3 === 0 ? null : 'loss')),
    );
    expect(skipped(every)).toEqual([1, 1, 0, 1, 1, 0]);
  });

  test('leaves out the rest of its step, whose first update counts', async () => {
    const store = new MemoryStore();
    await train(
      { ...SETTINGS, maxSteps: 1, numIterations: 3 },
      store,
      undefined,
      poisoned((update) => (update === 2 ? 'gradient' : null)),
    );
    const clean = new MemoryStore();
    await train({ ...SETTINGS, maxSteps: 1, numIterations: 1 }, clean);
    expect(records(store)).toEqual([{ ...records(clean)[0], skippedUpdates: 1 }]);
    expect(adapter(store, 'final')).toBe(adapter(clean, 'final'));
  });
});

test('how many may be left out can be changed when a run goes on', () => {
  const schema = schemaOf('guess');
  expect(
    differingSettings({ maxSkippedUpdates: 1 }, { ...({} as Settings), maxSkippedUpdates: 5 }, schema).map(
      ({ name }) => name,
    ),
  ).not.toContain('maxSkippedUpdates');
});
