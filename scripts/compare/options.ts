/** What `npm run compare` was asked for. */
import { schemaNear } from '../../src/env/settings';
import { checkSettings } from '../../src/settings/resolve';
import type { Settings } from '../../src/settings/settings';
import type { Mode } from '../../src/settings/choices';
import { CommandError, readCommand } from '../runtime/command';

const MODES: readonly Mode[] = ['masked', 'rollout', 'simple'];
const VALUED = [
  'seeds',
  'modes',
  'out',
  'steps',
  'work',
  'jobs',
  'test-questions',
  'other-seed',
  'other-dataset',
  'seed-reward-steps',
  'seed-reward-advantage',
  'device',
  'trial',
  'from',
  'note',
];
/** A count of seeds above this is more likely meant as a seed. */
const MOST_SEEDS = 20;
const SEED_REWARD_ADVANTAGES = ['trajectory', 'action', 'mixed'] as const;

export interface CompareOptions {
  readonly settings: Settings;
  readonly seeds: readonly number[];
  readonly modes: readonly Mode[];
  /** Where the report goes. */
  readonly out: string;
  /** Where runs, evaluations and the second dataset lie. */
  readonly work: string;
  /** Child processes side by side. */
  readonly jobs: number;
  /** Most questions of an evaluation on the test (and for the start the validation) split. */
  readonly testQuestions: number;
  /** The second dataset: made from a generator's seed, or a folder that is there. */
  readonly other:
    { readonly kind: 'seed'; readonly seed: number } | { readonly kind: 'folder'; readonly folder: string };
  /** Steps of the run with the original system's reward; 0 for none. */
  readonly seedRewardSteps: number;
  readonly seedRewardAdvantage: Settings['advantage'];
  /** Trains nothing; measures what the report lacks. */
  readonly reportOnly: boolean;
  /** The device in words, for runs that were trained elsewhere; null to ask the GPU. */
  readonly device: string | null;
  readonly trial: TrialOptions | null;
}

export interface TrialOptions {
  readonly name: string;
  readonly note: string;
  /** Finished run folders to take instead of training. */
  readonly from: readonly string[];
}

/** @throws SettingsError, CommandError */
export async function readOptions(argv: readonly string[]): Promise<CompareOptions> {
  const reportOnly = argv.includes('--report-only');
  const words = argv
    .filter((word) => word !== '--report-only')
    .map((word) => word.replace(/^--steps(?==|$)/, '--maxSteps'));
  const { options, settings, runtime } = await readCommand(words, VALUED);
  if (options['runtime'] !== undefined && runtime !== 'node') {
    throw new CommandError(`runtime is '${runtime}', but compare trains in Node only. Leave --runtime away.`);
  }
  const trial = readTrial(options);
  for (const [name, instead] of [
    ['mode', '--modes'],
    ['outputDir', '--work'],
    ['resume', 'nothing: unfinished runs always go on'],
  ] as const) {
    if (name === 'mode' && trial !== null) continue;
    if (words.some((word) => new RegExp(`^(--)?${name}(=|$)`).test(word))) {
      throw new CommandError(`compare has no ${name} of its own, as it makes many runs; use ${instead}.`);
    }
  }
  if (trial === null && (options['from'] ?? options['note']) !== undefined) {
    throw new CommandError('--from and --note belong to --trial NAME.');
  }
  const whole = (name: string, absent: number, least: number) =>
    readWhole(name, options[name], absent, least);
  const otherFolder = options['other-dataset'];
  const advantage = options['seed-reward-advantage'] ?? 'trajectory';
  if (!isOneOf(SEED_REWARD_ADVANTAGES, advantage)) {
    throw new CommandError(
      `seed-reward-advantage is '${advantage}'; allowed: one of ${SEED_REWARD_ADVANTAGES.join(', ')}.`,
    );
  }
  checkSettings(settings, schemaNear(settings.environment));
  return {
    settings,
    seeds: readSeeds(options['seeds'] ?? '3', settings.seed),
    modes: trial === null ? readModes(options['modes'] ?? MODES.join(',')) : [settings.mode],
    out: options['out'] ?? 'docs/learning',
    work: options['work'] ?? 'outputs/compare',
    jobs: whole('jobs', 1, 1),
    testQuestions: whole('test-questions', 432, 1),
    other:
      otherFolder === undefined
        ? { kind: 'seed', seed: whole('other-seed', 4711, 0) }
        : { kind: 'folder', folder: otherFolder },
    seedRewardSteps: whole('seed-reward-steps', Math.max(1, Math.floor(settings.maxSteps / 2)), 0),
    seedRewardAdvantage: advantage,
    reportOnly,
    device: options['device'] ?? null,
    trial,
  };
}

/** `3` counts from the settings' seed; `42,43,44` are seeds themselves. */
export function readSeeds(value: string, first: number): number[] {
  const list = value.split(',').map((part) => part.trim());
  const numbers = list.map(Number);
  if (list.some((part) => !/^\d+$/.test(part)) || numbers.some((seed) => seed > 4_294_967_295)) {
    throw new CommandError(`seeds is '${value}'; give a count (3) or a list of whole numbers (42,43,44).`);
  }
  if (new Set(numbers).size !== numbers.length) {
    throw new CommandError(`seeds is '${value}', with repeats. Give each seed once.`);
  }
  if (numbers.length > 1) return numbers;
  const count = numbers[0] as number;
  if (count < 1 || count > MOST_SEEDS) {
    throw new CommandError(
      `seeds is '${value}': a number alone is a count from 1 to ${MOST_SEEDS}. For one certain seed give --seeds 1 --seed ${value}.`,
    );
  }
  return Array.from({ length: count }, (_, i) => first + i);
}

function readModes(value: string): Mode[] {
  const names = value.split(',').map((name) => name.trim());
  const modes = names.filter((name) => isOneOf(MODES, name));
  if (modes.length !== names.length || new Set(modes).size !== modes.length) {
    throw new CommandError(
      `modes is '${value}'; allowed: a list, each at most once, of ${MODES.join(', ')}.`,
    );
  }
  return modes;
}

function readTrial(options: Readonly<Record<string, string>>): TrialOptions | null {
  const name = options['trial'];
  if (name === undefined) return null;
  if (!/^[\w.-]+$/.test(name)) {
    throw new CommandError(
      `trial is '${name}'; its name is part of folder names, so use letters, digits, '-', '_', '.'.`,
    );
  }
  const from = (options['from'] ?? '').split(',').filter((folder) => folder !== '');
  return { name, note: options['note'] ?? '', from };
}

function readWhole(name: string, value: string | undefined, absent: number, least: number): number {
  if (value === undefined) return absent;
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= least) return number;
  throw new CommandError(`${name} is '${value}'; allowed: a whole number from ${least}.`);
}

function isOneOf<T extends string>(names: readonly T[], name: string): name is T {
  return (names as readonly string[]).includes(name);
}
