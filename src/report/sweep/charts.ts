/** Curves of a sweep as pictures: a band for each combination, over its seeds. */
import { EVALUATION_METRICS } from '../evaluation-metrics';
import { rangeOf, type MetricEntry } from '../metric-info';
import { STEP_METRICS } from '../metrics';
import { bandOf, type Curve } from '../plot/band';
import { linePlot, type PlotSeries } from '../plot/plot';
import { COLOURS } from '../plot/svg';
import { movingMean, SMOOTHING } from '../series';
import type { Ranked } from './ranking';
import type { SweepData, SweepRun, SweepStep } from './types';

/** More bands than colours could not be told apart. */
export const MOST_BANDS = COLOURS.length;

interface Chart {
  readonly metric: Pick<MetricEntry, 'label' | 'unit' | 'range'>;
  readonly curve: (run: SweepRun) => Curve;
  /** Measured now and then. */
  readonly points?: true;
}

const CHARTS: readonly Chart[] = [
  { metric: EVALUATION_METRICS.accuracy, curve: validationCurve, points: true },
  { metric: STEP_METRICS.rewardMean, curve: (run) => stepCurve(run, (s) => s.rewardMean) },
  { metric: STEP_METRICS.accuracy, curve: (run) => stepCurve(run, (s) => s.accuracy) },
  { metric: STEP_METRICS.kl, curve: (run) => stepCurve(run, (s) => s.kl) },
  { metric: STEP_METRICS.entropy, curve: (run) => stepCurve(run, (s) => s.entropy) },
];

/** SVG files; those without data are not there. @param shown best first, at most {@link MOST_BANDS} */
export function sweepCharts({ cells }: SweepData, shown: readonly Ranked[]): string[] {
  return CHARTS.flatMap(({ metric, curve, points }) => {
    const range = rangeOf(metric);
    const svg = linePlot({
      title: metric.label,
      xLabel: 'steps',
      yLabel: metric.unit === 'share' ? 'share (%)' : metric.unit === 'nats' ? 'nats per token' : metric.unit,
      ...(metric.unit === 'share' ? { percent: true as const } : {}),
      ...(range === undefined ? {} : { range }),
      series: shown.map(({ cell, runs }, i): PlotSeries => ({
        label: cells[cell]?.name ?? '',
        colour: COLOURS[i] ?? 'grey',
        band: bandOf(runs.map(curve), true),
        ...(points === undefined ? {} : { points }),
      })),
    });
    return svg === null ? [] : [svg];
  });
}

function validationCurve({ evaluations }: SweepRun): Curve {
  const own = evaluations.filter(({ split, questions }) => split === 'validation' && questions > 0);
  return {
    x: own.map(({ step }) => step),
    y: own.map(({ correctAnswers, questions }) => correctAnswers / questions),
  };
}

function stepCurve({ steps }: SweepRun, of: (step: SweepStep) => number | null): Curve {
  const values = movingMean(steps.map(of), SMOOTHING);
  const there = steps.flatMap(({ step }, i) => {
    const y = values[i] ?? null;
    return y === null ? [] : [{ x: step, y }];
  });
  return { x: there.map(({ x }) => x), y: there.map(({ y }) => y) };
}
