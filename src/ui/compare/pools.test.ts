import { describe, expect, it } from 'vitest';
import { evaluationOf, metricsOf, recordOf, settingsOf } from '../../../tests/support/records';
import type { Settings } from '../../settings/settings';
import { MODE_COLOUR } from '../colour';
import type { RunRecord } from '../state';
import { results } from './measures';
import { pooledCurve, poolsOf } from './pools';
import { pooledCell } from './run-table';

const run = (name: string, settings: Partial<Settings>, changes: Partial<RunRecord> = {}): RunRecord =>
  recordOf(`outputs/${name}`, {
    settings: settingsOf({ outputDir: `outputs/${name}`, ...settings }),
    ...changes,
  });

describe('pools', () => {
  it('hold runs that differ only in their seed and in what decides nothing', () => {
    const runs = [
      run('a', { mode: 'masked', seed: 1 }),
      run('b', { mode: 'rollout', seed: 1 }),
      run('c', { mode: 'masked', seed: 2, saveSteps: 3 }),
      run('d', { mode: 'masked', seed: 1, learningRate: 0.5 }),
      run('e', { mode: 'rollout', seed: 1 }),
      { ...run('f', {}), settings: null },
    ];
    const pools = poolsOf(runs);
    expect(pools.map(({ records }) => records.map(({ outputDir }) => outputDir.at(-1)))).toEqual([
      ['a', 'c'],
      ['b', 'e'],
      ['d'],
      ['f'],
    ]);
    expect(pools.slice(0, 2).map(({ name }) => name)).toEqual([
      'masked, 2 seeds',
      'unmasked, 2 runs of 1 seed',
    ]);
    expect(pools[0]?.colour).toBe(MODE_COLOUR.masked);
    expect(new Set(pools.map(({ colour }) => colour)).size).toBe(4);
    expect(poolsOf(runs, false)).toHaveLength(6);
  });
});

describe('the curve of a pool', () => {
  const curves = [
    { x: [1, 2, 3], y: [1, 2, 3] },
    { x: [1, 2, 3], y: [3, 6, null] },
    { x: [1, 2], y: [2, 1] },
  ];

  it('is the mean of those that have come so far, from the lowest to the highest', () => {
    expect(pooledCurve(curves, 'range')).toEqual({
      x: [1, 2, 3],
      mean: [2, 3, 3],
      low: [1, 1, null],
      high: [3, 6, null],
    });
  });

  it('or the mean with its standard error', () => {
    const { low, high } = pooledCurve(curves, 'error');
    // sd of 1, 2, 3 is 1; over the root of 3.
    expect(low[0]).toBeCloseTo(2 - 1 / Math.sqrt(3), 12);
    expect(high[0]).toBeCloseTo(2 + 1 / Math.sqrt(3), 12);
    expect(high[2]).toBeNull();
  });

  it('goes straight on between values of its own, and nowhere beyond them', () => {
    const { mean, low } = pooledCurve(
      [
        { x: [0, 10], y: [0, 10] },
        { x: [5, 15], y: [1, 1] },
      ],
      'range',
    );
    // At 0, 5, 10 and 15.
    expect(mean).toEqual([0, 3, 5.5, 1]);
    expect(low).toEqual([null, 1, 1, null]);
  });
});

it('a pool’s number is the mean, with the lowest and the highest', () => {
  const done = (right: number) => ({
    steps: [metricsOf(3, { maxSteps: 3 })],
    evaluations: [evaluationOf(0), evaluationOf(3, { accuracy: right })],
  });
  const row = results().find(({ explain }) => explain?.startsWith('Of the model it started from'));
  const runs = [run('a', { seed: 1 }, done(0.5)), run('b', { seed: 2 }, done(0.7))];
  expect(pooledCell(runs, row!)).toBe('60 % (50 % to 70 %)');
  expect(pooledCell(runs.slice(1), row!)).toBe('40 % → 70 %');
});
