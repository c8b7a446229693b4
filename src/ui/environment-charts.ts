/** The curves that a run's environment adds: its metrics, and the parts of its reward. */
import type { EnvironmentInfo, MetricInfo, MetricUnit } from '../env/types';
import { rewardMetric } from '../settings/reward-metric';
import { signed, tick } from '../report/format';
import { onAxis, type Points } from '../report/series';
import { CURVE_COLOURS } from './colour';
import { LineChart } from './line-chart';
import { metricText, openField, rewardParts } from './metrics';
import type { RunRecord } from './state';

export interface Panel {
  readonly chart: LineChart;
  readonly values: (record: RunRecord, axis: readonly number[]) => readonly Points[];
  /** False for runs that say nothing about it; absent: always shown. */
  readonly concerns?: (record: RunRecord) => boolean;
}

export function environmentPanels(environment: EnvironmentInfo): Panel[] {
  const metrics = Object.values(environment.metrics).flatMap((info) =>
    info.inSteps === undefined ? [] : [metricPanel(info, info.inSteps)],
  );
  return [rewardsPanel(environment), ...metrics];
}

const RANGES: Readonly<Partial<Record<MetricUnit, readonly [number, number]>>> = {
  share: [0, 1],
  count: [0, 0],
  tokens: [0, 0],
  seconds: [0, 0],
};

function metricPanel({ label, unit, description }: MetricInfo, field: string): Panel {
  const range = RANGES[unit];
  return {
    chart: new LineChart({
      title: label.slice(0, 1).toUpperCase() + label.slice(1),
      caption: description,
      series: [{ label, colour: '--curve-5', look: 'line' }],
      format: (value) => metricText(value, unit),
      ...(range === undefined ? {} : { range }),
    }),
    values: ({ steps }, axis) => [onAxis(axis, steps, (step) => openField(step, field))],
    concerns: ({ steps }) => steps.some((step) => openField(step, field) !== null),
  };
}

/** One part alone is the reward, which has a chart already. */
function rewardsPanel(environment: EnvironmentInfo): Panel {
  const chart = new LineChart({
    title: 'Parts of the reward',
    caption: 'Mean of each part over the rollouts to which it applies, before its weight.',
    series: [],
    format: (value) => signed(value),
    axisFormat: tick,
    headline: -1,
  });
  let drawn = '';
  return {
    chart,
    values: ({ steps }, axis) => {
      const parts = rewardParts(steps, environment);
      if (parts.join() !== drawn) {
        drawn = parts.join();
        chart.setSeries(
          parts.map((part, i) => ({
            label: environment.rewards[part]?.label ?? part,
            colour: CURVE_COLOURS[i % CURVE_COLOURS.length] ?? CURVE_COLOURS[0],
            look: 'line',
          })),
        );
      }
      return parts.map((part) => onAxis(axis, steps, (step) => openField(step, rewardMetric(part))));
    },
    concerns: ({ steps }) => rewardParts(steps, environment).length > 1,
  };
}
