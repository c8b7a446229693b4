/** What the headless commands share: reading settings from all their places, and ending with a message. */
import { MailGymError } from '../../src/errors';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemaNear } from '../../src/env/settings';
import { parseCommandLine, type CommandLine } from '../../src/settings/arguments';
import { resolveSettings, type ResolvedSettings } from '../../src/settings/resolve';
import type { Settings } from '../../src/settings/settings';
import { NO_FILE } from '../../src/run/train/warm-start';
import { SettingsError } from '../../src/settings/values';
import { CommandError } from './command-error';
import { DEVICE_SWITCHES, DEVICE_VALUES, useDeviceOptions } from './device-options';
import { addEnvironmentFile } from './environment-file';
import { endWithParent } from './end-with-parent';
import { exitCodeOf } from './exit-codes';
import { REPOSITORY } from './page';
import { inputPath, outputPath, repositoryPath } from './paths';

export const RUNTIMES = ['browser', 'node'] as const;
export type Runtime = (typeof RUNTIMES)[number];

export { CommandError };

export interface Command extends ResolvedSettings {
  readonly options: CommandLine['options'];
  readonly runtime: Runtime;
  /** The same settings on another preset; what flags, environment and file say still counts. */
  readonly onPreset: (preset: string) => Settings;
}

/**
 * Settings from flags, environment, file and preset, and the options every headless command has. Where they name a
 * user's file as the environment, that is loaded first: it decides which settings there are.
 * @param valued further options of the command that take a value
 * @param switches those that take none
 * @throws SettingsError, CommandError
 */
export async function readCommand(
  argv: readonly string[],
  valued: readonly string[],
  switches: readonly string[] = [],
): Promise<Command> {
  const named = wordAfter(argv, 'config');
  const configured = named === null ? undefined : readJsonFile(inputPath(named));
  const environment = environmentNamed(argv, configured);
  if (environment !== undefined) await addEnvironmentFile(environment);
  const schema = schemaNear(environment);
  const names = ['preset', 'config', 'runtime', ...DEVICE_VALUES, ...valued];
  const { options, flags, positional } = parseCommandLine(argv, schema, names, [
    ...DEVICE_SWITCHES,
    ...switches,
  ]);
  useDeviceOptions(options);
  if (positional.length > 0) {
    throw new CommandError(
      `'${positional.join(' ')}' belongs to no option; settings are given as --name value.`,
    );
  }
  const { preset } = options;
  const runtime = readRuntime(options['runtime'], 'browser');
  const file = configured === undefined ? {} : { file: configured };
  const isPlaced = [flags, configured, process.env].some(
    (source) =>
      typeof source === 'object' && source !== null && ('outputDir' in source || 'OUTPUT_DIR' in source),
  );
  const resolve = (name: string | undefined) => {
    const found = resolveSettings(
      {
        flags,
        environment: process.env,
        ...(name === undefined ? {} : { preset: name }),
        ...file,
      },
      schema,
    );
    return { ...found, settings: withPaths(found.settings, isPlaced) };
  };
  return { ...resolve(preset), options, runtime, onPreset: (name) => resolve(name).settings };
}

/** Names of built-in models and datasets, and addresses, stay what they are. @param isPlaced whether outputDir was named */
function withPaths(settings: Settings, isPlaced: boolean): Settings {
  const { model, dataset, warmStartFile, outputDir } = settings;
  const onDisk = (name: string, kind: 'models' | 'datasets') => {
    const path = inputPath(name);
    return existsSync(join(REPOSITORY, 'public', kind, name)) || !existsSync(path) ? name : path;
  };
  return {
    ...settings,
    model: onDisk(model, 'models'),
    dataset: onDisk(dataset, 'datasets'),
    warmStartFile: warmStartFile === NO_FILE ? NO_FILE : inputPath(warmStartFile),
    outputDir: isPlaced ? outputPath(outputDir) : repositoryPath(outputDir),
  };
}

/** The environment that a command line or a configuration file asks for; its table decides how the rest is read. */
function environmentNamed(argv: readonly string[], file: unknown): string | undefined {
  const set = argv.findLast((word, i) => argv[i - 1] === '--set' && word.startsWith('environment='));
  if (set !== undefined) return set.slice('environment='.length);
  const flag = wordAfter(argv, 'environment');
  if (flag !== null) return flag;
  const inFile = (file as { readonly environment?: unknown } | null | undefined)?.environment;
  return typeof inFile === 'string' ? inFile : undefined;
}

/** Value of `--name value` or `--name=value`, before anything else of the line is understood. */
function wordAfter(argv: readonly string[], name: string): string | null {
  const at = argv.lastIndexOf(`--${name}`);
  if (at >= 0) return argv[at + 1] ?? null;
  const joined = argv.findLast((word) => word.startsWith(`--${name}=`));
  return joined === undefined ? null : joined.slice(name.length + 3);
}

/**
 * The options of a command that takes no settings.
 * @param elsewhere options that the caller has taken out, for the message
 * @param switches its options that take no value
 * @throws CommandError for anything else on the command line
 */
export function ownOptions(
  command: string,
  argv: readonly string[],
  valued: readonly string[],
  elsewhere: readonly string[] = [],
  switches: readonly string[] = [],
): CommandLine['options'] {
  const { options, flags, positional } = parseCommandLine(argv, schemaNear(undefined), valued, switches);
  const [stray] = [...Object.keys(flags).map((name) => `--${name}`), ...positional];
  if (stray === undefined) return options;
  const names = [...elsewhere, ...valued, ...switches].map((name) => `--${name}`).join(', ');
  throw new CommandError(`${stray} is no option of ${command}; it has ${names}.`);
}

/** Whether this is a bundle for machines without internet (scripts/bundle), whose launcher says so. */
const isBundle = (): boolean => process.env['MAILGYM_BUNDLE'] === '1';

/** @param absent where none is named; a bundle always takes Node @throws CommandError */
export function readRuntime(name: string | undefined, absent: Runtime): Runtime {
  if (isBundle() && name === 'browser')
    throw new CommandError('runtime is browser, but a bundle has none; leave it out, or run a checkout.');
  if (name === undefined) return isBundle() ? 'node' : absent;
  if (isRuntime(name)) return name;
  throw new CommandError(`runtime is '${name}'; allowed: one of ${RUNTIMES.join(', ')}.`);
}

function isRuntime(name: string): name is Runtime {
  return (RUNTIMES as readonly string[]).includes(name);
}

export function readJsonFile(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new CommandError(`${path} cannot be read: ${(error as Error).message}`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CommandError(`${path} is not JSON: ${(error as Error).message}`);
  }
}

/** Folder on disk that a `model` or `dataset` setting names; null when it is a built-in name or an address. */
export function folderOf(setting: string, kind: 'models' | 'datasets'): string | null {
  const marker = kind === 'models' ? 'config.json' : 'dataset.json';
  if (existsSync(join(REPOSITORY, 'public', kind, setting, marker))) return null;
  return existsSync(join(setting, marker)) ? setting : null;
}

/**
 * Runs a command, or shows its usage where `--help` is asked for; errors made for people are shown without a stack. The
 * process ends with a status of exit-codes.ts.
 */
export async function runCommand(usage: string, main: () => Promise<void>): Promise<void> {
  if (asksForHelp(process.argv.slice(2))) {
    console.log(isBundle() ? usage.trim().replaceAll(/npm run (\w+) --/g, './mailgym $1') : usage.trim());
    return;
  }
  endWithParent();
  try {
    await main();
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    if (!(error instanceof MailGymError)) throw error;
    console.error(error instanceof SettingsError ? error.message : `${error.name}: ${error.message}`);
  }
}

export function asksForHelp(argv: readonly string[]): boolean {
  return argv.some((argument) => argument === '--help' || argument === '-h');
}
