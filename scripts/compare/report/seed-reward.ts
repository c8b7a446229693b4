/** What the original system's reward does to the start policy, beside the default one. */
import { valueAt } from '../../../src/report/plot/band';
import { lengthOf, MEASURES, curveOf } from '../curves';
import { greedyAccuracy, sampledAccuracy } from '../scores';
import { spreadOf } from '../../../src/report/spread';
import type { RunData } from '../types';
import { NOT_MEASURED, compareShares, count, list, share, spreadText, table } from '../words';
import { rewardTable } from './reward-table';
import { figure, runsOf, scores, type Context, type Section } from './section';

export function seedRewardSection({ learning, plots }: Context): Section {
  const seedRuns = runsOf(learning, 'seed-reward');
  const [first] = seedRuns;
  if (first === undefined) return ['There is no run with the original reward.'];
  // Only the masked runs of the same seeds, so that like is compared with like.
  const masked = runsOf(learning, 'masked').filter(({ seed }) => seedRuns.some((run) => run.seed === seed));
  const at = Math.min(...seedRuns.map((run) => lengthOf(run, 'steps')));
  const { maxSteps, advantage } = first.settings;
  const lengths = masked
    .filter((run) => run.settings.maxSteps !== maxSteps)
    .map((run) => run.settings.maxSteps);
  return [
    'The reward decides what a policy learns that is often wrong. What both rewards pay for an answerable question, ' +
      `with ${first.settings.maxTurns} turns:`,
    rewardTable(first.settings.maxTurns),
    `Masked runs with the original reward (\`rewardPreset=seed\`, \`advantage=${advantage}\`, seed ` +
      `${list(seedRuns.map(({ seed }) => String(seed)))}, ${count(maxSteps, 'step')}) show the difference` +
      (lengths.length > 0
        ? `; the default runs beside them were planned for ${count(Math.max(...lengths), 'step')}, so their learning rate falls more slowly.`
        : '.'),
    table(
      ['reward', 'when', '"I don\'t know"', 'attempted answers', 'neither', 'accuracy'],
      [...rows('original', seedRuns, at), ...rows('default', masked, at)],
    ),
    'Shares of validation questions, sampled. Neither: out of turns, out of context, or a call that could not be run.',
    ...movement(seedRuns, masked, at),
    testTable(seedRuns, masked),
    ...figure(plots, 'seed-reward-idk.svg', 'Share of rollouts that say "I don\'t know", by reward'),
    ...figure(plots, 'seed-reward-accuracy.svg', 'Validation accuracy, by reward'),
  ];
}

function rows(reward: string, runs: readonly RunData[], at: number): string[][] {
  if (runs.length === 0) return [];
  return [0, at].map((step) => {
    const cell = (name: 'idkValidation' | 'attempted' | 'neither' | 'validation') =>
      spreadText(spreadOf(runs.map((run) => valueAt(curveOf(run, 'steps', MEASURES[name]), step))), share);
    return [
      reward,
      step === 0 ? 'start' : `after ${count(step, 'step')}`,
      cell('idkValidation'),
      cell('attempted'),
      cell('neither'),
      cell('validation'),
    ];
  });
}

function movement(seedRuns: readonly RunData[], masked: readonly RunData[], at: number): string[] {
  const sides = (name: 'idkValidation' | 'validation') => {
    const values = (runs: readonly RunData[]) =>
      runs.map((run) => ({ seed: run.seed, value: valueAt(curveOf(run, 'steps', MEASURES[name]), at) }));
    return [
      { name: 'masked with the original reward', values: values(seedRuns) },
      { name: 'masked with the default reward', values: values(masked) },
    ] as const;
  };
  const when = `After ${count(at, 'step')}`;
  const idk = compareShares(when, 'the share of "I don\'t know"', ...sides('idkValidation'));
  const accuracy = compareShares(when, 'validation accuracy', ...sides('validation'));
  const spread = (step: number) =>
    spreadOf(seedRuns.map((run) => valueAt(curveOf(run, 'steps', MEASURES.idkValidation), step)))?.mean;
  const [before, after] = [spread(0), spread(at)];
  const own =
    before === undefined || after === undefined
      ? []
      : [
          `Under the original reward the share of "I don't know" ${after > before + 0.02 ? 'rises' : after < before - 0.02 ? 'falls' : 'stays about the same'}: ` +
            `${share(before)} at the start, ${share(after)} after ${count(at, 'step')}.`,
        ];
  return [...own, ...[idk, accuracy].filter((sentence) => sentence !== null)];
}

function testTable(seedRuns: readonly RunData[], masked: readonly RunData[]): string {
  const row = (name: string, runs: readonly RunData[]) => {
    const cell = (of: Parameters<typeof scores>[1]) =>
      spreadText(spreadOf(scores(runs, of).map(({ value }) => value)), share);
    const steps = spreadOf(runs.map((run) => lengthOf(run, 'steps')));
    return [
      name,
      spreadText(steps, String),
      cell(sampledAccuracy),
      cell(greedyAccuracy),
      cell(({ idk, questions }) => idk / questions),
      cell(({ attempted, questions }) => attempted / questions),
    ];
  };
  const body = [row('original', seedRuns), ...(masked.length > 0 ? [row('default', masked)] : [])];
  const n = seedRuns.find(({ test }) => test !== null)?.test?.questions;
  return `On ${n ?? NOT_MEASURED} test questions, after the last step of each:\n\n${table(
    ['reward', 'steps', 'sampled', 'greedy', '"I don\'t know" (sampled)', 'attempted (sampled)'],
    body,
  )}`;
}
