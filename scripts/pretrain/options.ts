/** The command line of `npm run pretrain`. */
import { schemaNear } from '../../src/env/settings';
import { parseCommandLine } from '../../src/settings/arguments';
import { nearestName } from '../../src/settings/nearest';
import { describeRule, SettingsError, type SettingProblem } from '../../src/settings/values';
import type { NumberRule } from '../../src/settings/setting-info';
import { outputPath, repositoryPath } from '../runtime/paths';
import { CommandError } from '../runtime/command';
import { MOST_SEED, STAGE_NAMES, type PlanOptions, type StageName } from './stages';

/** Everything that decides the weights. A resumed run must have been started with the same. */
export interface RunOptions extends PlanOptions {
  /** Folder with weights to start from; null for random ones. */
  readonly init: string | null;
  /** Folder or built-in name whose config.json and tokenizer are used when there is no `init`. */
  readonly architecture: string;
}

export interface PretrainOptions extends RunOptions {
  readonly out: string;
  /** Validation questions played at the end of a stage; 0 for none. */
  readonly episodes: number;
  /** Steps of one line of the log. */
  readonly logEvery: number;
  /** The run ends after this step, and can be resumed; null for the end of the schedule. */
  readonly stop: { readonly stage: StageName; readonly step: number } | null;
  /** Folder to write the schedule and its data to, instead of training; null to train. */
  readonly plan: string | null;
  readonly resume: boolean;
  /** Names of the options that the command line gives. */
  readonly given: ReadonlySet<string>;
}

const NUMBERS = {
  seed: { kind: 'integer', min: 0, max: MOST_SEED },
  steps: { kind: 'integer', min: 1, max: 1_000_000 },
  scale: { kind: 'number', min: 0, max: 100, minOpen: true },
  learningRate: { kind: 'number', min: 0, max: 1, minOpen: true },
  batchSize: { kind: 'integer', min: 1, max: 4096 },
  episodes: { kind: 'integer', min: 0, max: 100_000 },
  logEvery: { kind: 'integer', min: 1, max: 1000 },
} as const satisfies Record<string, NumberRule>;
const TEXTS = ['out', 'stage', 'init', 'architecture', 'stop', 'plan'] as const;
const VALUED = [...Object.keys(NUMBERS), ...TEXTS];

const mapped = (path: string | null, place: (path: string) => string): string | null =>
  path === null ? null : place(path);

/** @throws SettingsError naming every option that is unknown or has an absurd value; CommandError. */
export function readPretrainOptions(argv: readonly string[]): PretrainOptions {
  const { options, flags, positional } = parseCommandLine(argv, schemaNear(undefined), VALUED, ['resume']);
  if (positional.length > 0) {
    throw new CommandError(
      `'${positional.join(' ')}' belongs to no option; options are given as --name value.`,
    );
  }
  const problems: SettingProblem[] = Object.keys(flags).map(unknown);
  const number = (name: keyof typeof NUMBERS): number | null => {
    const text = options[name];
    if (text === undefined) return null;
    const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : NaN;
    const rule: NumberRule = NUMBERS[name];
    const whole = rule.kind === 'number' || Number.isInteger(value);
    const high = rule.minOpen === true ? value > rule.min : value >= rule.min;
    if (!whole || !high || !(value <= rule.max)) {
      problems.push({ key: name, message: `${name} is '${text}'; allowed: ${describeRule(rule)}.` });
    }
    return value;
  };
  const text = (name: (typeof TEXTS)[number]): string | null => {
    const value = options[name];
    if (value?.trim() === '') {
      problems.push({ key: name, message: `${name} is '${value}'; allowed: text that is not empty.` });
    }
    return value ?? null;
  };
  const stage = text('stage');
  if (stage !== null && !isStageName(stage)) {
    problems.push({
      key: 'stage',
      message: `stage is '${stage}'; allowed: one of ${STAGE_NAMES.join(', ')}.`,
    });
  }
  if (options['resume'] !== undefined && options['resume'] !== 'true') {
    problems.push({ key: 'resume', message: `resume is '${options['resume']}'; it takes no value.` });
  }
  for (const [one, other] of [
    ['steps', 'scale'],
    ['init', 'architecture'],
  ] as const) {
    if (options[one] !== undefined && options[other] !== undefined) {
      problems.push({ key: one, message: `${one} and ${other} exclude each other; give one of them.` });
    }
  }
  const [stopStage = '', stopStep = ''] = text('stop')?.split(':') ?? [];
  const stop = isStageName(stopStage) && /^[1-9]\d*$/.test(stopStep) ? stopStage : null;
  if (options['stop'] !== undefined && stop === null) {
    problems.push({
      key: 'stop',
      message: `stop is '${options['stop']}'; allowed: STAGE:STEP with a stage of ${STAGE_NAMES.join(', ')}.`,
    });
  }
  const result: PretrainOptions = {
    seed: number('seed') ?? 1,
    stage: stage !== null && isStageName(stage) ? stage : null,
    steps: number('steps'),
    scale: number('scale') ?? 1,
    learningRate: number('learningRate'),
    batchSize: number('batchSize'),
    episodes: number('episodes') ?? 64,
    init: text('init'),
    architecture: text('architecture') ?? 'mailgym-tiny',
    logEvery: number('logEvery') ?? 10,
    stop: stop === null ? null : { stage: stop, step: Number(stopStep) },
    plan: mapped(text('plan'), outputPath),
    out: mapped(text('out'), outputPath) ?? repositoryPath('outputs/pretrain'),
    resume: options['resume'] !== undefined,
    given: new Set(Object.keys(options)),
  };
  if (problems.length > 0) throw new SettingsError(problems);
  return result;
}

function isStageName(name: string): name is StageName {
  return (STAGE_NAMES as readonly string[]).includes(name);
}

function unknown(name: string): SettingProblem {
  const near = nearestName(name, [...VALUED, 'resume']);
  const hint = near === null ? `Options: ${[...VALUED, 'resume'].join(', ')}.` : `Did you mean ${near}?`;
  return { key: name, message: `There is no option ${name}. ${hint}` };
}

const RUN_KEYS = [
  'seed',
  'stage',
  'steps',
  'scale',
  'learningRate',
  'batchSize',
  'init',
  'architecture',
] as const satisfies readonly (keyof RunOptions)[];

export function runOptions(options: RunOptions): RunOptions {
  return Object.fromEntries(RUN_KEYS.map((key) => [key, options[key]])) as unknown as RunOptions;
}

/**
 * Options of a resumed run: those it was started with.
 * @throws SettingsError when the command line gives another value.
 */
export function resumedOptions(started: RunOptions, asked: PretrainOptions): PretrainOptions {
  const problems = RUN_KEYS.filter((key) => asked.given.has(key) && asked[key] !== started[key]).map(
    (key) => ({
      key,
      message: `${key} is '${asked[key]}', but the run in ${asked.out} was started with ${started[key] ?? 'none'}. Leave it out, or start another run with another out.`,
    }),
  );
  if (problems.length > 0) throw new SettingsError(problems);
  return { ...asked, ...started };
}
