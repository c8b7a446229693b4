import { describe, expect, it } from 'vitest';
import { BigramPolicy } from '../../tests/support/bigram-policy';
import { toyChat } from '../../tests/support/toy-run';
import { toyBatch } from '../../tests/support/toy-batch';
import type { Settings } from '../settings/settings';
import { TokenWatch } from './token-watch';
import { updateOnBatch } from './train-step';
import type { TokenUpdate } from './types';
import { trajectoryViews } from './view';

const batchOf = (changes: Partial<Settings> = {}) => toyBatch({ beta: 0, ...changes });

async function watched(changes: Partial<Settings> = {}, moves = 1000, rate = 0.1) {
  const { batch, settings, policy } = await batchOf(changes);
  const before = new BigramPolicy();
  before.base.set(policy.base);
  const watch = new TokenWatch(batch, { moves, logits: 4 });
  await updateOnBatch(policy, batch, settings, rate, { watch });
  const updates = batch.flatMap((item) => {
    const update = watch.updateOf(item);
    return update === undefined ? [] : [{ item, update }];
  });
  return { batch, settings, policy, before, watch, updates };
}

const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);

describe('TokenWatch', () => {
  it('changes nothing: the adapter has the same bytes as without it, for any number of updates', async () => {
    for (const numIterations of [1, 3]) {
      const { policy } = await watched({ numIterations, beta: 0.1 });
      const plain = await batchOf({ numIterations, beta: 0.1 });
      await updateOnBatch(plain.policy, plain.batch, plain.settings, 0.1);
      expect(await policy.readAdapter()).toEqual(await plain.policy.readAdapter());
      expect(await policy.readOptimizer()).toEqual(await plain.policy.readOptimizer());
    }
  });

  it('tells of the trained tokens of kept trajectories, and of no others', async () => {
    const { updates, batch } = await watched();
    expect(updates.length).toBe(batch.filter(({ kept }) => kept).length);
    for (const { item, update } of updates) {
      expect(item.kept).toBe(true);
      expect([...update.at]).toEqual([...item.lossMask.keys()].filter((t) => t > 0 && item.lossMask[t]));
      // Of a first update the policy is the one that sampled.
      update.at.forEach((t, k) => {
        expect(update.then[k]).toBeCloseTo(item.logprobs[t] as number, 5);
        expect(update.now[k]).toBeCloseTo(item.logprobs[t] as number, 5);
      });
    }
  });

  it('slopes are those that the policy was given: they give its gradient, and shares of one sum', async () => {
    const { updates, before } = await watched({ lossType: 'dapo' });
    const trained = updates.length === 0 ? 0 : sum(updates.map(({ update }) => update.at.length));
    for (const { item, update } of updates) {
      update.at.forEach((t, k) => {
        // −A·w at ratio 1, and dapo weighs every trained token alike.
        expect(update.slope[k]).toBeCloseTo(-(item.tokenAdvantages[t] as number) / trained, 6);
      });
    }
    const all = sum(updates.flatMap(({ update }) => [...update.slope].map(Math.abs)));
    expect(updates[0]?.update.stepSlope).toBeCloseTo(all, 6);
    expect(before.updates).toBe(0);
  });

  it('measures log-probs and logits after the step, the logits before it too', async () => {
    const { updates, policy, before } = await watched();
    const moves = updates.flatMap(({ item, update }) => update.moves.map((move) => ({ item, move, update })));
    expect(moves).toHaveLength(4);
    for (const { item, move, update } of moves) {
      const previous = item.ids[move.token - 1] as number;
      const [was, is] = [before, policy].map((one) => one.distribution(previous, 1));
      expect(move.ids[0]).toBe(item.ids[move.token]);
      expect(new Set(move.ids).size).toBe(6);
      move.ids.forEach((id, k) => {
        expect((move.before[k] as number) - move.logSum[0]).toBeCloseTo(was?.[id] as number, 4);
        expect((move.after[k] as number) - move.logSum[1]).toBeCloseTo(is?.[id] as number, 4);
      });
      const others = [...move.before].slice(1);
      expect(others).toEqual([...others].sort((a, b) => b - a));
      const k = update.at.indexOf(move.token);
      expect(update.after?.[k]).toBeCloseTo(is?.[move.ids[0] as number] as number, 4);
      expect(update.after?.[k]).not.toBeCloseTo(update.now[k] as number, 4);
    }
  });

  it('measures no more trajectories than asked, and without any nothing but the update', async () => {
    const few = await watched({}, 3);
    expect(few.updates.filter(({ update }) => update.after !== null)).toHaveLength(3);
    const none = await watched({}, 0);
    expect(none.updates.every(({ update }) => update.after === null && update.moves.length === 0)).toBe(true);
    expect(none.updates[0]?.update.slope).toEqual(few.updates[0]?.update.slope);
  });

  it('of several updates it tells the last: ratios leave 1, and the clip shows', async () => {
    const { updates } = await watched(
      { numIterations: 4, beta: 0.1, epsilonLow: 0.01, epsilonHigh: 0.01 },
      0,
      1,
    );
    const of = (key: 'now' | 'then') => updates.flatMap(({ update }) => [...update[key]]);
    expect(of('now').some((value, i) => Math.abs(value - (of('then')[i] as number)) > 0.05)).toBe(true);
    expect(sum(updates.flatMap(({ update }) => [...update.clipped]))).toBeGreaterThan(0);
    expect(updates[0]?.update.reference).not.toBeNull();
  });

  it('goes into the views with the texts of its tokens', async () => {
    const { batch, watch } = await watched();
    const views = trajectoryViews(batch, toyChat, 1000, (item) => watch.updateOf(item));
    const shown = views.flatMap(({ update }) => (update as TokenUpdate | undefined)?.moves ?? []);
    expect(shown.length).toBe(4);
    for (const { ids, texts } of shown) expect(texts).toEqual(ids.map((id) => toyChat.tokenText(id)));
    expect(views[0]).toMatchObject({ ids: batch[0]?.ids, level: 1, scorable: true });
  });
});
