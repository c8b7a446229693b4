/** What `npm run compare` was asked for. */
import { join } from 'node:path';
import { environmentNear, schemaNear } from '../../src/env/settings';
import { checkSettings } from '../../src/settings/resolve';
import type { EnvironmentInfo } from '../../src/env/types';
import type { Settings } from '../../src/settings/settings';
import type { Mode } from '../../src/settings/choices';
import { CommandError, readCommand } from '../runtime/command';
import { inputPath, outputPath, repositoryPath } from '../runtime/paths';
import { readSeeds, readWhole } from '../runs/numbers';
import { folderName, hasFirstTurn, hasGenerator, hasOriginalReward, isDefault } from './subject';

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
  /** The second dataset: made from a generator's seed, or a folder that is there; null where there is none. */
  readonly other:
    | { readonly kind: 'seed'; readonly seed: number }
    | { readonly kind: 'folder'; readonly folder: string }
    | null;
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
  const { environment: name } = settings;
  const environment = environmentNear(name);
  const seedRewardSteps = whole('seed-reward-steps', seedRewardStepsOf(settings), 0);
  if (seedRewardSteps > 0 && !hasOriginalReward(environment)) {
    throw new CommandError(
      `seed-reward-steps is ${seedRewardSteps}, but ${name} has no rewardPreset "seed". Leave it away.`,
    );
  }
  const modes =
    trial === null ? readModes(options['modes'] ?? modesOf(environment).join(',')) : [settings.mode];
  if (modes.includes('simple') && !hasFirstTurn(environment)) {
    throw new CommandError(`modes has simple, which ${name} cannot be trained in. Give masked,rollout.`);
  }
  if (options['other-seed'] !== undefined && !hasGenerator(environment)) {
    throw new CommandError(
      `other-seed makes other mail, which ${name} does not read. Give a second set of its own by --other-dataset.`,
    );
  }
  const work =
    options['work'] === undefined
      ? repositoryPath(isDefault(name) ? 'outputs/compare' : `outputs/compare-${folderName(name)}`)
      : outputPath(options['work']);
  const report = isDefault(name) ? repositoryPath('docs/learning') : join(work, 'report');
  return {
    settings,
    seeds: readSeeds(options['seeds'] ?? '3', settings.seed),
    modes,
    out: options['out'] === undefined ? report : outputPath(options['out']),
    work,
    jobs: whole('jobs', 1, 1),
    testQuestions: whole('test-questions', 432, 1),
    other:
      otherFolder !== undefined
        ? { kind: 'folder', folder: inputPath(otherFolder) }
        : hasGenerator(environment)
          ? { kind: 'seed', seed: whole('other-seed', 4711, 0) }
          : null,
    seedRewardSteps,
    seedRewardAdvantage: advantage,
    reportOnly,
    device: options['device'] ?? null,
    trial,
  };
}

/** All that the environment can be trained in. */
function modesOf(environment: EnvironmentInfo): readonly Mode[] {
  return MODES.filter((mode) => mode !== 'simple' || hasFirstTurn(environment));
}

/** Of the run with the original reward, where nobody says how many; 0 where the environment has no such reward. */
function seedRewardStepsOf({ environment, maxSteps }: Settings): number {
  return hasOriginalReward(environmentNear(environment)) ? Math.max(1, Math.floor(maxSteps / 2)) : 0;
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
  const from = (options['from'] ?? '')
    .split(',')
    .filter((folder) => folder !== '')
    .map(inputPath);
  return { name, note: options['note'] ?? '', from };
}

function isOneOf<T extends string>(names: readonly T[], name: string): name is T {
  return (names as readonly string[]).includes(name);
}
