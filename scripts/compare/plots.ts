/** The report's pictures: which curves stand in which file. */
import { mailInfo } from '../../src/env/mail/info';
import { EVALUATION_METRICS } from '../../src/report/evaluation-metrics';
import { rangeOf, type MetricEntry, type Unit } from '../../src/report/metric-info';
import { capital, STEP_METRICS, WARM_START_METRICS } from '../../src/report/metrics';
import { linePlot, type PlotSpec } from '../../src/report/plot/plot';
import type { Colour } from '../../src/report/plot/svg';
import { barPlot, tokenPlot, type BarGroup } from './bars';
import { bandOf } from '../../src/report/plot/band';
import { AXES, curveOf, MEASURES, type Axis, type Measure } from './curves';
import { familyRows } from './families';
import { VARIANT_NAME, VARIANTS, type Learning, type RunData, type Variant } from './types';

/** File name to SVG; a picture without data is not there. */
export type Plots = ReadonlyMap<string, string>;

const COLOUR: Readonly<Record<Variant, Colour>> = {
  masked: 'masked',
  rollout: 'rollout',
  simple: 'simple',
  'seed-reward': 'fourth',
};

const X_LABEL: Readonly<Record<Axis, string>> = {
  steps: 'steps',
  seconds: 'seconds of rollouts and updates',
  tokens: 'distinct tokens computed',
};

type Drawing = Pick<PlotSpec, 'title' | 'yLabel'> &
  Partial<Pick<PlotSpec, 'percent' | 'range'>> & {
    readonly file: string;
    readonly axis: Axis;
    readonly measure: Measure;
    readonly variants: readonly Variant[];
  };

const MODES = ['masked', 'rollout', 'simple'] as const;
const EPISODES = ['masked', 'rollout'] as const;
const REWARDS = ['masked', 'seed-reward'] as const;
const Y_LABEL: Readonly<Partial<Record<Unit, string>>> = {
  share: 'share (%)',
  nats: 'nats per trained token',
  seconds: 'seconds',
};

const IDK = capital(mailInfo.metrics['returned_i_dont_know']?.label ?? '');

const DRAWINGS: readonly Drawing[] = [
  ...AXES.map((axis): Drawing => ({
    ...of(EVALUATION_METRICS.accuracy, `at equal ${axis}`),
    file: `validation-${axis}.svg`,
    axis,
    measure: MEASURES.validation,
    variants: MODES,
  })),
  ...AXES.map((axis): Drawing => ({
    ...of(STEP_METRICS.rewardMean, `at equal ${axis}`),
    file: `reward-${axis}.svg`,
    axis,
    measure: MEASURES.reward,
    variants: EPISODES,
  })),
  onSteps('training', of(STEP_METRICS.accuracy), MEASURES.training, EPISODES),
  onSteps('kl', of(STEP_METRICS.kl), MEASURES.kl, MODES),
  onSteps('entropy', of(STEP_METRICS.entropy), MEASURES.entropy, MODES),
  onSteps('trainable', of(STEP_METRICS.trainableRatio), MEASURES.trainable, MODES),
  onSteps('forest', of(STEP_METRICS.forestRatio), MEASURES.forest, MODES),
  onSteps('teaching', of({ label: 'Share of groups kept', unit: 'share' }), MEASURES.teaching, MODES),
  onSteps('time', of({ label: 'Time of a step', unit: 'seconds' }), MEASURES.stepSeconds, MODES),
  onSteps('simple-reward', of(STEP_METRICS.rewardMean, 'in mode simple: of the format'), MEASURES.reward, [
    'simple',
  ]),
  onSteps('seed-reward-idk', of({ label: IDK, unit: 'share' }, 'by reward'), MEASURES.idk, REWARDS),
  onSteps('seed-reward-accuracy', of(EVALUATION_METRICS.accuracy, 'by reward'), MEASURES.validation, REWARDS),
];

type Words = Pick<Drawing, 'title' | 'yLabel' | 'percent' | 'range'>;

/** Title, axis and range as the table of metrics has them. */
function of(metric: Pick<MetricEntry, 'label' | 'unit' | 'range'>, more = ''): Words {
  const range = rangeOf(metric);
  return {
    title: more === '' ? metric.label : `${metric.label}, ${more}`,
    yLabel: Y_LABEL[metric.unit] ?? metric.label.toLowerCase(),
    ...(metric.unit === 'share' ? { percent: true } : {}),
    ...(range === undefined ? {} : { range }),
  };
}

function onSteps(name: string, words: Words, measure: Measure, variants: readonly Variant[]): Drawing {
  return { ...words, file: `${name}.svg`, axis: 'steps', measure, variants };
}

export function makePlots(learning: Learning): Plots {
  const plots = new Map<string, string>();
  const put = (file: string, svg: string | null) => svg !== null && plots.set(file, svg);
  for (const drawing of DRAWINGS) put(drawing.file, draw(drawing, learning.runs));
  put('warm-start.svg', warmStartPlot(learning));
  put('families.svg', familyPlot(learning));
  put('gradient-tokens.svg', examplePlot(learning));
  return plots;
}

function draw(drawing: Drawing, runs: readonly RunData[]): string | null {
  const { axis, measure, variants, title, yLabel, percent, range } = drawing;
  const there = runs.filter(({ variant }) => variants.includes(variant));
  // A comparison of rewards needs both.
  if (variants === REWARDS && !there.some(({ variant }) => variant === 'seed-reward')) return null;
  return linePlot({
    title,
    yLabel,
    ...(percent === undefined ? {} : { percent }),
    ...(range === undefined ? {} : { range }),
    xLabel: X_LABEL[axis],
    series: variants.flatMap((variant) => {
      const own = there.filter((run) => run.variant === variant);
      const band = bandOf(
        own.map((run) => curveOf(run, axis, measure)),
        axis === 'steps',
      );
      const seeds = own.length === 1 ? '1 seed' : `${own.length} seeds, mean and range`;
      // On other axes the seeds share no positions, and the band lies on a grid that nothing was measured at.
      const marked = measure.kind === 'evaluation' && axis === 'steps';
      const points = marked ? ({ points: true } as const) : {};
      return own.length === 0
        ? []
        : [{ label: `${VARIANT_NAME[variant]} (${seeds})`, colour: COLOUR[variant], band, ...points }];
    }),
  });
}

/** One curve for all runs: modes of a seed have their warm start in common. */
function warmStartPlot({ runs }: Learning): string | null {
  const bySeed = new Map(
    runs.flatMap(({ seed, warmStart }) => (warmStart === undefined ? [] : [[seed, warmStart] as const])),
  );
  const loss = WARM_START_METRICS.loss;
  const curves = [...bySeed.values()].map((rows) => ({
    x: rows.map(({ step }) => step),
    y: rows.map((row) => row.loss),
  }));
  const label = curves.length === 1 ? '1 seed' : `${curves.length} seeds, mean and range`;
  return linePlot({
    title: loss.label,
    yLabel: 'nats per token of the expert',
    xLabel: 'supervised steps, up to the first of GRPO',
    range: loss.range,
    series: [{ label, colour: 'fourth', band: bandOf(curves, true) }],
  });
}

function familyPlot({ runs, start }: Learning): string | null {
  const rows = familyRows(start?.test ?? null, runs, 'sampled');
  const series = [
    { variant: null, label: 'start', colour: 'grey' },
    ...VARIANTS.filter((variant) => runs.some((run) => run.variant === variant && run.test !== null)).map(
      (variant) => ({ variant, label: VARIANT_NAME[variant], colour: COLOUR[variant] }),
    ),
  ] as const;
  const whisker = (value: number) => ({ value, low: value, high: value });
  const groups = rows.map(({ family, level, questions, start: before, trained }): BarGroup => ({
    label: `${family || 'level'} ${level} (n = ${questions})`,
    bars: series.map(({ variant }) => {
      if (variant === null) return before === null ? null : whisker(before);
      const spread = trained.get(variant);
      return spread === undefined ? null : { value: spread.mean, low: spread.min, high: spread.max };
    }),
  }));
  const kinds = rows.some(({ family }) => family !== '') ? 'family and level' : 'level';
  return barPlot(`Accuracy on test questions by ${kinds}, sampled`, series, groups);
}

function examplePlot({ example }: Learning): string | null {
  const [first] = example?.rollouts ?? [];
  if (first === undefined) return null;
  const series = [
    { label: 'sampled: trained in both modes', colour: 'masked' },
    { label: 'tool result and headers: trained in mode rollout only', colour: 'rollout' },
  ] as const;
  return tokenPlot(
    'How well the start policy foretells each token',
    'log-prob (nats)',
    series,
    first.tokens.flatMap(({ source, logprob }) =>
      logprob === null
        ? []
        : [{ colour: source === 'sampled' ? 'masked' : 'rollout', value: Math.min(0, logprob) }],
    ),
  );
}
