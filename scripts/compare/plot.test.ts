import { describe, expect, test } from 'vitest';
import { barPlot, tokenPlot } from './bars';
import { linePlot } from './plot';
import { makePlots } from './plots';
import { ticks } from './svg';
import { fakeLearning, fakeRun } from './testing';

/** Every tag closed in order, attributes quoted, no stray sign. Answers the names of the elements. */
function elements(svg: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  let rest = svg;
  while (rest.length > 0) {
    const tag = /^<(\/?)([\w-]+)((?:\s[\w:-]+="[^"<>]*")*)\s*(\/?)>/.exec(rest);
    if (tag !== null) {
      const [whole, closing, name = '', , alone] = tag;
      if (closing === '/') expect(open.pop()).toBe(name);
      else {
        names.push(name);
        if (alone !== '/') open.push(name);
      }
      rest = rest.slice(whole.length);
      continue;
    }
    const text = /^[^<]+/.exec(rest)?.[0] ?? '';
    expect(text, `at: ${rest.slice(0, 60)}`).not.toBe('');
    expect(text).not.toMatch(/>|&(?!amp;|lt;|gt;|quot;)/);
    rest = rest.slice(text.length);
  }
  expect(open).toEqual([]);
  return names;
}

const band = (mean: number[], min = mean, max = mean) => ({ x: mean.map((_, i) => i), mean, min, max });

describe('a line plot', () => {
  const spec = { title: 'A < B & "C"', xLabel: 'steps', yLabel: 'share (%)', percent: true } as const;

  test('is well-formed, with its titles, legend and both themes', () => {
    const svg = linePlot({
      ...spec,
      series: [
        { label: 'masked', colour: 'masked', band: band([0.1, 0.5], [0, 0.4], [0.2, 0.6]) },
        { label: 'rollout', colour: 'rollout', band: band([0.2, 0.3]), points: true },
      ],
    });
    const names = elements(svg ?? '');
    // A band only where there is a spread; a point per value where asked for.
    expect(names.filter((name) => name === 'path')).toHaveLength(3);
    expect(names.filter((name) => name === 'circle')).toHaveLength(2);
    expect(svg).toContain('A &lt; B &amp; &quot;C&quot;');
    expect(svg).toContain('prefers-color-scheme: dark');
    for (const text of ['steps', 'share (%)', 'masked', 'rollout', '60 %'])
      expect(svg).toContain(`>${text}</text>`);
    expect(svg).not.toContain('NaN');
  });

  test('stands one point, and equal values', () => {
    const one = linePlot({ ...spec, series: [{ label: 'a', colour: 'masked', band: band([0]) }] });
    elements(one ?? '');
    expect(one).not.toMatch(/NaN|Infinity/);
    expect(one).toContain('<circle');
  });

  test('is nothing without data', () => {
    expect(linePlot({ ...spec, series: [{ label: 'a', colour: 'masked', band: band([]) }] })).toBeNull();
    expect(linePlot({ ...spec, series: [] })).toBeNull();
  });

  test('places values by their size', () => {
    const svg = linePlot({
      ...spec,
      range: [0, 1],
      series: [{ label: 'a', colour: 'masked', band: band([0, 1]) }],
    });
    const [, x0, y0, x1, y1] = (
      /class="line[^"]*" d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"/.exec(svg ?? '') ?? []
    ).map(Number);
    expect(x1).toBeGreaterThan(x0 as number);
    expect(y1).toBeLessThan(y0 as number);
  });
});

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

test('ticks are round and inside', () => {
  expect(ticks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(ticks(-1.7, 1.9, 5)).toEqual([-1, 0, 1]);
  expect(ticks(3, 3, 5)).toEqual([3]);
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
