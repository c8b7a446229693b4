import { greedyAccuracy, sampledAccuracy } from '../scores';
import { BUILT_IN } from '../../../src/run/session';
import { spreadOf, standardError } from '../../../src/report/spread';
import { columnsOf, saysIdk } from '../subject';
import type { Learning, Score } from '../types';
import { fixed, share, table } from '../words';
import { columnTexts, type Context, type Section } from './section';

/** The policy before training. */
export function startSection({ learning }: Context): Section {
  const { start, environment } = learning;
  if (start === null) return ['The start policy was not measured.'];
  const rows = (
    [
      ['validation', start.validation],
      ['test', start.test],
      ['test, second dataset', start.other],
    ] as const
  ).flatMap(([name, score]) => (score === null ? [] : [row(learning, name, score)]));
  const { test } = start;
  return [
    `The start is \`${start.model}\` on ${start.dataset === BUILT_IN ? `the tasks of “${environment.title}”` : `dataset \`${start.dataset}\``}, without an adapter. Sampled means temperature as in ` +
      'training, greedy the most likely token each time; both ask every question once. The standard error (±) is that of ' +
      'a share counted on n questions.',
    table(['split', 'n', 'sampled', 'greedy', ...own(learning), 'mean reward'], rows),
    ...(test === null ? [] : [gapSentence(test)]),
  ];
}

/** Of mail, what it says of its own knowledge; of others, what their evaluations show. */
function own({ environment }: Learning): string[] {
  return saysIdk(environment) ? ['says "I don\'t know"'] : columnsOf(environment).map(({ label }) => label);
}

function row(learning: Learning, name: string, score: Score): string[] {
  const { questions, reward } = score;
  const withError = (value: number) =>
    `${share(value)} ± ${(100 * standardError(value, questions)).toFixed(1)}`;
  return [
    name,
    String(questions),
    withError(sampledAccuracy(score)),
    withError(greedyAccuracy(score)),
    ...columnTexts(learning, (value) => spreadOf([value(score)])).slice(0, own(learning).length),
    fixed(reward),
  ];
}

function gapSentence(test: Score): string {
  const gap = greedyAccuracy(test) - sampledAccuracy(test);
  const noise = 2 * standardError(greedyAccuracy(test), test.questions);
  if (gap > noise) {
    return (
      `Greedy answers are right ${(100 * gap).toFixed(1)} points more often than sampled ones: much of what the start ` +
      'gets wrong it knows, and loses to the noise of sampling. Training has that gap to close, and skill to add beyond it.'
    );
  }
  return `Greedy and sampled answers are ${(100 * Math.abs(gap)).toFixed(1)} points apart, so sampling noise explains little of what the start gets wrong.`;
}
