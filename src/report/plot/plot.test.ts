import { describe, expect, test } from 'vitest';
import { linePlot } from './plot';
import { ticks } from './svg';
import { elements } from './testing';

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

test('ticks are round and inside', () => {
  expect(ticks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(ticks(-1.7, 1.9, 5)).toEqual([-1, 0, 1]);
  expect(ticks(3, 3, 5)).toEqual([3]);
});
