/** The curves that a run's environment adds: its metrics, and the parts of its reward. */
import type { EnvironmentInfo } from '../env/types';
import { signed, tick } from '../report/format';
import { environmentMetrics, metricValue, rewardMetric, rewardMetrics } from '../report/metrics';
import { onAxis } from '../report/series';
import { CURVE_COLOURS } from './colour';
import { LineChart } from './line-chart';
import { curveOf, metricPanel, type Panel } from './metric-charts';
import { rewardParts } from './metrics';

export function environmentPanels(environment: EnvironmentInfo): Panel[] {
  const metrics = environmentMetrics(environment).map((metric): Panel => ({
    ...metricPanel(metric, '--curve-5'),
    concerns: ({ steps }) => steps.some((step) => metricValue(step, metric.name) !== null),
  }));
  return [rewardsPanel(environment), ...metrics];
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
          rewardMetrics(environment, parts).map((metric, i) =>
            curveOf(metric, CURVE_COLOURS[i % CURVE_COLOURS.length] ?? CURVE_COLOURS[0]),
          ),
        );
      }
      return parts.map((part) => onAxis(axis, steps, (step) => metricValue(step, rewardMetric(part))));
    },
    concerns: ({ steps }) => rewardParts(steps, environment).length > 1,
  };
}
