/** Pictures of rows that have a series. */
import { linePlot, type PlotSeries } from '../../src/report/plot/plot';
import type { Row, Series } from './types';

/** By file name. */
export type Plots = ReadonlyMap<string, { readonly title: string; readonly svg: string }>;

/** Title and measured quantity of the rows that can be drawn. */
const TITLES: Readonly<Record<string, string>> = {
  'growth/default/rollouts': 'Cost of an update over distinct tokens, from 8 to 64 rollouts',
  'growth/default/length': 'Cost of an update over the length of its sequence',
};

export function plotsOf(rows: readonly Row[]): Plots {
  return new Map(
    rows.flatMap(({ id, series }) => {
      const title = TITLES[id] ?? id;
      const svg = series === undefined ? null : draw(title, series);
      return svg === null ? [] : [[`${id.replaceAll('/', '-')}.svg`, { title, svg }]];
    }),
  );
}

function draw(title: string, { xLabel, yLabel, x, measured, model }: Series): string | null {
  const series = (label: string, colour: PlotSeries['colour'], mean: readonly number[]): PlotSeries => ({
    ...{ label, colour },
    band: { x, mean, min: mean, max: mean },
  });
  return linePlot({
    ...{ title, xLabel, yLabel },
    range: [0, 0],
    series: [
      series('in proportion to the work', 'grey', model),
      { ...series('measured', 'masked', measured), points: true },
    ],
  });
}
