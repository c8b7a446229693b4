/** What a mode costs: tokens trained, tokens computed, seconds. */
import { lengthOf, MEASURES, meanOverSteps } from '../curves';
import { spreadOf } from '../../../src/report/spread';
import type { Learning, StepRow } from '../types';
import { seconds, share, spreadText, table, tokens } from '../words';
import { figure, modesOf, runsOf, type Context, type Section } from './section';

export function costsSection({ learning, plots }: Context): Section {
  const rows = modesOf(learning).map((mode) => {
    const runs = runsOf(learning, mode);
    const perStep = (of: (row: StepRow) => number | null, format: (value: number) => string) =>
      spreadText(meanOverSteps(runs, of), format);
    return [
      mode,
      spreadText(spreadOf(runs.map((run) => lengthOf(run, 'steps'))), tokens),
      perStep(MEASURES.trainable.of, share),
      perStep(MEASURES.forest.of, share),
      spreadText(spreadOf(runs.map((run) => lengthOf(run, 'tokens'))), tokens),
      perStep((row) => row.rolloutSeconds, seconds),
      perStep((row) => row.trainSeconds, seconds),
      perStep(MEASURES.stepSeconds.of, seconds),
    ];
  });
  return [
    'Means over all steps, then over seeds. "Trained" are the tokens with a gradient among all tokens of the rollouts; ' +
      '"distinct" those that are left when equal beginnings are merged, which is what is computed.',
    table(
      [
        'mode',
        'steps',
        'trained',
        'distinct',
        'distinct tokens in all',
        'rollouts per step',
        'update per step',
        'step',
      ],
      rows,
    ),
    ...saving(learning),
    ...figure(plots, 'trainable.svg', 'Share of tokens trained over steps'),
    ...figure(plots, 'forest.svg', 'Share of tokens left after merging over steps'),
    ...figure(plots, 'time.svg', 'Seconds per step'),
  ];
}

/** Tokens per distinct token, in the first and the last tenth of the masked runs. */
function saving(learning: Learning): string[] {
  const ratios = (part: 'first' | 'last') =>
    spreadOf(
      runsOf(learning, 'masked').map(({ steps }) => {
        const n = Math.max(1, Math.round(steps.length / 10));
        const rows = part === 'first' ? steps.slice(0, n) : steps.slice(-n);
        const sum = (of: (row: StepRow) => number) => rows.reduce((total, row) => total + of(row), 0);
        const distinct = sum((row) => row.forestTokens);
        return distinct > 0 ? sum((row) => row.totalTokens) / distinct : null;
      }),
    );
  const [first, last] = [ratios('first'), ratios('last')];
  if (first === null || last === null) return [];
  const times = (value: number) => value.toFixed(1);
  const way = last.mean > first.mean * 1.05 ? 'more' : last.mean < first.mean * 0.95 ? 'less' : 'as much';
  return [
    `Merging equal beginnings saves computing most tokens again: the masked rollouts hold ${spreadText(first, times)} ` +
      `times as many tokens as are computed in the first tenth of the steps, and ${spreadText(last, times)} times as many ` +
      `in the last tenth. It saves ${way} at the end: ` +
      (way === 'more'
        ? 'as the policy becomes sure, its rollouts share longer beginnings.'
        : 'rollouts share no longer beginnings than at the start.'),
  ];
}
