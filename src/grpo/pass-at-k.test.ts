import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agreement, clusteredMean, clusteredShare, passAtK } from './pass-at-k';

/** Share of all choices of k tries, each without repeats, that have one right; the first c of n are. */
function byTrying(n: number, c: number, k: number): number {
  let all = 0;
  let passed = 0;
  for (let chosen = 0; chosen < 2 ** n; chosen++) {
    const indices = Array.from({ length: n }, (_, i) => i).filter((i) => (chosen >> i) & 1);
    if (indices.length !== k) continue;
    all++;
    if (indices.some((i) => i < c)) passed++;
  }
  return passed / all;
}

describe('passAtK', () => {
  it.each([
    // By hand: 1 - C(2,2)/C(4,2) = 1 - 1/6; 1 - C(3,2)/C(5,2) = 1 - 3/10; 1 - C(7,3)/C(10,3) = 1 - 35/120.
    [4, 2, 2, 5 / 6],
    [5, 2, 2, 0.7],
    [10, 3, 3, 85 / 120],
    [8, 3, 1, 3 / 8],
    [8, 0, 8, 0],
    [8, 1, 8, 1],
    [8, 8, 1, 1],
    [1, 0, 1, 0],
  ])('of %i tries with %i right, k %i, is %d', (n, c, k, expected) => {
    expect(passAtK(n, c, k)).toBeCloseTo(expected, 14);
  });

  it('is what trying all choices gives', () => {
    const counts = fc
      .integer({ min: 1, max: 9 })
      .chain((n) => fc.tuple(fc.constant(n), fc.integer({ min: 0, max: n }), fc.integer({ min: 1, max: n })));
    fc.assert(
      fc.property(counts, ([n, c, k]) => {
        expect(passAtK(n, c, k)).toBeCloseTo(byTrying(n, c, k), 12);
      }),
    );
  });

  it('stays finite for many tries', () => {
    expect(passAtK(100_000, 1, 1000)).toBeCloseTo(0.01, 12);
  });

  it.each([
    [4, 5, 1],
    [4, -1, 1],
    [4, 2, 5],
    [4, 2, 0],
    [4, 1.5, 2],
    [0, 0, 1],
    [NaN, 0, 1],
  ])('refuses n %d, c %d, k %d', (n, c, k) => {
    expect(() => passAtK(n, c, k)).toThrow(RangeError);
  });
});

describe('agreement', () => {
  it.each([
    [['5', '6', '5', '7'], '5', 0.5],
    [['6', '5', '5', '6'], '6', 0.5],
    [['Ann', ' ann ', 'Lee'], 'Ann', 2 / 3],
    [['5', null, null, null], '5', 0.25],
    [[null, null], null, 0],
    [[], null, 0],
    [['5'], '5', 1],
  ])('of %j', (answers, answer, share) => {
    expect(agreement(answers)).toEqual({ answer, share });
  });

  it('takes what makes answers equal', () => {
    expect(agreement(['1.0', '1', '2'], (answer) => String(Number(answer)))).toEqual({
      answer: '1.0',
      share: 2 / 3,
    });
  });
});

describe('clusteredMean', () => {
  it('is the usual standard error for one try a task', () => {
    // By hand: mean 0.5, sample variance (4 * 0.25) / 3 = 1/3, error sqrt(1/3 / 4) = 0.28868.
    const { mean, standardError, low, high } = clusteredMean([[1], [0], [1], [0]])!;
    expect(mean).toBe(0.5);
    expect(standardError).toBeCloseTo(Math.sqrt(1 / 12), 14);
    expect(high - low).toBeCloseTo(2 * 1.959964 * Math.sqrt(1 / 12), 6);
  });

  it('by hand, for tasks of unequal tries', () => {
    // Tries 1 1 | 0 | 1 0 0: mean 1/2; sums of differences 1, -1/2, -1/2; squares 1.5; SE = sqrt(3/2 * 1.5) / 6 = 0.25.
    const interval = clusteredMean([[1, 1], [0], [], [1, 0, 0]])!;
    expect(interval.mean).toBe(0.5);
    expect(interval.standardError).toBeCloseTo(0.25, 14);
    expect(interval.low).toBeCloseTo(0.5 - 1.959964 * 0.25, 6);
  });

  it('is as sure of a task asked ten times alike as of one asked once', () => {
    const tasks = [1, 0, 1, 1, 0, 1];
    const once = clusteredMean(tasks.map((value) => [value]))!;
    const often = clusteredMean(tasks.map((value) => Array<number>(10).fill(value)))!;
    expect(often.standardError).toBeCloseTo(once.standardError, 14);
  });

  it('does not leave the bounds, and knows nothing of the error of one task', () => {
    expect(clusteredMean([[1], [1], [0]], [0, 1])?.high).toBe(1);
    expect(clusteredMean([[0], [0], [1]], [0, 1])?.low).toBe(0);
    expect(clusteredMean([[1, 0]], [0, 1])).toEqual({ mean: 0.5, standardError: Infinity, low: 0, high: 1 });
    expect(clusteredMean([])).toBeNull();
    expect(clusteredMean([[]])).toBeNull();
  });

  // Not for few tasks: there the normal interval is known to be too narrow.
  it('covers the true mean in about 95 % of experiments', () => {
    let seed = 1;
    const uniform = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
    let covered = 0;
    for (let experiment = 0; experiment < 1000; experiment++) {
      const tasks = Array.from({ length: 60 }, () => {
        const chance = uniform();
        return Array.from({ length: 8 }, () => Number(uniform() < chance));
      });
      const { low, high } = clusteredMean(tasks)!;
      if (low <= 0.5 && high >= 0.5) covered++;
    }
    // Three standard deviations of a share of 1,000 at 0.95 are 2.1 points.
    expect(Math.abs(covered / 1000 - 0.95)).toBeLessThan(0.03);
  });
});

describe('clusteredShare', () => {
  const once = (right: number, tasks: number) => Array.from({ length: tasks }, (_, i) => [Number(i < right)]);

  // Worked out apart from this code, in Python's floats.
  it.each([
    [8, 10, 0.4901625, 0.9433178],
    [10, 10, 0.7224672, 1],
    [0, 10, 0, 0.2775328],
    [1, 1, 0.2065493, 1],
    [45, 90, 0.3988372, 0.6011628],
  ])('is Wilson’s with one try a task: %i of %i', (right, tasks, low, high) => {
    const interval = clusteredShare(once(right, tasks))!;
    expect(interval.mean).toBe(right / tasks);
    expect(interval.low).toBeCloseTo(low, 6);
    expect(interval.high).toBeCloseTo(high, 6);
  });

  it('is as sure of a task asked ten times alike as of one asked once, and surer where tries differ by chance', () => {
    const alike = clusteredShare(once(6, 10).map(([value]) => Array<number>(10).fill(value as number)))!;
    expect(alike.high).toBeCloseTo(clusteredShare(once(6, 10))!.high, 12);
    const mixed = clusteredShare(Array.from({ length: 10 }, (_, i) => [i % 2, 1, 0, (i + 1) % 2]))!;
    expect(mixed.high).toBeCloseTo(clusteredShare(once(20, 40))!.high, 12);
  });

  it('is null without a try', () => {
    expect(clusteredShare([])).toBeNull();
    expect(clusteredShare([[], []])).toBeNull();
    expect(clusteredShare([[1, 0], [], [1, 1], [0, 0]])).toEqual(
      clusteredShare([
        [1, 0],
        [1, 1],
        [0, 0],
      ]),
    );
    expect(clusteredShare([[], [1, 1]])).toEqual(clusteredShare([[1, 1]]));
  });
});
