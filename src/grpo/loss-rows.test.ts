import { describe, expect, it } from 'vitest';
import { buildForest } from '../tokens/forest';
import { buildLossRows, scatterRows } from './loss-rows';

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
});
