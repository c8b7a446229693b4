import { expect, it } from 'vitest';
import { axisOf, recordColours, recordName } from '../ui/records';
import { align, latest, movingMean, onAxis, secondsSoFar, stepAxis } from './series';
import { evaluationOf, metricsOf, recordOf, settingsOf } from '../../tests/support/records';

it('averages the last values that are there', () => {
  expect(movingMean([1, 3, null, 5, 7], 3)).toEqual([1, 2, null, 4, 6]);
  expect(movingMean([], 3)).toEqual([]);
});

it('puts evaluations between steps', () => {
  const axis = stepAxis([metricsOf(1), metricsOf(2)], [evaluationOf(0), evaluationOf(2)]);
  expect(axis).toEqual([0, 1, 2]);
  expect(onAxis(axis, [evaluationOf(0), evaluationOf(2, { accuracy: 0.7 })], (e) => e.accuracy)).toEqual([
    0.4,
    null,
    0.7,
  ]);
});

it('sums the seconds of rollouts and training', () => {
  expect(secondsSoFar([metricsOf(1), metricsOf(2)])).toEqual([3, 6]);
});

it('finds the last value', () => {
  expect(latest([1, 2, null])).toBe(2);
  expect(latest([0, null])).toBe(0);
  expect(latest([null])).toBeNull();
});

it('lays curves over one axis', () => {
  expect(
    align([
      { x: [1, 2], y: [10, 20] },
      { x: [2, 3], y: [200, null] },
    ]),
  ).toEqual({
    x: [1, 2, 3],
    ys: [
      [10, 20, null],
      [null, 200, null],
    ],
  });
});

it('compares at equal steps, seconds or tokens', () => {
  const record = recordOf('outputs/a', { steps: [metricsOf(1), metricsOf(2)] });
  expect(axisOf(record, 'steps')).toEqual([1, 2]);
  expect(axisOf(record, 'seconds')).toEqual([3, 6]);
  expect(axisOf(record, 'tokens')).toEqual([100, 200]);
});

it('gives each run a colour of its own, the first of a mode that of the mode', () => {
  const records = [
    recordOf('outputs/a'),
    recordOf('outputs/b'),
    recordOf('outputs/c', { settings: settingsOf({ mode: 'rollout' }) }),
    recordOf('outputs/d', { settings: null, steps: [metricsOf(1, { mode: 'simple' })] }),
  ];
  const colours = recordColours(records);
  expect(colours.get('session:outputs/a')).toBe('--mode-masked');
  expect(colours.get('session:outputs/c')).toBe('--mode-rollout');
  expect(colours.get('session:outputs/d')).toBe('--mode-simple');
  expect(new Set(colours.values()).size).toBe(4);
  expect(recordName(records[2] ?? recordOf(''))).toBe('unmasked · c');
});
