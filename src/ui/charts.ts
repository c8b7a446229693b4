/** The live curves of the present run. */
import type { StepMetrics } from '../grpo/types';
import { el } from './dom';
import { environmentPanels, type Panel } from './environment-charts';
import { environmentOf } from './metrics';
import { integer, percent, signed, tick } from '../report/format';
import { LineChart, type SeriesSpec } from './line-chart';
import type { PageStore } from './runner';
import { movingMean, onAxis, SMOOTHING, stepAxis, type Points } from '../report/series';
import { currentRecord, type RunRecord } from './state';

const line = (label: string, colour: string): SeriesSpec => ({ label, colour, look: 'line' });
const step = (axis: readonly number[], record: RunRecord, value: (m: StepMetrics) => number | null): Points =>
  onAxis(axis, record.steps, value);

const wholeOnly = (v: number): string => (Number.isInteger(v) ? integer(v) : '');

function panels(): Panel[] {
  const share = { format: (v: number) => percent(v), range: [0, 1] as const };
  return [
    {
      chart: new LineChart({
        title: 'Accuracy',
        caption:
          'Share of right answers: while training (sampled) and in evaluations, on questions it never trains on.',
        series: [
          line(`training, mean of ${SMOOTHING} steps`, '--curve-1'),
          { label: 'each step', colour: '--curve-1', look: 'faint' },
          { label: 'evaluation', colour: '--curve-2', look: 'points' },
        ],
        ...share,
      }),
      values: (record, axis) => {
        const raw = step(axis, record, (m) => m.accuracy);
        return [movingMean(raw, SMOOTHING), raw, onAxis(axis, record.evaluations, (e) => e.accuracy)];
      },
    },
    {
      chart: new LineChart({
        title: 'Reward',
        caption:
          'Mean over all rollouts of a step. The thin lines are one standard deviation above and below.',
        series: [
          line('mean', '--curve-1'),
          { label: '+1 sd', colour: '--curve-1', look: 'faint' },
          { label: '−1 sd', colour: '--curve-1', look: 'faint' },
        ],
        format: (v) => signed(v),
        axisFormat: tick,
      }),
      values: (record, axis) => [
        step(axis, record, (m) => m.rewardMean),
        step(axis, record, (m) => m.rewardMean + m.rewardStd),
        step(axis, record, (m) => m.rewardMean - m.rewardStd),
      ],
    },
    {
      chart: new LineChart({
        title: 'Loss',
        caption: 'What the optimiser lowers. In GRPO it hovers near zero; its slope matters, not its level.',
        series: [line('loss', '--curve-3')],
      }),
      values: (record, axis) => [step(axis, record, (m) => m.loss)],
    },
    {
      chart: new LineChart({
        title: 'KL to the start',
        caption: 'How far the policy has moved from the model it started from, in nats per token.',
        series: [line('KL', '--curve-4')],
      }),
      values: (record, axis) => [step(axis, record, (m) => m.kl)],
    },
    {
      chart: new LineChart({
        title: 'Entropy',
        caption:
          'How undecided the model is at each of its tokens, in nats. Zero means it always says the same.',
        series: [line('entropy', '--curve-5')],
        range: [0, 0],
      }),
      values: (record, axis) => [step(axis, record, (m) => m.entropy)],
    },
    {
      chart: new LineChart({
        title: 'Tokens that count',
        caption:
          'Trained: share of tokens with a gradient. Computed: share left after shared beginnings are merged.',
        series: [line('trained', '--curve-1'), line('computed', '--curve-6')],
        ...share,
        headline: -1,
      }),
      values: (record, axis) => [
        step(axis, record, (m) => m.trainableRatio),
        step(axis, record, (m) => m.forestRatio),
      ],
    },
    {
      chart: new LineChart({
        title: 'Groups that teach',
        caption:
          'Questions whose answers differ in reward. All right or all wrong teaches nothing and is left out.',
        series: [line('mixed', '--curve-1'), line('all right', '--curve-5'), line('all wrong', '--curve-2')],
        format: integer,
        axisFormat: wholeOnly,
        range: [0, 1],
        headline: -1,
      }),
      values: (record, axis) => [
        step(axis, record, (m) => m.groupsKept),
        step(axis, record, (m) => m.groupsAllRight),
        step(axis, record, (m) => m.groupsAllWrong),
      ],
    },
    {
      chart: new LineChart({
        title: 'Questions asked in place of others',
        caption: 'Dynamic sampling: each group that teaches nothing is replaced by another question’s.',
        series: [line('asked anew', '--curve-4')],
        format: integer,
        axisFormat: wholeOnly,
        range: [0, 1],
      }),
      values: (record, axis) => [step(axis, record, (m) => m.groupsResampled)],
      concerns: ({ settings, steps }) =>
        (settings?.dynamicSampling ?? 0) > 0 || steps.some((m) => m.groupsResampled > 0),
    },
    {
      chart: new LineChart({
        title: 'Difficulty of the questions',
        caption: 'Curriculum: mean level of the questions of a step. Level 1 is the easiest.',
        series: [line('mean level', '--curve-3')],
        range: [1, 1],
      }),
      values: (record, axis) => [step(axis, record, (m) => m.meanLevel)],
      concerns: ({ settings }) => (settings?.curriculum ?? 'none') !== 'none',
    },
    {
      chart: new LineChart({
        title: 'Speed',
        caption: 'Tokens handled per second, sampling and training together.',
        series: [line('tokens/s', '--curve-6')],
        range: [0, 0],
      }),
      values: (record, axis) => [step(axis, record, (m) => m.tokensPerSecond)],
    },
  ];
}

export function createCharts(store: PageStore): HTMLElement {
  const common = panels();
  const own = new Map<string, readonly Panel[]>();
  const root = el('div', { class: 'charts' }, ...common.map(({ chart }) => chart.root));
  store.watch(currentRecord, (record) => {
    const axis = record === null ? [] : stepAxis(record.steps, record.evaluations);
    const environment = environmentOf(record);
    const added = own.get(environment.id) ?? environmentPanels(environment);
    if (!own.has(environment.id)) {
      own.set(environment.id, added);
      root.append(...added.map(({ chart }) => chart.root));
    }
    for (const [id, panels] of own) for (const { chart } of panels) chart.root.hidden = id !== environment.id;
    for (const { chart, values, concerns } of [...common, ...added]) {
      chart.root.hidden = concerns !== undefined && (record === null || !concerns(record));
      if (!chart.root.hidden) chart.setData(axis, record === null ? [] : values(record, axis));
    }
  });
  return root;
}
