import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildForest } from './forest';

const sequences = fc.array(
  fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 12 }).map((ids) => ({ ids })),
  { maxLength: 12 },
);

describe('buildForest', () => {
  it('lays a small trie out depth-first, children in order of first appearance', () => {
    const { forest, nodeOf } = buildForest([
      { ids: [5, 9, 1] },
      { ids: [5, 2] },
      { ids: [5, 9, 7] },
      { ids: [5, 9] },
      { ids: [] },
      { ids: [8] },
    ]);
    expect([...forest.ids]).toEqual([5, 9, 1, 7, 2, 8]);
    expect([...forest.parent]).toEqual([-1, 0, 1, 1, 0, -1]);
    expect([...forest.depth]).toEqual([0, 1, 2, 2, 1, 0]);
    expect([...forest.end]).toEqual([5, 4, 3, 4, 5, 6]);
    expect(nodeOf.map((nodes) => [...nodes])).toEqual([[0, 1, 2], [0, 4], [0, 1, 3], [0, 1], [], [5]]);
  });

  it('separates token ids of a large vocabulary at one node', () => {
    const { forest } = buildForest([
      { ids: [0, 151_935] },
      { ids: [0, 0] },
      { ids: [0, 1] },
      { ids: [0, 0] },
    ]);
    expect([...forest.ids]).toEqual([0, 151_935, 0, 1]);
  });

  it('has one node per distinct prefix, spells every sequence, and its intervals are the ancestor relation', () => {
    fc.assert(
      fc.property(sequences, (batch) => {
        const { forest, nodeOf } = buildForest(batch);
        const prefixes = new Set(batch.flatMap(({ ids }) => ids.map((_, t) => ids.slice(0, t + 1).join())));
        expect(forest.n).toBe(prefixes.size);
        batch.forEach(({ ids }, s) => {
          const nodes = [...(nodeOf[s] as Int32Array)];
          expect(nodes.map((node) => forest.ids[node])).toEqual(ids);
          expect(nodes.map((node) => forest.depth[node])).toEqual(ids.map((_, t) => t));
          expect(nodes.map((node) => forest.parent[node])).toEqual([-1, ...nodes].slice(0, ids.length));
        });
        const wrong: string[] = [];
        for (let i = 0; i < forest.n; i++) {
          const ancestors = new Set<number>();
          for (let j = i; j >= 0; j = forest.parent[j] as number) ancestors.add(j);
          for (let j = 0; j < forest.n; j++) {
            if ((j <= i && i < (forest.end[j] as number)) !== ancestors.has(j)) wrong.push(`${i} sees ${j}`);
          }
        }
        expect(wrong).toEqual([]);
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});
