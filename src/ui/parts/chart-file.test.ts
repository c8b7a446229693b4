import { expect, it } from 'vitest';
import { chartCsv, marks, svgOf, type ChartPicture } from './chart-file';

const chart: ChartPicture = {
  title: 'Reward <1>',
  caption: 'Mean & band.',
  xName: 'step',
  yName: 'reward',
  x: [0, 10],
  series: [
    { label: 'masked, 2 seeds', colour: '--a', look: 'line' },
    { label: 'other', colour: '--b', look: 'points' },
  ],
  ys: [
    [0, 1],
    [null, 0.5],
  ],
  bands: [{ colour: '--a', low: [0, 0.5], high: [0.25, 1] }],
  yText: (value) => String(value),
  colour: (name) => `var(${name})`,
};

it('a picture has its curves, bands, names and marks, as well-formed text', () => {
  const svg = svgOf(chart);
  expect(svg).toContain('<title>Reward &lt;1&gt;</title>');
  expect(svg).toContain('Mean &amp; band.');
  // 0 … 1 from the bottom (440) to the top (76), 0 … 10 from the left (84) to the right (930).
  expect(svg).toContain('<polyline points="84,440 930,76"');
  expect(svg).toContain('<polygon points="84,349 930,76 930,258 84,440" fill="var(--a)"');
  expect(svg).toContain('<circle cx="930" cy="258"');
  for (const words of ['masked, 2 seeds', 'other', 'step', 'reward'])
    expect(svg).toContain(`>${words}</text>`);
});

it('its numbers are a table, band and all', () => {
  expect(chartCsv(chart).split('\r\n')).toEqual([
    'step,"masked, 2 seeds",other,"masked, 2 seeds low","masked, 2 seeds high"',
    '0,0,,0,0.25',
    '10,1,0.5,0.5,1',
    '',
  ]);
});

it('marks are round', () => {
  expect(marks(0, 1, 6)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(marks(-3, 17, 6)).toEqual([0, 5, 10, 15]);
});
