/** What `npm run sweep` was asked for. */
import { schemaNear } from '../../src/env/settings';
import { isSettingKey, settingInfo } from '../../src/settings/schema';
import type { Settings } from '../../src/settings/settings';
import { writeText } from '../../src/settings/values';
import { CommandError, readCommand } from '../runtime/command';
import { outputPath, repositoryPath } from '../runtime/paths';
import { readSeeds, readWhole } from '../runs/numbers';
import { join } from 'node:path';

const VALUED = ['seeds', 'shard', 'work', 'out', 'jobs', 'device', 'test-questions'];
/** Settings that cannot be swept, and what to do instead. */
const NOT_SWEPT: Readonly<Record<string, string>> = {
  seed: 'Use --seeds.',
  outputDir: 'Use --work.',
  resume: 'Unfinished runs always go on.',
  environment: 'Accuracies on different tasks cannot be compared; make a sweep of each.',
  dataset: 'Accuracies on different tasks cannot be compared; make a sweep of each.',
  evalDatasetSize: 'Accuracies on different tasks cannot be compared; give one value.',
};
/** Runs of one sweep beyond this are more likely a slip than a wish. */
const MOST_RUNS = 1000;

/** A setting with the values it takes. */
export interface Axis {
  readonly key: string;
  /** As `--set` reads them. */
  readonly values: readonly string[];
}

/** One combination of values; its settings have the first seed. */
export interface Cell {
  /** `learningRate=0.001, mode=masked`; 'all alike' where nothing is swept. */
  readonly name: string;
  readonly settings: Settings;
}

export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}

export interface SweepOptions {
  readonly axes: readonly Axis[];
  readonly cells: readonly Cell[];
  readonly seeds: readonly number[];
  readonly shard: Shard;
  /** Where runs, evaluations and the plan lie; all shards name the same folder. */
  readonly work: string;
  /** Folder of the report. */
  readonly out: string;
  /** Processes side by side. */
  readonly jobs: number;
  /** Most test questions that a finished run's adapter is asked; 0: none, and runs are judged by validation. */
  readonly testQuestions: number;
  readonly device: string | null;
  /** Trains nothing: the report of what is there. */
  readonly reportOnly: boolean;
  /** The command, without what only says where and how it runs. */
  readonly command: string;
}

interface Sets {
  /** By setting, the values of each `--set`, in order. */
  readonly given: ReadonlyMap<string, readonly string[]>;
  readonly rest: readonly string[];
}

/** @throws SettingsError, CommandError */
export async function readOptions(argv: readonly string[]): Promise<SweepOptions> {
  const reportOnly = argv.includes('--report-only');
  const { given, rest } = takeSets(argv.filter((word) => word !== '--report-only'));
  const words = (values: ReadonlyMap<string, string>): string[] => [
    ...rest,
    ...[...values].flatMap(([key, value]) => ['--set', `${key}=${value}`]),
  ];
  // What is certainly one value decides which settings there are.
  const single = [...given].flatMap(([key, values]) =>
    values.length === 1 && !values[0]?.includes(',') ? [[key, values[0] ?? ''] as const] : [],
  );
  const base = await readCommand(words(new Map(single)), VALUED);
  const { options } = base;
  if (options['runtime'] !== undefined && base.runtime !== 'node')
    throw new CommandError(
      `runtime is '${base.runtime}', but sweep trains in Node only. Leave --runtime away.`,
    );
  const schema = schemaNear(base.settings.environment);
  const all = [...given].map(([key, values]): Axis => {
    const kind = isSettingKey(schema, key) ? settingInfo(schema, key).rule.kind : 'text';
    // A comma belongs to the value of a list or a text; alternatives of these are given by --set again.
    const splits = kind !== 'list' && kind !== 'text';
    return { key, values: values.flatMap((value) => (splits ? value.split(',') : [value])) };
  });
  const axes = all.filter(({ values }) => values.length > 1);
  for (const { key } of axes) {
    if (Object.hasOwn(NOT_SWEPT, key))
      throw new CommandError(`${key} cannot be swept. ${NOT_SWEPT[key] ?? ''}`);
  }
  const fixed = all.filter(({ values }) => values.length === 1);
  const combinations = product(axes);
  const seeds = readSeeds(options['seeds'] ?? '3', base.settings.seed);
  if (combinations.length * seeds.length > MOST_RUNS)
    throw new CommandError(
      `This sweep has ${combinations.length * seeds.length} runs; allowed: at most ${MOST_RUNS}. Give fewer values.`,
    );
  const cells: Cell[] = [];
  for (const values of combinations) {
    const own = new Map([...fixed.map(({ key, values: [value = ''] }) => [key, value] as const), ...values]);
    const { settings } = await readCommand(words(own), VALUED);
    const name = axes.map(({ key }) => `${key}=${writeText(settings[key])}`).join(', ') || 'all alike';
    if (cells.some((cell) => cell.name === name))
      throw new CommandError(`${name} is asked for twice. Give each value once.`);
    cells.push({ name, settings });
  }
  const work = options['work'] === undefined ? repositoryPath('outputs/sweep') : outputPath(options['work']);
  return {
    axes,
    cells,
    seeds,
    shard: readShard(options['shard']),
    work,
    out: options['out'] === undefined ? join(work, 'report') : outputPath(options['out']),
    jobs: readWhole('jobs', options['jobs'], 1, 1),
    testQuestions: readWhole('test-questions', options['test-questions'], 432, 0),
    device: options['device'] ?? null,
    reportOnly,
    command: commandWords(argv),
  };
}

/** Takes `--set key=value` and `--set=key=value` out. */
function takeSets(argv: readonly string[]): Sets {
  const given = new Map<string, string[]>();
  const rest: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? '';
    const value = word === '--set' ? argv[i + 1] : word.startsWith('--set=') ? word.slice(6) : undefined;
    const split = value?.indexOf('=') ?? -1;
    if (value === undefined || split < 1) {
      rest.push(word);
      continue;
    }
    if (word === '--set') i++;
    const key = value.slice(0, split);
    given.set(key, [...(given.get(key) ?? []), value.slice(split + 1)]);
  }
  return { given, rest };
}

/** All combinations, the last axis changing fastest. */
function product(axes: readonly Axis[]): ReadonlyMap<string, string>[] {
  return axes.reduce<ReadonlyMap<string, string>[]>(
    (some, { key, values }) =>
      some.flatMap((before) => values.map((value) => new Map([...before, [key, value]]))),
    [new Map()],
  );
}

/** `2/3`: the second of three. @throws CommandError */
export function readShard(text: string | undefined): Shard {
  if (text === undefined) return { index: 1, of: 1 };
  const [, index, of] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index !== undefined && of !== undefined && index >= 1 && index <= of) return { index, of };
  throw new CommandError(`shard is '${text}'; write i/n, the i-th of n shards, such as 1/2 and 2/2.`);
}

/** Options that say where and how a sweep runs, not what it is. */
const BESIDE_THE_POINT = /^--(shard|work|out|jobs|device|runtime|report-only|require-gpu|adapter-name)(=|$)/;

function commandWords(argv: readonly string[]): string {
  const kept: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? '';
    if (!BESIDE_THE_POINT.test(word)) {
      kept.push(/^[\w.,=:/+-]+$/.test(word) ? word : `'${word}'`);
      continue;
    }
    const next = argv[i + 1];
    if (!word.includes('=') && next !== undefined && !next.startsWith('--')) i++;
  }
  return ['npm run sweep --', ...kept].join(' ');
}
