/** Which charts the present run has. Pure. */
import type { EnvironmentInfo } from '../../env/types';
import { signed, tick } from '../format';
import { environmentMetrics, metricValue, rewardMetric } from '../../report/metrics';
import { movingMean, onAxis, SMOOTHING } from '../../report/series';
import { CURVE_COLOURS } from '../colour';
import { evaluationMetric, rewardMetrics, rewardParts, stepMetric, warmStartMetric } from '../metrics';
import type { RunRecord } from '../state';
import { t } from '../texts';
import { chartForm, curveOf, jointPanel, metricPanel, type Panel } from './panels';

/** Those that every environment has. */
export function commonPanels(): Panel[] {
  return [
    warmStartPanel(),
    accuracyPanel(),
    rewardPanel(),
    metricPanel(stepMetric('loss'), '--curve-3'),
    metricPanel(stepMetric('kl'), '--curve-4'),
    metricPanel(stepMetric('entropy'), '--curve-5'),
    jointPanel(t.training.tokensThatCount, [
      [stepMetric('trainableRatio'), '--curve-1'],
      [stepMetric('forestRatio'), '--curve-6'],
    ]),
    jointPanel(t.training.groupsThatTeach, [
      [stepMetric('groupsKept'), '--curve-1'],
      [stepMetric('groupsAllRight'), '--curve-5'],
      [stepMetric('groupsAllWrong'), '--curve-2'],
    ]),
    {
      ...metricPanel(stepMetric('groupsResampled'), '--curve-4'),
      concerns: ({ settings, steps }) =>
        (settings?.dynamicSampling ?? 0) > 0 || steps.some((m) => m.groupsResampled > 0),
    },
    {
      ...metricPanel(stepMetric('meanLevel'), '--curve-3'),
      concerns: ({ settings }) => (settings?.curriculum ?? 'none') !== 'none',
    },
    metricPanel(stepMetric('tokensPerSecond'), '--curve-6'),
  ];
}

/** A run's supervised steps, on an axis of their own: they are numbered up to 0, where GRPO begins. */
function warmStartPanel(): Panel {
  const loss = warmStartMetric('loss');
  return {
    title: loss.label,
    caption: loss.caption,
    series: [curveOf(loss, '--curve-6')],
    ...chartForm(loss),
    axis: ({ warmStart = [] }) => warmStart.map(({ step }) => step),
    values: ({ warmStart = [] }) => [warmStart.map((one) => one.loss)],
    concerns: ({ warmStart = [] }) => warmStart.length > 0,
  };
}

function accuracyPanel(): Panel {
  return {
    ...t.training.accuracy,
    series: [
      { label: t.training.meanOf(SMOOTHING), colour: '--curve-1', look: 'line' },
      { label: t.training.eachStep, colour: '--curve-1', look: 'faint' },
      { label: evaluationMetric('accuracy').short ?? '', colour: '--curve-2', look: 'points' },
    ],
    ...chartForm(stepMetric('accuracy')),
    ownMean: true,
    // Where nothing is answered, as in mode simple, there is no accuracy.
    concerns: ({ steps, evaluations }) =>
      steps.length === 0 || evaluations.length > 0 || steps.some((m) => m.accuracy !== null),
    values: ({ steps, evaluations }, axis) => {
      const raw = onAxis(axis, steps, (m) => m.accuracy);
      return [movingMean(raw, SMOOTHING), raw, onAxis(axis, evaluations, (e) => e.accuracy)];
    },
  };
}

function rewardPanel(): Panel {
  const metric = stepMetric('rewardMean');
  return {
    title: metric.label,
    caption: t.training.withDeviation(metric.caption),
    series: [
      curveOf(metric, '--curve-1'),
      { label: t.training.above, colour: '--curve-1', look: 'faint' },
      { label: t.training.below, colour: '--curve-1', look: 'faint' },
    ],
    ...chartForm(metric),
    values: ({ steps }, axis) => [
      onAxis(axis, steps, (m) => m.rewardMean),
      onAxis(axis, steps, (m) => m.rewardMean + m.rewardStd),
      onAxis(axis, steps, (m) => m.rewardMean - m.rewardStd),
    ],
  };
}

/** What the run's environment adds: its metrics, and the parts of its reward. */
export function environmentPanels(environment: EnvironmentInfo, record: RunRecord | null): Panel[] {
  const metrics = environmentMetrics(environment).map((metric): Panel => ({
    ...metricPanel(metric, '--curve-5'),
    concerns: ({ steps }) => steps.some((step) => metricValue(step, metric.name) !== null),
  }));
  return [rewardsPanel(environment, rewardParts(record?.steps ?? [], environment)), ...metrics];
}

/** One part alone is the reward, which has a chart already. */
function rewardsPanel(environment: EnvironmentInfo, parts: readonly string[]): Panel {
  return {
    ...t.training.rewardParts,
    headline: -1,
    series: rewardMetrics(environment, parts).map((metric, i) =>
      curveOf(metric, CURVE_COLOURS[i % CURVE_COLOURS.length] ?? CURVE_COLOURS[0]),
    ),
    format: (value) => signed(value),
    axisFormat: tick,
    values: ({ steps }, axis) =>
      parts.map((part) => onAxis(axis, steps, (step) => metricValue(step, rewardMetric(part)))),
    concerns: () => parts.length > 1,
  };
}
