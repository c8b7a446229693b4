/** The three modes beside each other: at the end, and at equal steps, seconds and tokens. */
import { AXES, lengthOf, MEASURES, valuesAt, type Axis } from '../curves';
import { greedyAccuracy, sampledAccuracy } from '../scores';
import { spreadOf, standardError } from '../../../src/report/spread';
import { columnsOf } from '../subject';
import { compareShares, count, fixed, plain, share, spreadText, table, tokens } from '../words';
import { sameStart } from './same-start';
import {
  columnTexts,
  figure,
  modesBudget,
  modesOf,
  runsOf,
  scores,
  spread,
  spreadAt,
  warmScores,
  type Context,
  type Section,
} from './section';

export function modesSection(context: Context): Section {
  const { learning, plots } = context;
  return [
    ...sameStart(learning),
    '### On test questions, after training',
    ...finalTable(context),
    ...AXES.flatMap((axis) => atEqual(context, axis)),
    '### Validation accuracy, evaluation by evaluation',
    ...validationTable(context),
    '### While training',
    ...figure(plots, 'training.svg', 'Accuracy of the rollouts over steps'),
    ...figure(plots, 'kl.svg', 'KL to the start over steps'),
    ...figure(plots, 'entropy.svg', 'Entropy over steps'),
    ...figure(plots, 'teaching.svg', 'Share of groups that teach over steps'),
  ];
}

function finalTable({ learning }: Context): Section {
  const { start } = learning;
  const rows = modesOf(learning).map((mode) => {
    const runs = runsOf(learning, mode);
    const of = (value: Parameters<typeof scores>[1]) => spreadText(spread(scores(runs, value)), share);
    return [
      mode,
      String(runs.length),
      of(sampledAccuracy),
      of(greedyAccuracy),
      ...columnTexts(learning, (value) => spread(scores(runs, value))),
    ];
  });
  const test = start?.test ?? null;
  const before =
    test === null
      ? []
      : [
          ['start', '–', share(sampledAccuracy(test)), share(greedyAccuracy(test))].concat(
            columnTexts(learning, (value) => spreadOf([value(test)])),
          ),
        ];
  const warm = (value: Parameters<typeof scores>[1]) => spread(warmScores(learning, value));
  const seeds = warmScores(learning, sampledAccuracy).length;
  if (seeds > 0) {
    before.push([
      'after the warm start',
      String(seeds),
      spreadText(warm(sampledAccuracy), share),
      spreadText(warm(greedyAccuracy), share),
      ...columnTexts(learning, warm),
    ]);
  }
  const n = test?.questions ?? learning.runs.find((run) => run.test !== null)?.test?.questions;
  const errors =
    test === null
      ? ''
      : ` One such share has a standard error of up to ${(100 * standardError(0.5, test.questions)).toFixed(1)} points.`;
  return [
    n === undefined
      ? 'No final adapter was measured on test questions.'
      : `Each run's adapter after its last step, on ${n} test questions; means over seeds, smallest and largest in brackets.${errors}`,
    table(
      [
        ...['mode', 'runs', 'sampled', 'greedy'],
        ...columnsOf(learning.environment).map(({ label }) => `${label} (sampled)`),
      ],
      [...before, ...rows],
    ),
    ...finalSentences({ learning, plots: new Map() }),
  ];
}

function finalSentences({ learning }: Context): string[] {
  const sentences = (['rollout', 'simple'] as const).flatMap((mode) =>
    (
      [
        ['sampled', sampledAccuracy],
        ['greedy', greedyAccuracy],
      ] as const
    ).map(([pass, of]) =>
      compareShares(
        'After training',
        `the ${pass} accuracy on test questions`,
        { name: 'masked', values: scores(runsOf(learning, 'masked'), of) },
        { name: mode, values: scores(runsOf(learning, mode), of) },
      ),
    ),
  );
  return sentences.filter((sentence) => sentence !== null);
}

const HEADING: Readonly<Record<Axis, string>> = {
  steps: 'At equal steps',
  seconds: 'At equal time',
  tokens: 'At equal tokens computed',
};
const EXPLAINED: Readonly<Record<Axis, string>> = {
  steps: 'Steps are the fairest view of what is learned from the same number of rollouts.',
  seconds: 'Time is that of rollouts and updates; evaluations and loading are left out.',
  tokens:
    'Tokens are the distinct ones of all rollouts, after equal beginnings are merged, summed over steps.',
};

function amount(axis: Axis, value: number): string {
  switch (axis) {
    case 'steps':
      return count(Math.round(value), 'step');
    case 'seconds':
      return `${plain(value)} s`;
    case 'tokens':
      return `${tokens(value)} tokens`;
  }
}

function atEqual({ learning, plots }: Context, axis: Axis): Section {
  const budget = modesBudget(learning, axis);
  if (budget === 0) return [];
  const ended = new Set<string>();
  // A step is done or not; few of them may share a quarter.
  const places = [0.25, 0.5, 1].map((part) =>
    axis === 'steps' ? Math.max(1, Math.round(part * budget)) : part * budget,
  );
  const rows = [...new Set(places)].flatMap((at) => {
    return modesOf(learning).map((mode) => {
      const runs = runsOf(learning, mode);
      const over = runs.some((run) => lengthOf(run, axis) < at * (1 - 1e-9));
      if (over) ended.add(mode);
      const cell = (name: keyof typeof MEASURES, format: (value: number) => string) =>
        spreadText(spreadAt(runs, axis, MEASURES[name], at), format);
      return [
        amount(axis, at),
        over ? `${mode}*` : mode,
        cell('reward', fixed),
        mode === 'simple' ? '–' : cell('training', share),
        cell('validation', share),
        cell('kl', plain),
        cell('entropy', plain),
      ];
    });
  });
  const values = (mode: 'masked' | 'rollout') => ({
    name: mode,
    values: valuesAt(runsOf(learning, mode), axis, MEASURES.validation, budget),
  });
  const sentence = compareShares(
    `After ${amount(axis, budget)}`,
    'the sampled accuracy on validation questions',
    values('masked'),
    values('rollout'),
  );
  return [
    `### ${HEADING[axis]}`,
    `${EXPLAINED[axis]} The last rows are where the shortest masked or rollout run ends. Reward, accuracy of rollouts, ` +
      'KL and entropy are means of five steps; between evaluations the validation accuracy is interpolated.',
    table(
      [
        'after',
        'mode',
        'reward',
        'accuracy of rollouts',
        'validation accuracy',
        'KL (nats)',
        'entropy (nats)',
      ],
      rows,
    ),
    ...(ended.size > 0 ? ['\\* has ended before; its last values are shown.'] : []),
    ...(sentence === null ? [] : [sentence]),
    ...(modesOf(learning).includes('simple')
      ? ['The reward of mode simple is another one, from 0 to 1, and not comparable.']
      : []),
    ...figure(plots, `validation-${axis}.svg`, `Validation accuracy at equal ${axis}`),
    ...figure(plots, `reward-${axis}.svg`, `Reward at equal ${axis}`),
  ];
}

function validationTable({ learning }: Context): Section {
  const steps = new Set(
    learning.runs
      .filter(({ variant }) => variant !== 'seed-reward')
      .flatMap((run) => run.evaluations.map((e) => e.step)),
  );
  const n = learning.runs[0]?.evaluations[0]?.questions ?? 0;
  const modes = modesOf(learning);
  const rows = [...steps]
    .sort((a, b) => a - b)
    .map((step) => [
      String(step),
      ...modes.map((mode) => {
        const runs = runsOf(learning, mode);
        const own = runs.map(({ seed, evaluations }) => ({
          seed,
          value: evaluations.find((e) => e.step === step)?.accuracy ?? null,
        }));
        const there = own.filter(({ value }) => value !== null).length;
        const text = spreadText(spread(own), share);
        return there > 0 && there < runs.length
          ? `${text}, ${count(there, 'run')}`
          : there === 0
            ? '–'
            : text;
      }),
    ]);
  return [
    `Sampled, on ${n} questions (standard error up to ${(100 * standardError(0.5, n)).toFixed(1)} points each).`,
    table(['step', ...modes], rows),
  ];
}
