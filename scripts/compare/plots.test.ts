import { expect, test } from 'vitest';
import { elements } from '../../src/report/plot/testing';
import { barPlot, tokenPlot } from './bars';
import { makePlots } from './plots';
import { fakeLearning, fakeRun } from './testing';

test('bars and tokens are well-formed', () => {
  const series = [
    { label: 'start', colour: 'grey' },
    { label: 'masked', colour: 'masked' },
  ] as const;
  const bars = barPlot('Families', series, [
    { label: 'single 1', bars: [null, { value: 0.5, low: 0.4, high: 0.6 }] },
  ]);
  expect(elements(bars ?? '').length).toBeGreaterThan(10);
  expect(bars).toContain('single 1: start not measured, masked 50 %');
  const tokens = tokenPlot('Tokens', 'log-prob (nats)', series, [{ colour: 'masked', value: -2 }]);
  elements(tokens ?? '');
  expect(tokenPlot('Tokens', '', series, [])).toBeNull();
  expect(barPlot('Families', series, [])).toBeNull();
});

test('points are marked where something was measured, not on a grid', () => {
  const plots = makePlots(fakeLearning([fakeRun('masked', 1, 0.9), fakeRun('masked', 2, 0.5)]));
  expect(plots.get('validation-steps.svg')).toContain('<circle');
  expect(plots.get('validation-seconds.svg')).not.toContain('<circle');
});

test('only pictures with data are drawn', () => {
  const masked = fakeRun('masked', 1, 0.9);
  const plots = makePlots(fakeLearning([masked, fakeRun('rollout', 1, 0.5)]));
  for (const svg of plots.values()) elements(svg);
  expect([...plots.keys()]).toEqual(
    expect.arrayContaining([
      'validation-steps.svg',
      'validation-seconds.svg',
      'validation-tokens.svg',
      'families.svg',
    ]),
  );
  expect(plots.has('simple-reward.svg')).toBe(false);
  expect(plots.has('seed-reward-idk.svg')).toBe(false);
  expect(plots.has('gradient-tokens.svg')).toBe(false);
});
