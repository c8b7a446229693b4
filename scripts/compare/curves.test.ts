import { describe, expect, test } from 'vitest';
import { bandOf, valueAt } from '../../src/report/plot/band';
import { axisOf, budgetOf, curveOf, lengthOf, MEASURES, valuesAt } from './curves';
import { paired, spreadOf, standardError } from '../../src/report/spread';
import { fakeEvaluation, fakeRun, fakeStep } from './testing';

/** Five steps of 3 s and 70 tokens, accuracy 0.1 more at each evaluation. */
const slow = fakeRun('masked', 1, 0, {
  steps: [1, 2, 3, 4, 5].map((step) =>
    fakeStep(step, { rolloutSeconds: 2, trainSeconds: 1, forestTokens: 70, reward: step }),
  ),
  evaluations: [fakeEvaluation(0, 0.2), fakeEvaluation(2, 0.4), fakeEvaluation(4, 0.8)],
});

test('axes count steps, seconds of rollouts and updates, and distinct tokens', () => {
  expect(axisOf(slow, 'steps')).toEqual([1, 2, 3, 4, 5]);
  expect(axisOf(slow, 'seconds')).toEqual([3, 6, 9, 12, 15]);
  expect(axisOf(slow, 'tokens')).toEqual([70, 140, 210, 280, 350]);
});

test('evaluations stand where their step ends, the one before training at zero', () => {
  expect(curveOf(slow, 'seconds', MEASURES.validation)).toEqual({ x: [0, 6, 12], y: [0.2, 0.4, 0.8] });
  expect(curveOf(slow, 'tokens', MEASURES.validation).x).toEqual([0, 140, 280]);
});

test('values are interpolated, held beyond the end, and absent before the beginning', () => {
  const curve = curveOf(slow, 'seconds', MEASURES.validation);
  expect(valueAt(curve, 9)).toBeCloseTo(0.6);
  expect(valueAt(curve, 6)).toBe(0.4);
  expect(valueAt(curve, 100)).toBe(0.8);
  expect(valueAt({ x: [5], y: [1] }, 4)).toBeNull();
});

test('step values are means of the last five', () => {
  expect(curveOf(slow, 'steps', MEASURES.reward).y).toEqual([1, 1.5, 2, 2.5, 3]);
});

test('steps without a measurement leave a gap, not a zero', () => {
  const run = fakeRun('simple', 1, 0.5, { steps: [fakeStep(1, { kl: null }), fakeStep(2, { kl: 0.4 })] });
  expect(curveOf(run, 'steps', MEASURES.kl)).toEqual({ x: [2], y: [0.4] });
});

describe('the budget', () => {
  const masked = fakeRun('masked', 1, 0.9);
  const rollout = fakeRun('rollout', 1, 0.6, { steps: masked.steps.slice(0, 6) });
  const simple = fakeRun('simple', 1, 0.3, { steps: [fakeStep(1, { trainSeconds: 0, forestTokens: 1 })] });

  test('is the end of the shortest run that plays episodes', () => {
    expect(budgetOf([masked, rollout, simple], 'steps')).toBe(6);
    expect(budgetOf([masked, rollout, simple], 'seconds')).toBe(12);
    expect(budgetOf([masked, rollout, simple], 'tokens')).toBe(240);
  });

  test('is that of mode simple when there is nothing else', () => {
    expect(budgetOf([simple], 'seconds')).toBe(1);
    expect(budgetOf([], 'steps')).toBe(0);
  });

  test('equal steps and equal time are different comparisons', () => {
    const fast = fakeRun('masked', 1, 0.9, { steps: masked.steps.map((s) => ({ ...s, trainSeconds: 0 })) });
    const [atSteps] = valuesAt([fast], 'steps', MEASURES.validation, 5);
    const [atTime] = valuesAt([fast], 'seconds', MEASURES.validation, 10);
    expect(atSteps?.value).toBeCloseTo(0.6);
    expect(atTime?.value).toBe(0.9);
  });
});

describe('the band over seeds', () => {
  test('has mean, least and most at each step that all runs have', () => {
    const curves = [
      { x: [0, 10, 20], y: [0, 0.4, 0.6] },
      { x: [0, 10], y: [0.2, 0.8] },
    ];
    const band = bandOf(curves, true);
    expect(band.x).toEqual([0, 10]);
    expect(band.mean[1]).toBeCloseTo(0.6);
    expect([band.min[1], band.max[1]]).toEqual([0.4, 0.8]);
  });

  test('is drawn on a grid where seeds share no positions', () => {
    const band = bandOf(
      [
        { x: [1, 3], y: [0, 2] },
        { x: [2, 4], y: [0, 2] },
      ],
      false,
    );
    expect([band.x[0], band.x.at(-1)]).toEqual([2, 3]);
    expect(band.mean[0]).toBeCloseTo(0.5);
    expect(band.mean.at(-1)).toBeCloseTo(1.5);
  });

  test('is empty without curves', () => {
    expect(bandOf([], true).x).toEqual([]);
  });
});

test('spread and standard error', () => {
  expect(spreadOf([0.5, null, 0.7, undefined])).toEqual({
    values: [0.5, 0.7],
    mean: 0.6,
    min: 0.5,
    max: 0.7,
  });
  expect(spreadOf([null])).toBeNull();
  expect(standardError(0.5, 100)).toBeCloseTo(0.05);
  expect(standardError(1, 48)).toBe(0);
});

test('differences are taken seed by seed', () => {
  const a = [
    { seed: 1, value: 0.9 },
    { seed: 2, value: 0.5 },
    { seed: 3, value: 0.7 },
  ];
  const b = [
    { seed: 2, value: 0.6 },
    { seed: 1, value: 0.6 },
    { seed: 4, value: 0.1 },
  ];
  const pair = paired(a, b);
  expect(pair?.difference.mean).toBeCloseTo(0.1);
  expect(pair).toMatchObject({ ahead: 1, behind: 1, seeds: 2 });
  expect(paired(a, [{ seed: 9, value: 1 }])).toBeNull();
});

test('the length of a run without steps is zero', () => {
  expect(lengthOf({ steps: [] }, 'tokens')).toBe(0);
});
