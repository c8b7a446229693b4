import { greedyAccuracy, sampledAccuracy } from '../scores';
import { compareShares, count, list, points, share, signedPoints, spreadText } from '../words';
import { spreadOf } from '../../../src/report/spread';
import { hasGenerator } from '../subject';
import { modesOf, runsOf, scores, spread, warmScores, type Context, type Section } from './section';

/** The findings in a few sentences. */
export function summarySection({ learning }: Context): Section {
  const { start, runs } = learning;
  const masked = runsOf(learning, 'masked');
  const seeds = [...new Set(runs.map(({ seed }) => seed))].sort((a, b) => a - b);
  const longest = Math.max(0, ...masked.map(({ settings }) => settings.maxSteps));
  const { batchSize, numGenerations } = (masked[0] ?? runs[0])?.settings ?? {};
  const opening =
    `${list(modesOf(learning).map((mode) => `\`${mode}\``))}, ${count(seeds.length, 'seed')} (${seeds.join(', ')}), ` +
    `up to ${count(longest, 'step')} of ${count(batchSize ?? 0, 'question')} with ${count(numGenerations ?? 0, 'rollout')} each.`;
  const items: string[] = [];
  for (const [pass, of] of [
    ['sampled', sampledAccuracy],
    ['greedy', greedyAccuracy],
  ] as const) {
    const after = spread(scores(masked, of));
    if (!start?.test) continue;
    const warm = spread(warmScores(learning, of));
    if (warm !== null) {
      items.push(
        `The warm start takes the ${pass} accuracy on ${start.test.questions} test questions from ` +
          `${share(of(start.test))} to ${spreadText(warm, share)}.`,
      );
    }
    if (after === null) continue;
    const before = warm?.mean ?? of(start.test);
    items.push(
      `Masked training takes the ${pass} accuracy on ${start.test.questions} test questions from ${share(before)} to ` +
        `${spreadText(after, share)}, ${points(after.mean - before)} ${after.mean >= before ? 'up' : 'down'}.`,
    );
  }
  const against = compareShares(
    'After training',
    'the sampled accuracy on test questions',
    { name: 'masked', values: scores(masked, sampledAccuracy) },
    { name: 'rollout', values: scores(runsOf(learning, 'rollout'), sampledAccuracy) },
  );
  if (against !== null) items.push(against);
  const other = spreadOf(
    masked.map((run) =>
      run.test === null || run.other === null ? null : sampledAccuracy(run.other) - sampledAccuracy(run.test),
    ),
  );
  if (other !== null) {
    items.push(
      `On ${hasGenerator(learning.environment) ? 'mail of a second dataset' : 'tasks of a second dataset'} the sampled accuracy of the masked adapters differs by ` +
        `${spreadText(other, signedPoints)} points.`,
    );
  }
  return [opening, ...(items.length > 0 ? [items.map((item) => `- ${item}`).join('\n')] : [])];
}
