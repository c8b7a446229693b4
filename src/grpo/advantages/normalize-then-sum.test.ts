import { describe, expect, it } from 'vitest';
import { normalizeThenSum } from './normalize-then-sum';

/** (x − mean) / (std + 1e-4), the plain way. */
function scores(values: readonly number[]): number[] {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const std = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length);
  return values.map((x) => (x - mean) / (std + 1e-4));
}

describe('normalizeThenSum', () => {
  it('normalises each reward in its group, then the weighted sum over the batch', () => {
    const right = [1, 0, 0, 1, 1, 0];
    const brief = [100, 300, 200, -5, 5, 40];
    const rollouts = right.map((r, i) => ({
      group: Math.floor(i / 3),
      rewards: { right: r, brief: brief[i] as number },
    }));
    const perGroup = (values: readonly number[]) => [
      ...scores(values.slice(0, 3)),
      ...scores(values.slice(3)),
    ];
    const [a, b] = [perGroup(right), perGroup(brief)];
    const expected = scores(a.map((x, i) => x + 0.5 * (b[i] as number)));
    normalizeThenSum(rollouts, { brief: 0.5 }).forEach((value, i) =>
      expect(value).toBeCloseTo(expected[i] as number, 12),
    );
  });

  it('is what TRL 1.16 answers (scripts/referee/trl_gdpo.py), but for its deviations being of the sample', () => {
    const trl = [
      1.2772079115480266, -0.15074889831006483, -1.1264590132379615, 0.36942732291311814, 0.7823536994539417,
      -1.1517810223670601,
    ];
    const rewards = [
      [1, 100],
      [0, 300],
      [0, 200],
      [1, -5],
      [1, 5],
      [0, 40],
    ] as const;
    const rollouts = rewards.map(([right, brief], i) => ({
      group: Math.floor(i / 3),
      rewards: { right, brief },
    }));
    // Groups of one size: theirs cancel in the sum, and the batch's is larger by √(6 / 5) on both sides of 1e-4.
    normalizeThenSum(rollouts, { brief: 0.5 }).forEach((value, i) =>
      expect(value * Math.sqrt(5 / 6)).toBeCloseTo(trl[i] as number, 3),
    );
  });

  it('gives a reward the say of its weight, not of its size', () => {
    const of = (scale: number) =>
      normalizeThenSum(
        [1, 0, 0].map((x, i) => ({ group: 0, rewards: { a: x, b: scale * i } })),
        {},
      );
    of(1).forEach((value, i) => expect(value).toBeCloseTo(of(1000)[i] as number, 3));
  });

  it('leaves out what does not apply, and rollouts without any reward', () => {
    const [a, b, c, d] = normalizeThenSum(
      [
        { group: 0, rewards: { right: 1, brief: null } },
        { group: 0, rewards: { right: 0, brief: 3 } },
        { group: 0, rewards: { right: null, brief: null } },
        { group: 0, rewards: {} },
      ],
      {},
    );
    // Two are scored: `right` alone tells them apart, and the one `brief` has nobody to compare with.
    expect([a, b].map((x) => Math.round(x as number))).toEqual([1, -1]);
    expect([c, d]).toEqual([0, 0]);
  });

  it('is 0 where nothing differs', () => {
    const same = [0.1, 0.1, 0.1].map((x) => ({ group: 0, rewards: { x } }));
    expect(normalizeThenSum(same, {})).toEqual([0, 0, 0]);
    expect(normalizeThenSum([], {})).toEqual([]);
  });
});
