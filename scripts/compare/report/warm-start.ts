/** The supervised steps before GRPO, and what they are worth. */
import { greedyAccuracy, sampledAccuracy } from '../scores';
import { spreadOf } from '../../../src/report/spread';
import type { Score } from '../types';
import { count, plain, seconds, share, spreadText, table } from '../words';
import { figure, spread, warmScores, type Context, type Section } from './section';

export function warmStartSection({ learning, plots }: Context): Section {
  const { runs, start } = learning;
  const bySeed = new Map(
    runs.flatMap(({ seed, warmStart }) => (warmStart === undefined ? [] : [[seed, warmStart] as const])),
  );
  const rows = [...bySeed.values()];
  const steps = spreadOf(rows.map((one) => one.length));
  const loss = (at: number) => spreadText(spreadOf(rows.map((one) => one.at(at)?.loss)), plain);
  const spent = spreadOf(rows.map((one) => one.reduce((sum, row) => sum + row.seconds, 0)));
  const line = (name: string, of: (value: (score: Score) => number) => string) => [
    name,
    of(sampledAccuracy),
    of(greedyAccuracy),
  ];
  const after = (value: (score: Score) => number) => spreadText(spread(warmScores(learning, value)), share);
  const test = start?.test ?? null;
  return [
    `A run begins with supervised steps on what an expert does: ${spreadText(steps, (n) => count(n, 'step'))} in ` +
      `${spreadText(spent, seconds)}, the same for the modes of a seed (${count(rows.length, 'seed')}). The loss falls ` +
      `from ${loss(0)} to ${loss(-1)} nats per token of the expert.`,
    table(
      ['policy', 'sampled', 'greedy'],
      [
        ...(test === null ? [] : [line('start', (value) => share(value(test)))]),
        line('after the warm start', after),
      ],
    ),
    ...figure(plots, 'warm-start.svg', 'Loss of the warm start'),
  ];
}
