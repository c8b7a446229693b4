import { describe, expect, test } from 'vitest';
import { forestRuns, windowRuns, windowSpans } from './attention';
import { Random } from '../../random/philox';

/** A random forest in depth-first order. */
function forestOf(rows: number, seed: number): { parent: Int32Array; depth: Int32Array } {
  const random = new Random(seed, 'forest');
  const path: number[] = [];
  const parent = new Int32Array(rows);
  const depth = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    // Mostly chains; now and then back to an ancestor, or a new tree.
    if (path.length > 0 && random.integer(4) === 0) path.length = random.integer(path.length + 1);
    parent[i] = path.at(-1) ?? -1;
    depth[i] = path.length;
    path.push(i);
  }
  return { parent, depth };
}

/** The last `window` nodes on the way from a root to row i, by the parents. */
function nearest(parent: Int32Array, i: number, window: number): number[] {
  const rows: number[] = [];
  for (let j = i; j >= 0 && rows.length < window; j = parent[j] as number) rows.unshift(j);
  return rows;
}

describe.each([1, 2, 5, 1000])('a window of %i', (window) => {
  const forests = [1, 2, 3].map((seed) => forestOf(60, seed));

  test('runs are the nearest ancestors', () => {
    for (const { parent } of forests) {
      const { start, runs } = windowRuns(forestRuns(parent), window);
      for (let i = 0; i < parent.length; i++) {
        const slots: number[] = [];
        for (let r = start[i] as number; r < (start[i + 1] as number); r++) {
          for (let j = runs[2 * r] as number; j < (runs[2 * r + 1] as number); j++) slots.push(j);
        }
        expect(slots, `row ${i}`).toEqual(nearest(parent, i, window));
      }
      expect(runs.length).toBe(2 * (start.at(-1) as number));
    }
  });

  test('spans say the same', () => {
    for (const { parent, depth } of forests) {
      const spans = windowSpans(depth, window);
      const at = (k: number) => spans[k] as number;
      for (let i = 0; i < parent.length; i++) {
        const seen = [...depth.keys()].filter(
          (j) => j <= i && i < at(2 * j) && at(2 * i + 1) - at(2 * j + 1) < window,
        );
        expect(seen, `row ${i}`).toEqual(nearest(parent, i, window));
      }
    }
  });

  test('a span ends with the last row that sees its own', () => {
    for (const { parent, depth } of forests) {
      const last = new Int32Array(parent.length);
      for (let i = 0; i < parent.length; i++)
        nearest(parent, i, window).forEach((j) => {
          last[j] = i + 1;
        });
      expect([...windowSpans(depth, window)].filter((_, k) => k % 2 === 0)).toEqual([...last]);
    }
  });
});
