/** What a run looks at beside its training changes nothing of it, and comes at the steps that were asked for. */
import { describe, expect, it } from 'vitest';
import { pick, records, stopAfter, train } from '../../../tests/support/train-toy';
import { MemoryStore } from '../../../tests/support/toy-run';
import type { Watching } from '../../grpo/types';

const CHANGES = { maxSteps: 9, evalSteps: 9, evalDatasetSize: 4, targetAccuracy: 1, patience: 0 } as const;
const ALL: Watching = { moves: 8, logits: 3, follow: { taskId: null, every: 4 } };

const watching = (wanted: Watching, store = new MemoryStore()) =>
  train(CHANGES, store, undefined, (run) => ({ ...run, deps: { ...run.deps, watching: () => wanted } }));

describe('watching a run', () => {
  it('leaves every file as it is: adapters, optimiser, metrics, evaluations', async () => {
    const [plain, watched] = [await train(CHANGES), await watching(ALL)];
    expect(records(watched.store)).toEqual(records(plain.store));
    const files = (store: MemoryStore) =>
      [...store.files]
        .filter(([path]) => path.endsWith('.safetensors'))
        .sort(([a], [b]) => a.localeCompare(b));
    expect(files(watched.store).length).toBeGreaterThan(3);
    expect(files(watched.store)).toEqual(files(plain.store));
    expect(pick(plain.events, 'followed')).toEqual([]);
  });

  it('asks the followed task at step 0, at every fourth, and at the last', async () => {
    const { events } = await watching(ALL);
    const followed = pick(events, 'followed');
    expect(followed.map(({ step }) => step)).toEqual([0, 4, 8, 9]);
    expect(new Set(followed.map(({ item }) => item.questionId)).size).toBe(1);
    expect(followed[0]?.item.questionId).toBe('v0');
    const order = events.flatMap((event) =>
      event.kind === 'followed' || (event.kind === 'step' && event.metrics.step === 5)
        ? [event.kind === 'step' ? 'step 5' : event.step]
        : [],
    );
    expect(order).toEqual([0, 4, 'step 5', 8, 9]);
  });

  it('asks the task that is named, from any split, and none that is not there', async () => {
    const of = async (taskId: string) => {
      const { events } = await watching({ ...ALL, follow: { taskId, every: 9 } });
      return pick(events, 'followed').map(({ item }) => item.questionId);
    };
    expect(await of('t3')).toEqual(['t3', 't3']);
    expect(await of('nowhere')).toEqual([]);
  });

  it('a run that is stopped asks no more, and one that goes on asks where its turn is', async () => {
    const store = new MemoryStore();
    const prepare: Parameters<typeof train>[3] = (run) => ({
      ...run,
      deps: { ...run.deps, watching: () => ALL },
    });
    const first = await train(CHANGES, store, stopAfter(5), prepare);
    expect(pick(first.events, 'followed').map(({ step }) => step)).toEqual([0, 4]);
    const second = await train({ ...CHANGES, resume: 'latest' }, store, undefined, prepare);
    expect(pick(second.events, 'followed').map(({ step }) => step)).toEqual([8, 9]);
  });

  it('trajectories tell what the update found of their tokens', async () => {
    const { events } = await watching(ALL);
    const items = pick(events, 'trajectories').flatMap((event) => event.items);
    expect(items.some(({ update }) => update?.after !== null && (update?.moves.length ?? 0) > 0)).toBe(true);
    for (const { kept, update } of items) expect(update !== undefined).toBe(kept);
  });
});
