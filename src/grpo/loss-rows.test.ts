import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildForest } from '../tokens/forest';
import { buildLossRows, scatterRows } from './loss-rows';
import { cutMicroBatches } from './micro-batch';
import { referenceLoss, rowLoss } from './reference';
import type { LossType } from '../settings/choices';
import { trajectoryWeights } from './weights';

/** A deterministic stand-in for a model: log-prob in (-3, 0) of a token after a prefix; a function of both only. */
function modelLogprob(ids: readonly number[], t: number, salt: number): number {
  let hash = salt;
  for (let i = 0; i <= t; i++) hash = (Math.imul(hash ^ (ids[i] as number), 0x01000193) + 0x9e3779b9) >>> 0;
  return Math.fround(-3 * ((hash >>> 8) / 0x1000000) - 0.01);
}

const token = fc.record({
  id: fc.integer({ min: 0, max: 2 }),
  trained: fc.boolean(),
  /** Distance of old from the current log-prob; null: NaN. Few values, so that rows are shared and split. */
  stale: fc.constantFrom(0, 0, 0.4, -0.4, 1.5, null),
});
const trajectory = fc.record({
  group: fc.integer({ min: 0, max: 2 }),
  tokens: fc.array(token, { minLength: 1, maxLength: 10 }),
  advantages: fc.array(fc.constantFrom(-1.5, -0.25, 0, 0.5, 2), { minLength: 10, maxLength: 10 }),
});

describe('buildLossRows', () => {
  const forestOf = (batch: readonly { ids: number[] }[]) => buildForest(batch);

  it('shares a row between trajectories that agree in node and old, and splits where old differs', () => {
    const batch = [{ ids: [1, 2] }, { ids: [1, 2] }, { ids: [1, 2] }, { ids: [1, 3] }];
    const { forest, nodeOf } = forestOf(batch);
    const make = (advantage: number, old: number) => ({
      lossMask: [1, 1],
      tokenAdvantages: [9, advantage],
      old: [0, old],
      tokenWeights: [9, 0.5],
    });
    const { rows, rowOf } = buildLossRows(forest, nodeOf, [
      make(2, -1),
      make(-4, -1),
      make(1, -1.25),
      make(1, Number.NaN),
    ]);
    expect(rows.count).toBe(3);
    expect(rowOf.map((r) => [...r])).toEqual([
      [-1, 0],
      [-1, 0],
      [-1, 1],
      [-1, 2],
    ]);
    expect([...rows.predictor]).toEqual([0, 0, 0]);
    expect([...rows.target]).toEqual([2, 2, 3]);
    expect([...rows.old]).toEqual([-1, -1.25, Number.NaN]);
    expect([...rows.pos]).toEqual([1, 0.5, 0.5]);
    expect([...rows.neg]).toEqual([-2, 0, 0]);
    expect([...rows.weight]).toEqual([1, 0.5, 0.5]);
    expect(scatterRows(rowOf, [7, 8, 9], -1).map((v) => [...v])).toEqual([
      [-1, 7],
      [-1, 7],
      [-1, 8],
      [-1, 9],
    ]);
  });

  it('merges all NaNs and both zeros, and never gives the first token a row', () => {
    const { forest, nodeOf } = forestOf([{ ids: [1, 2] }, { ids: [1, 2] }, { ids: [1] }]);
    const scored = (old: number) => ({
      lossMask: [1, 1],
      tokenAdvantages: [1, 1],
      old: [old, old],
      tokenWeights: [1, 1],
    });
    expect(buildLossRows(forest, nodeOf, [scored(0), scored(-0), scored(0)]).rows.count).toBe(1);
    expect(buildLossRows(forest, nodeOf, [scored(NaN), scored(-NaN), scored(0)]).rows.count).toBe(1);
  });

  it('refuses an advantage that is not finite', () => {
    const { forest, nodeOf } = forestOf([{ ids: [1, 2] }]);
    const bad = { lossMask: [0, 1], tokenAdvantages: [0, NaN], old: [0, 0], tokenWeights: [1, 1] };
    expect(() => buildLossRows(forest, nodeOf, [bad])).toThrow(/advantage NaN/);
  });

  it.each<LossType>(['grpo', 'bnpo', 'dapo', 'dr_grpo'])(
    'equals separate sequences in loss and gradient, micro-batches and staleness included (%s)',
    (lossType) => {
      fc.assert(
        fc.property(
          fc.array(trajectory, { minLength: 1, maxLength: 8 }),
          fc.integer({ min: 1, max: 40 }),
          fc.constantFrom(0, 0.05),
          (batch, budget, beta) => {
            const items = batch.map(({ group, tokens, advantages }) => {
              const ids = tokens.map(({ id }) => id);
              const logprobs = ids.map((_, t) => modelLogprob(ids, t, 1));
              return {
                group,
                ids,
                logprobs,
                refLogprobs: ids.map((_, t) => modelLogprob(ids, t, 2)),
                lossMask: tokens.map(({ trained }) => Number(trained)),
                tokenAdvantages: advantages.slice(0, ids.length),
                old: tokens.map(({ stale }, t) =>
                  stale === null ? NaN : Math.fround((logprobs[t] as number) + stale),
                ),
              };
            });
            const microBatchOf = new Array<number>(items.length);
            const micro = cutMicroBatches(items, budget);
            micro.forEach((members, k) => members.forEach((i) => (microBatchOf[i] = k)));
            const config = { lossType, epsilonLow: 0.2, epsilonHigh: 0.3, beta, maxCompletionLength: 17 };
            const expected = referenceLoss(
              items.map((item, i) => ({ ...item, microBatch: microBatchOf[i] as number })),
              config,
            );
            const weights = trajectoryWeights(
              items.map(({ lossMask }, i) => ({ lossMask, microBatch: microBatchOf[i] as number })),
              lossType,
              config.maxCompletionLength,
            );

            let loss = 0;
            for (const members of micro) {
              const part = members.map((i) => items[i] as (typeof items)[number]);
              const { forest, nodeOf } = buildForest(part);
              const { rows, rowOf } = buildLossRows(
                forest,
                nodeOf,
                part.map((item, k) => ({
                  ...item,
                  tokenWeights: item.ids.map(() => weights[members[k] as number] as number),
                })),
              );
              const perRow = (salt: number) => {
                const values = new Float64Array(rows.count);
                part.forEach((item, k) =>
                  rowOf[k]?.forEach((row, t) => {
                    if (row >= 0) values[row] = modelLogprob(item.ids, t, salt);
                  }),
                );
                return values;
              };
              const got = rowLoss(rows, perRow(1), perRow(2), config);
              loss += got.loss;
              // A row's gradient is the sum over the tokens that share it.
              const sums = new Float64Array(rows.count);
              members.forEach((i, k) =>
                rowOf[k]?.forEach((row, t) => {
                  if (row >= 0) sums[row] = (sums[row] as number) + (expected.gradient[i]?.[t] as number);
                }),
              );
              got.gradient.forEach((value, row) => expect(value).toBeCloseTo(sums[row] as number, 6));
            }
            expect(loss).toBeCloseTo(expected.loss, 6);
          },
        ),
        { seed: 2, numRuns: 300 },
      );
    },
  );

  it('has the gradient that finite differences give', () => {
    const sequence = {
      lossMask: [0, 1, 1, 1, 1],
      tokenAdvantages: [0, 1, -1, 0.5, 2],
      logprobs: [0, -1, -2, -0.5, -1],
      refLogprobs: [0, -1.5, -1.5, -0.6, -1],
      old: [0, -1.1, -2.05, -1.5, NaN],
      microBatch: 0,
    };
    const config = {
      lossType: 'grpo',
      epsilonLow: 0.2,
      epsilonHigh: 0.2,
      beta: 0.1,
      maxCompletionLength: 8,
    } as const;
    const at = (t: number, shift: number) => {
      const logprobs = sequence.logprobs.map((x, i) => (i === t ? x + shift : x));
      return referenceLoss([{ ...sequence, logprobs }], config).loss;
    };
    const { gradient } = referenceLoss([sequence], config);
    for (let t = 1; t < 4; t++) {
      expect((at(t, 1e-6) - at(t, -1e-6)) / 2e-6).toBeCloseTo(gradient[0]?.[t] as number, 6);
    }
    // The clip removes the policy gradient of token 3; token 4 is on-policy by definition: -A/T.
    expect(gradient[0]?.[3]).toBeCloseTo((0.1 * (1 - Math.exp(-0.1))) / 4, 12);
    expect(gradient[0]?.[4]).toBeCloseTo(-2 / 4, 12);
  });
});
