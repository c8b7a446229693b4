import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildForest } from '../tokens/forest';
import { cutMicroBatches } from './micro-batch';

const nodes = (ids: readonly number[][]) => buildForest(ids.map((x) => ({ ids: x }))).forest.n;

describe('cutMicroBatches', () => {
  const batch = [
    { group: 0, ids: [1, 2, 3, 4] },
    { group: 1, ids: [1, 7, 8, 9] },
    { group: 0, ids: [1, 2, 3, 5] },
    { group: 1, ids: [1, 7, 8, 6] },
  ];

  it('keeps groups together and in depth-first order', () => {
    expect(cutMicroBatches(batch, 100)).toEqual([[0, 2, 1, 3]]);
    // Group 0 and group 1 have 5 nodes each, 9 together.
    expect(cutMicroBatches(batch, 9)).toEqual([[0, 2, 1, 3]]);
    expect(cutMicroBatches(batch, 8)).toEqual([
      [0, 2],
      [1, 3],
    ]);
    expect(cutMicroBatches(batch, 4)).toEqual([[0], [2], [1], [3]]);
    expect(cutMicroBatches([], 4)).toEqual([]);
  });

  it('places every trajectory once, within the budget unless it is alone', () => {
    const arbitrary = fc.array(
      fc.record({
        group: fc.integer({ min: 0, max: 3 }),
        ids: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 9 }),
      }),
      { maxLength: 14 },
    );
    fc.assert(
      fc.property(arbitrary, fc.integer({ min: 1, max: 40 }), (items, budget) => {
        const cut = cutMicroBatches(items, budget);
        expect(cut.flat().sort((a, b) => a - b)).toEqual(items.map((_, i) => i));
        for (const members of cut) {
          const used = nodes(members.map((i) => (items[i] as (typeof items)[number]).ids));
          if (members.length > 1) expect(used).toBeLessThanOrEqual(budget);
        }
      }),
      { seed: 3, numRuns: 300 },
    );
  });
});
