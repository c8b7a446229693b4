import { greedyAccuracy, sampledAccuracy } from '../scores';
import { spreadOf, standardError } from '../../../src/report/spread';
import { hasGenerator } from '../subject';
import type { Score } from '../types';
import { count, share, signedPoints, spreadText, table } from '../words';
import { runsOf, type Context, type Section } from './section';

/** The masked adapters on mail from another generator seed. */
export function generalisationSection({ learning }: Context): Section {
  const { start } = learning;
  const runs = runsOf(learning, 'masked').flatMap(({ seed, test, other }) =>
    test === null || other === null ? [] : [{ seed, test, other }],
  );
  const [first] = runs;
  if (first === undefined) return ['The trained adapters were not measured on a second dataset.'];
  const made =
    start === null || start.otherSeed === null
      ? 'another dataset'
      : `a second dataset of the same generator under seed ${start.otherSeed}: other names, mails and questions`;
  const passes = [
    ['sampled', sampledAccuracy],
    ['greedy', greedyAccuracy],
  ] as const;
  const rows = passes.flatMap(([pass, of]) => [
    ...(start?.test && start.other
      ? [
          [
            pass,
            'start',
            share(of(start.test)),
            share(of(start.other)),
            signedPoints(of(start.other) - of(start.test)),
          ],
        ]
      : []),
    [
      pass,
      'masked',
      spreadText(spreadOf(runs.map(({ test }) => of(test))), share),
      spreadText(spreadOf(runs.map(({ other }) => of(other))), share),
      spreadText(spreadOf(runs.map(({ test, other }) => of(other) - of(test))), signedPoints),
    ],
  ]);
  return [
    (hasGenerator(learning.environment)
      ? `The test questions above are about inboxes that training never saw. This goes further: ${made}. `
      : `This goes further: ${made}. `) +
      `The final masked adapters answer ${first.other.questions} test questions of it without further training.`,
    table(['pass', 'policy', 'own test questions', 'second dataset', 'difference (points)'], rows),
    ...passes.map(([pass, of]) => verdict(pass, runs, of)),
  ];
}

/** Judged against the error of a difference between two samples of questions; seeds share the questions. */
function verdict(
  pass: string,
  runs: readonly { readonly test: Score; readonly other: Score }[],
  of: (score: Score) => number,
): string {
  const differences = spreadOf(runs.map(({ test, other }) => of(other) - of(test)));
  const [first] = runs;
  if (differences === null || first === undefined) return '';
  const error = Math.hypot(
    standardError(of(first.test), first.test.questions),
    standardError(of(first.other), first.other.questions),
  );
  const opening =
    `${pass === 'sampled' ? 'Sampled' : 'Greedy'}, the difference is ${signedPoints(differences.mean)} points on average over ` +
    `${count(runs.length, 'run')}; the choice of questions alone gives it a standard error of ${(100 * error).toFixed(1)} points. `;
  if (Math.abs(differences.mean) <= 2 * error) {
    return `${opening}So no loss or gain shows beyond chance: what was learned is not tied to this dataset's names and mails.`;
  }
  return differences.mean < 0
    ? `${opening}So some of what was learned is tied to the dataset it was learned on.`
    : `${opening}So the second dataset is easier for the trained policy.`;
}
