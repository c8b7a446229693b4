import { FORMAT_REWARD } from '../../../src/env/mail/format-reward';
import { curveOf, MEASURES } from '../curves';
import { sampledAccuracy } from '../scores';
import type { Score } from '../types';
import { spreadOf, standardError } from '../../../src/report/spread';
import { fixed, points, share, spreadText } from '../words';
import { figure, runsOf, scores, spread, type Context, type Section } from './section';

/** Mode simple: what it optimises, and what that does to the task. */
export function simpleSection({ learning, plots }: Context): Section {
  const runs = runsOf(learning, 'simple');
  if (runs.length === 0) return ['There is no run of mode simple.'];
  const { parsable, rightTool, validArguments, keywords } = FORMAT_REWARD;
  const curves = runs.map((run) => curveOf(run, 'steps', MEASURES.reward).y);
  const first = spreadOf(runs.map(({ steps }) => steps[0]?.reward));
  const last = spreadOf(curves.map((y) => y.at(-1)));
  const two = (value: number) => fixed(value);
  const after = spread(scores(runs, sampledAccuracy));
  const before = learning.start?.test ?? null;
  return [
    'Mode simple samples one turn per question and runs no tool. Its reward looks at the form of that turn alone: ' +
      `${parsable} for one call that can be parsed, ${rightTool} for the tool \`search_emails\`, ${validArguments} for ` +
      `valid arguments, and up to ${keywords} for keywords that occur in the question. It never sees an answer.`,
    `Its mean reward is ${spreadText(first, two)} in the first step and ${spreadText(last, two)} over the last ones. ` +
      verdict(first?.mean, last?.mean),
    ...(after === null || before === null ? [] : [effect(before, after.mean, spreadText(after, share))]),
    ...figure(plots, 'simple-reward.svg', 'Format reward of mode simple over steps'),
  ];
}

function verdict(first: number | undefined, last: number | undefined): string {
  if (first === undefined || last === undefined) return '';
  if (last < first - 0.02) return 'It falls, although it is what is optimised.';
  if (last < first + 0.02) return 'It hardly moves, as the start earns most of what there is.';
  return last > 0.95 ? 'It rises to nearly all there is to earn.' : 'It rises.';
}

function effect(start: Score, after: number, text: string): string {
  const before = sampledAccuracy(start);
  const change = after - before;
  const noise = 2 * standardError(before, start.questions);
  const opening = `On whole episodes these adapters answer ${text} of the test questions rightly (sampled; start ${share(before)}). `;
  if (Math.abs(change) <= noise) {
    return `${opening}That is within the noise of counting on ${start.questions} questions, so no effect on the task shows.`;
  }
  return change > 0
    ? `${opening}So better searches alone are worth ${points(change)}, without any reward for an answer.`
    : `${opening}So a policy that is rewarded for its first turn alone loses ${points(change)} on the task.`;
}
