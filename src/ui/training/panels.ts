/** The charts of a run, made of the tables of metrics: titles, captions, labels and ranges stand there. Pure. */
import { integer, metricText, tick } from '../format';
import { rangeOf, type NamedMetric } from '../../report/metric-info';
import { metricValue } from '../../report/metrics';
import { onAxis, type Points } from '../../report/series';
import type { ChartForm, SeriesSpec } from '../parts/chart';
import type { RunRecord } from '../state';
import { t } from '../texts';

export interface Panel extends ChartForm {
  readonly title: string;
  readonly caption: string;
  readonly headline?: number;
  readonly series: readonly SeriesSpec[];
  readonly values: (record: RunRecord, axis: readonly number[]) => readonly Points[];
  /** Positions of the panel's values, where they are not those of the run's steps and evaluations. */
  readonly axis?: (record: RunRecord) => readonly number[];
  /** True for one that averages by itself. */
  readonly ownMean?: boolean;
  /** False for runs that say nothing about it; absent: always shown. */
  readonly concerns?: (record: RunRecord) => boolean;
}

const wholeOnly = (value: number): string => (Number.isInteger(value) ? integer(value) : '');

/** How values of a metric stand in a chart. */
export function chartForm(metric: NamedMetric): ChartForm {
  const { unit } = metric;
  const range = rangeOf(metric);
  return {
    format: (value) => metricText(value, unit),
    ...(unit === 'reward' ? { axisFormat: tick } : unit === 'whole' ? { axisFormat: wholeOnly } : {}),
    ...(range === undefined ? {} : { range }),
    yName: t.charts.unit[unit],
  };
}

/** A curve in the legend. */
export function curveOf({ label, short = label }: NamedMetric, colour: string): SeriesSpec {
  return { label: short, colour, look: 'line' };
}

/** The chart of one metric, as it is in every step. */
export function metricPanel(metric: NamedMetric, colour: string): Panel {
  const { label, caption } = metric;
  return jointPanel({ title: label, caption }, [[metric, colour]]);
}

/** Metrics of one unit in one chart. */
export function jointPanel(
  words: Pick<Panel, 'title' | 'caption'>,
  curves: readonly [readonly [NamedMetric, string], ...(readonly [NamedMetric, string])[]],
): Panel {
  return {
    ...words,
    ...chartForm(curves[0][0]),
    series: curves.map(([metric, colour]) => curveOf(metric, colour)),
    ...(curves.length > 1 ? { headline: -1 } : {}),
    values: ({ steps }, axis) =>
      curves.map(([{ name }]) => onAxis(axis, steps, (step) => metricValue(step, name))),
  };
}
