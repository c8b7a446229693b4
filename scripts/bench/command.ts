/** The options of `npm run bench`. */
import { CommandError, ownOptions, readRuntime, type Runtime } from '../runtime/command';
import { inputPath, outputPath } from '../runtime/paths';
import { ARCHS, isArch, type ArchName } from './archs';
import type { TrlOptions } from './protocol';

export interface BenchCommand {
  readonly arch: ArchName;
  /** Ids of rows or beginnings of them; empty for all. */
  readonly only: readonly string[];
  /** File for the report, or null. */
  readonly json: string | null;
  /** Section of docs/benchmarks.md to write, or null. */
  readonly docs: string | null;
  readonly runtime: Runtime;
  /** Null without a model and a Python. */
  readonly trl: TrlOptions | null;
}

/** @throws CommandError */
export function readBenchCommand(argv: readonly string[]): BenchCommand {
  const { only, rest } = takeOnly(argv);
  const options = ownOptions('bench', rest, ['arch', 'json', 'docs', 'runtime', ...TRL_OPTIONS], ['only']);
  const arch = options['arch'] ?? 'config-s';
  if (!isArch(arch)) throw new CommandError(`arch is '${arch}'; allowed: one of ${ARCHS.join(', ')}.`);
  const docs = options['docs'] ?? null;
  if (docs !== null && !/^[\w.-]+$/.test(docs))
    throw new CommandError(`docs is '${docs}'; a section's name has letters, digits, '.', '_' and '-' only.`);
  return {
    arch,
    only,
    json: options['json'] === undefined ? null : outputPath(options['json']),
    docs,
    runtime: readRuntime(options['runtime'], 'node'),
    trl: readTrl(options, only),
  };
}

const TRL_OPTIONS = ['model', 'python', 'size', 'tokens', 'rounds'] as const;

function readTrl(
  options: Readonly<Record<string, string | undefined>>,
  only: readonly string[],
): TrlOptions | null {
  const { model, python, size = '4x8', tokens = '64', rounds = '3' } = options;
  if (model === undefined || python === undefined) {
    const wanted = only.some((id) => id.startsWith('trl')) || TRL_OPTIONS.some((name) => name in options);
    if (!wanted) return null;
    throw new CommandError(
      'rows of trl need --model DIR, a folder that both sides read, and --python PATH, an interpreter with trl, peft and torch.',
    );
  }
  const [, questions, rollouts] = /^([1-9]\d*)x([1-9]\d*)$/.exec(size) ?? [];
  if (questions === undefined || rollouts === undefined || Number(rollouts) < 2)
    throw new CommandError(
      `size is '${size}'; write questions x rollouts, such as 4x8, of 2 rollouts at least.`,
    );
  return {
    ...{ model: inputPath(model), python, questions: Number(questions), rollouts: Number(rollouts) },
    ...{ turnTokens: count('tokens', tokens), rounds: count('rounds', rounds) },
  };
}

function count(name: string, text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new CommandError(`${name} is '${text}'; write a positive integer.`);
  return Number(text);
}

/** `--only` takes everything up to the next option, and may come more than once. */
function takeOnly(argv: readonly string[]): { only: readonly string[]; rest: readonly string[] } {
  const only: string[] = [];
  const rest: string[] = [];
  let taking = false;
  for (const word of argv) {
    if (word === '--only') taking = true;
    else if (word.startsWith('--only=')) only.push(...word.slice('--only='.length).split(','));
    else if (taking && !word.startsWith('--')) only.push(...word.split(','));
    else {
      taking = false;
      rest.push(word);
    }
  }
  return { only: only.filter((id) => id !== ''), rest };
}
