import { describe, expect, it } from 'vitest';
import { lossMask } from './mask';
import { median, standardDeviation } from '../statistics';
import { countTrained, trajectoryWeights } from './weights';

describe('lossMask', () => {
  const trajectory = { source: Uint8Array.from([0, 0, 1, 1, 2, 1]), truncated: false };

  it('trains sampled tokens, or everything after the prompt in mode rollout', () => {
    expect([...lossMask(trajectory, 'masked', false)]).toEqual([0, 0, 1, 1, 0, 1]);
    expect([...lossMask(trajectory, 'simple', false)]).toEqual([0, 0, 1, 1, 0, 1]);
    expect([...lossMask(trajectory, 'rollout', false)]).toEqual([0, 0, 1, 1, 1, 1]);
  });

  it('leaves truncated trajectories out when asked to', () => {
    const cut = { ...trajectory, truncated: true };
    expect(countTrained(lossMask(cut, 'rollout', true))).toBe(0);
    expect(countTrained(lossMask(cut, 'rollout', false))).toBe(4);
    expect(countTrained(lossMask(trajectory, 'rollout', true))).toBe(4);
  });
});

describe('trajectoryWeights', () => {
  // 1, 3, 2 and 0 trained tokens; a mask on the first token does not count.
  const batch = [
    { lossMask: [1, 1], microBatch: 0 },
    { lossMask: [1, 1, 1, 1], microBatch: 0 },
    { lossMask: [0, 1, 0, 1], microBatch: 1 },
    { lossMask: [1, 0], microBatch: 2 },
  ];
  it('is what each loss type divides by', () => {
    const of = (type: Parameters<typeof trajectoryWeights>[1]) => [...trajectoryWeights(batch, type, 10)];
    expect(of('grpo')).toEqual([1 / 3, 1 / 9, 1 / 6, 0]);
    expect(of('dapo')).toEqual([1 / 6, 1 / 6, 1 / 6, 0]);
    expect(of('bnpo')).toEqual([1 / 8, 1 / 8, 1 / 4, 0]);
    expect(of('dr_grpo')).toEqual([1 / 30, 1 / 30, 1 / 30, 0]);
  });
});

describe('statistics', () => {
  it('has no spread in equal values, whatever rounding does', () => {
    expect(standardDeviation([0.1, 0.1, 0.1])).toBe(0);
    expect(standardDeviation([1, 3])).toBe(1);
    expect(standardDeviation([])).toBe(0);
    expect([median([]), median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([0, 2, 2.5]);
  });
});
