/** How the numbers came about: device, date, command, time, and what to beware of. */
import { BESIDE_LEARNING } from '../../../src/settings/beside';
import { isAbsolute } from 'node:path';
import { writeText } from '../../../src/settings/values';
import { changedWords } from '../../../src/errors/texts/en/training/resume';
import { differingSettings } from '../../../src/run/train/resume';
import { schemaNear } from '../../../src/env/settings';
import type { Settings } from '../../../src/settings/settings';
import { spreadOf } from '../../../src/report/spread';
import { hasFirstTurn, hasOriginalReward } from '../subject';
import { changedSettings } from '../../runs/changed';
import type { Learning, RunData } from '../types';
import { count, list, spreadText } from '../words';
import { modesOf, runsOf, type Context, type Section } from './section';

export function factsSection({ learning }: Context): Section {
  const { runs } = learning;
  const distinct = (values: readonly (string | null)[]) => [
    ...new Set(values.map((v) => v ?? 'not recorded')),
  ];
  const dates = distinct(runs.map(({ date }) => date)).sort();
  const minutes = spreadOf(
    runsOf(learning, 'masked')
      .filter(({ finished }) => finished)
      .map(workMinutes),
  );
  const beside = Math.max(0, ...runs.map(({ sideBySide }) => sideBySide ?? 0));
  return [
    [
      `- Device: ${list(distinct(runs.map(({ device }) => device)))}.`,
      `- Date of the runs: ${dates.length > 2 ? `${dates[0]} to ${dates.at(-1)}` : list(dates)}.`,
      `- A whole masked run: ${spreadText(minutes, (value) => `${value.toFixed(1)} minutes`)} of rollouts, updates and evaluations.`,
      ...(beside > 1
        ? [`- Up to ${beside} runs shared the machine, so seconds are longer than for a run alone.`]
        : []),
      ...unfinished(runs),
      ...unlike(runs),
    ].join('\n'),
    'The command:',
    `\`\`\`sh\n${commandOf(learning)}\n\`\`\``,
    'Runs are made one by one and kept; the same command again goes on where it stopped. ' +
      '`--report-only` writes this page anew from the runs that are there, also from those that `npm run train` made.',
  ];
}

/** Rollouts, updates and evaluations; loading, compiling and saving are not measured. */
export function workMinutes({ steps, evaluations }: RunData): number {
  const stepping = steps.reduce((total, s) => total + s.rolloutSeconds + s.trainSeconds, 0);
  return (stepping + evaluations.reduce((total, e) => total + e.seconds, 0)) / 60;
}

/** Makes these runs and this report, from the runs' own settings. */
export function commandOf(learning: Learning): string {
  const modes = modesOf(learning);
  const runs = modes.flatMap((mode) => runsOf(learning, mode));
  const seeds = [...new Set(runs.map(({ seed }) => seed))].sort((a, b) => a - b);
  const reference = runs[0] ?? learning.runs[0];
  const parts = ['npm run compare --'];
  parts.push(seeds.length === 1 ? `--seeds 1 --seed ${seeds[0]}` : `--seeds ${seeds.join(',')}`);
  if (modes.length < (hasFirstTurn(learning.environment) ? 3 : 2)) parts.push(`--modes ${modes.join(',')}`);
  if (reference !== undefined) {
    const changed = changedSettings(
      reference.settings,
      new Set<string>(['seed', 'mode', ...BESIDE_LEARNING]),
    );
    parts.push(...Object.entries(changed).map(([key, value]) => `--${key} ${shown(key, value)}`));
  }
  const asked = learning.start?.test?.questions ?? 0;
  if (asked > 0 && asked < 432) parts.push(`--test-questions ${asked}`);
  const [seedReward] = runsOf(learning, 'seed-reward');
  if (seedReward === undefined) {
    if (hasOriginalReward(learning.environment)) parts.push('--seed-reward-steps 0');
  } else {
    parts.push(`--seed-reward-steps ${seedReward.settings.maxSteps}`);
    const { advantage } = seedReward.settings;
    if (advantage !== 'trajectory') parts.push(`--seed-reward-advantage ${advantage}`);
  }
  return parts.join(' ');
}

/** A folder of somebody's machine says nothing to others. */
function shown(key: string, value: unknown): string {
  const text = writeText(value);
  return isAbsolute(text) ? `<${key}>` : text;
}

function unfinished(runs: readonly RunData[]): string[] {
  const open = runs.filter(({ finished }) => !finished);
  if (open.length === 0) return [];
  const names = open.map(
    ({ name, steps, settings }) => `${name} (step ${steps.at(-1)?.step ?? 0} of ${settings.maxSteps})`,
  );
  return [
    `- **Not finished**: ${list(names)}. ${open.length === 1 ? 'It counts' : 'They count'} as far as they are, and have no final score.`,
  ];
}

/** Runs that differ in more than mode and seed are no fair comparison, and the page says so. */
function unlike(runs: readonly RunData[]): string[] {
  const compared = runs.filter(({ variant }) => variant !== 'seed-reward');
  const [first, ...others] = compared;
  if (first === undefined) return [];
  const asFirst = ({ settings }: RunData): Settings =>
    ({ ...settings, mode: first.mode, seed: first.seed }) as unknown as Settings;
  const found = others.flatMap((run) => {
    const differing = differingSettings(
      asFirst(first),
      asFirst(run),
      schemaNear(String(first.settings['environment'])),
    );
    return differing.length === 0 ? [] : [`${run.name}: ${changedWords(differing)}`];
  });
  return found.length === 0
    ? []
    : [`- **${count(found.length, 'run')} with other settings than ${first.name}**: ${found.join(' · ')}.`];
}
