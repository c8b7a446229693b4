/** What `npm run ask` was asked for. */
import type { JsonObject } from '../../src/conversation/types';
import type { AskedTask } from '../../src/run/types';
import { CommandError } from '../runtime/command-error';
import { readCommand, type Command } from '../runtime/command';
import { inputPath, outputPath } from '../runtime/paths';

export interface AskOptions {
  readonly command: Command;
  readonly tasks: readonly AskedTask[];
  /** Folder of an adapter; null for the bare model. */
  readonly adapter: string | null;
  /** 0: always the most likely token. */
  readonly temperature: number;
  /** Tries for each task, from number 0. */
  readonly draws: number;
  /** File for everything that was answered, or null. */
  readonly json: string | null;
}

/** Beside these, `-` stands for lines of the standard input, and the repeatable ones are taken out before. */
const VALUED = ['input', 'adapter', 'temperature', 'draws', 'json'];

/**
 * @param lines answers the lines of the standard input
 * @throws SettingsError, CommandError
 */
export async function readAskOptions(
  argv: readonly string[],
  lines: () => Promise<readonly string[]>,
): Promise<AskOptions> {
  const { values: ids, rest: withoutIds } = takeAll(argv, 'task');
  const { values: texts, rest } = takeAll(withoutIds, 'text');
  const readsLines = rest.includes('-');
  const words = rest.filter((word) => word !== '-');
  const command = await readCommand(words, VALUED);
  const { options } = command;
  if (options['runtime'] !== undefined && command.runtime !== 'node') {
    throw new CommandError(
      `runtime is '${command.runtime}', but ask answers in Node only. Leave --runtime away.`,
    );
  }
  const own = [...texts, ...(readsLines ? await lines() : [])];
  const tasks = tasksOf(ids, own, readInput(options['input']));
  if (tasks.length === 0) {
    throw new CommandError(
      'Nothing is asked. Give --task ID for a task of the environment, --text "…" for one in your own words, - for ' +
        'lines of the standard input, or --input JSON where the environment needs more than words.',
    );
  }
  return {
    command,
    tasks,
    adapter: options['adapter'] === undefined ? null : inputPath(options['adapter']),
    temperature: readNumber('temperature', options['temperature'], 0, 0, 10),
    draws: readNumber('draws', options['draws'], 1, 1, 1000, Number.isInteger),
    json: options['json'] === undefined ? null : outputPath(options['json']),
  };
}

function tasksOf(ids: readonly string[], texts: readonly string[], input: JsonObject | null): AskedTask[] {
  const own = (fields: JsonObject): AskedTask => ({ kind: 'own', input: fields });
  return [
    ...ids.map((id): AskedTask => ({ kind: 'dataset', id })),
    ...texts.map((text) => own({ ...input, text })),
    ...(input !== null && texts.length === 0 ? [own(input)] : []),
  ];
}

/** All values of an option that may be given several times. @throws CommandError for one without a value */
function takeAll(argv: readonly string[], name: string): { values: string[]; rest: string[] } {
  const values: string[] = [];
  const rest: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? '';
    if (word.startsWith(`--${name}=`)) values.push(word.slice(name.length + 3));
    else if (word !== `--${name}`) rest.push(word);
    else {
      const value = argv[++i];
      if (value === undefined) throw new CommandError(`--${name} needs a value.`);
      values.push(value);
    }
  }
  return { values, rest };
}

function readInput(text: string | undefined): JsonObject | null {
  if (text === undefined) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CommandError(`input is '${text}', which is not JSON: ${(error as Error).message}.`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new CommandError(`input is '${text}'; give a JSON object, such as {"text": "…"}.`);
}

function readNumber(
  name: string,
  text: string | undefined,
  absent: number,
  least: number,
  most: number,
  fits: (value: number) => boolean = Number.isFinite,
): number {
  if (text === undefined) return absent;
  const value = Number(text);
  if (text.trim() !== '' && fits(value) && value >= least && value <= most) return value;
  const kind = fits === Number.isInteger ? 'a whole number' : 'a number';
  throw new CommandError(`${name} is '${text}'; allowed: ${kind} from ${least} to ${most}.`);
}
