/** What runs are compared by: curves, and numbers of the table. Pure. */
import { duration, integer, metricText, NONE, percent } from '../format';
import type { NamedMetric } from '../../report/metric-info';
import { metricValue, type CoreMetric } from '../../report/metrics';
import { latest, movingMean, secondsSoFar, SMOOTHING, type Curve, type Points } from '../../report/series';
import { evaluationMetric, stepMetric, warmStartMetric } from '../metrics';
import type { SeriesSpec } from '../parts/chart';
import { axisOf, warmStartAxisOf, type Axis } from '../records';
import type { RunRecord } from '../state';
import { t } from '../texts';

export interface Measure {
  readonly metric: NamedMetric;
  readonly caption: string;
  readonly look?: SeriesSpec['look'];
  readonly curve: (record: RunRecord, axis: Axis) => Curve;
  /** Whether a run has such values; absent: every run has. */
  readonly concerns?: (record: RunRecord) => boolean;
}

const valuesOf = ({ steps }: RunRecord, { name }: NamedMetric): Points =>
  steps.map((step) => metricValue(step, name));

function perStep(name: CoreMetric): Measure {
  const metric = stepMetric(name);
  return {
    metric,
    caption: metric.caption,
    curve: (record, axis) => ({ x: axisOf(record, axis), y: valuesOf(record, metric) }),
  };
}

/** Of a number that jumps from step to step. */
function smoothed(name: CoreMetric): Measure {
  const metric = stepMetric(name);
  return {
    metric,
    caption: t.compare.meanOf(metric.caption, SMOOTHING),
    curve: (record, axis) => ({
      x: axisOf(record, axis),
      y: movingMean(valuesOf(record, metric), SMOOTHING),
    }),
  };
}

export function measures(): readonly Measure[] {
  const evaluation = evaluationMetric('accuracy');
  return [
    smoothed('accuracy'),
    {
      metric: evaluation,
      caption: evaluation.caption,
      look: 'points',
      curve: (record, axis) => {
        const position = new Map(axisOf(record, axis).map((x, i) => [record.steps[i]?.step, x]));
        // Before the first step no time has passed.
        const evaluations = record.evaluations.filter((e) => e.step === 0 || position.has(e.step));
        return {
          x: evaluations.map((e) => position.get(e.step) ?? 0),
          y: evaluations.map((e) => e.accuracy),
        };
      },
    },
    smoothed('rewardMean'),
    perStep('kl'),
    perStep('entropy'),
    perStep('trainableRatio'),
    {
      metric: warmStartMetric('loss'),
      caption: warmStartMetric('loss').caption,
      curve: (record, axis) => ({
        x: warmStartAxisOf(record, axis),
        y: (record.warmStart ?? []).map(({ loss }) => loss),
      }),
      concerns: ({ warmStart = [] }) => warmStart.length > 0,
    },
  ];
}

export interface Row {
  readonly name: string;
  readonly explain?: string;
  readonly cell: (record: RunRecord) => string;
  /** The number that the mean of several runs is made of; null where a run has none. */
  readonly value: (record: RunRecord) => number | null;
  /** Such a number in words. */
  readonly text: (value: number) => string;
}

/** One whose cell is its number. */
function plainRow(name: string, value: Row['value'], text: Row['text'], explain?: string): Row {
  const cell = (record: RunRecord): string => {
    const found = value(record);
    return found === null ? NONE : text(found);
  };
  return { name, cell, value, text, ...(explain === undefined ? {} : { explain }) };
}

/** The end of a noisy curve. */
function settled(name: CoreMetric): Row {
  const metric = stepMetric(name);
  const value = (record: RunRecord): number | null => latest(movingMean(valuesOf(record, metric), SMOOTHING));
  return plainRow(metric.label, value, (found) => metricText(found, metric.unit), metric.caption);
}

const bestLater = ({ evaluations }: RunRecord): number | null => {
  const later = evaluations.filter((e) => e.step > 0).map((e) => e.accuracy);
  return later.length === 0 ? null : Math.max(...later);
};

export function results(): readonly Row[] {
  return [
    {
      ...plainRow(stepMetric('maxSteps').label, ({ steps }) => steps.at(-1)?.step ?? null, integer),
      cell: ({ steps }) =>
        t.run.of(String(steps.at(-1)?.step ?? NONE), String(steps.at(-1)?.maxSteps ?? NONE)),
    },
    settled('accuracy'),
    {
      ...plainRow(evaluationMetric('accuracy').label, bestLater, percent, t.compare.startAndBest),
      cell: (record) => {
        const start = record.evaluations.find((e) => e.step === 0)?.accuracy;
        const best = percent(bestLater(record));
        return start === undefined ? best : `${percent(start)} → ${best}`;
      },
    },
    settled('rewardMean'),
    settled('kl'),
    settled('entropy'),
    settled('trainableRatio'),
    plainRow(
      stepMetric('totalTokens').label,
      ({ steps }) => steps.reduce((sum, s) => sum + s.totalTokens, 0),
      integer,
    ),
    plainRow(t.compare.timeOfWork, ({ steps }) => secondsSoFar(steps).at(-1) ?? 0, duration),
  ];
}
