import { expect, it } from 'vitest';
import { axisOf, recordName } from '../ui/records';
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

it('names a run by its mode and folder', () => {
  expect(recordName(recordOf('outputs/c', { settings: settingsOf({ mode: 'rollout' }) }))).toBe(
    'unmasked · c',
  );
});
