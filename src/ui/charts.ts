/** The live curves of the present run. */
import type { StepMetrics } from '../grpo/types';
import { el } from './dom';
import { environmentPanels } from './environment-charts';
import { environmentOf } from './metrics';
import { EVALUATION_METRICS } from '../report/evaluation-metrics';
import { stepMetric, warmStartMetric } from '../report/metrics';
import { LineChart } from './line-chart';
import { chartForm, curveOf, jointPanel, metricPanel, type Panel } from './metric-charts';
import type { PageStore } from './runner';
import { movingMean, onAxis, SMOOTHING, stepAxis, type Points } from '../report/series';
import { currentRecord, type RunRecord } from './state';

const step = (axis: readonly number[], record: RunRecord, value: (m: StepMetrics) => number | null): Points =>
  onAxis(axis, record.steps, value);

function panels(): Panel[] {
  return [
    warmStartPanel(),
    accuracyPanel(),
    rewardPanel(),
    metricPanel(stepMetric('loss'), '--curve-3'),
    metricPanel(stepMetric('kl'), '--curve-4'),
    metricPanel(stepMetric('entropy'), '--curve-5'),
    jointPanel(
      {
        title: 'Tokens that count',
        caption:
          'Trained: share of tokens with a gradient. Computed: share left after shared beginnings are merged.',
      },
      [
        [stepMetric('trainableRatio'), '--curve-1'],
        [stepMetric('forestRatio'), '--curve-6'],
      ],
    ),
    jointPanel(
      {
        title: 'Groups that teach',
        caption:
          'Questions whose answers differ in reward. All right or all wrong teaches nothing and is left out.',
      },
      [
        [stepMetric('groupsKept'), '--curve-1'],
        [stepMetric('groupsAllRight'), '--curve-5'],
        [stepMetric('groupsAllWrong'), '--curve-2'],
      ],
    ),
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
    chart: new LineChart({
      title: loss.label,
      caption: loss.caption,
      series: [curveOf(loss, '--curve-6')],
      ...chartForm(loss),
    }),
    axis: ({ warmStart = [] }) => warmStart.map(({ step }) => step),
    values: ({ warmStart = [] }) => [warmStart.map((one) => one.loss)],
    concerns: ({ warmStart = [] }) => warmStart.length > 0,
  };
}

function accuracyPanel(): Panel {
  return {
    chart: new LineChart({
      title: 'Accuracy',
      caption:
        'Share of right answers: while training (sampled) and in evaluations, on questions it never trains on.',
      series: [
        { label: `training, mean of ${SMOOTHING} steps`, colour: '--curve-1', look: 'line' },
        { label: 'each step', colour: '--curve-1', look: 'faint' },
        { label: EVALUATION_METRICS.accuracy.short, colour: '--curve-2', look: 'points' },
      ],
      ...chartForm(stepMetric('accuracy')),
    }),
    values: (record, axis) => {
      const raw = step(axis, record, (m) => m.accuracy);
      return [movingMean(raw, SMOOTHING), raw, onAxis(axis, record.evaluations, (e) => e.accuracy)];
    },
  };
}

function rewardPanel(): Panel {
  const metric = stepMetric('rewardMean');
  return {
    chart: new LineChart({
      title: metric.label,
      caption: `${metric.caption} The thin lines are one standard deviation above and below.`,
      series: [
        curveOf(metric, '--curve-1'),
        { label: '+1 sd', colour: '--curve-1', look: 'faint' },
        { label: '−1 sd', colour: '--curve-1', look: 'faint' },
      ],
      ...chartForm(metric),
    }),
    values: (record, axis) => [
      step(axis, record, (m) => m.rewardMean),
      step(axis, record, (m) => m.rewardMean + m.rewardStd),
      step(axis, record, (m) => m.rewardMean - m.rewardStd),
    ],
  };
}

export function createCharts(store: PageStore): HTMLElement {
  const common = panels();
  const added = new Map<string, readonly Panel[]>();
  const root = el('div', { class: 'charts' }, ...common.map(({ chart }) => chart.root));
  store.watch(currentRecord, (record) => {
    const axis = record === null ? [] : stepAxis(record.steps, record.evaluations);
    const environment = environmentOf(record);
    const its = added.get(environment.id) ?? environmentPanels(environment);
    if (!added.has(environment.id)) {
      added.set(environment.id, its);
      root.append(...its.map(({ chart }) => chart.root));
    }
    for (const [id, panels] of added)
      for (const { chart } of panels) chart.root.hidden = id !== environment.id;
    for (const { chart, axis: own, values, concerns } of [...common, ...its]) {
      chart.root.hidden = concerns !== undefined && (record === null || !concerns(record));
      if (chart.root.hidden) continue;
      if (record === null) chart.setData(axis, []);
      else {
        const places = own?.(record) ?? axis;
        chart.setData(places, values(record, places));
      }
    }
  });
  return root;
}
