/** The options of `npm run bench`. */
import { CommandError, ownOptions, readRuntime, type Runtime } from '../runtime/command';
import { outputPath } from '../runtime/paths';
import { ARCHS, isArch, type ArchName } from './archs';

export interface BenchCommand {
  readonly arch: ArchName;
  /** Ids of rows or beginnings of them; empty for all. */
  readonly only: readonly string[];
  /** File for the report, or null. */
  readonly json: string | null;
  /** Section of docs/benchmarks.md to write, or null. */
  readonly docs: string | null;
  readonly runtime: Runtime;
}

/** @throws CommandError */
export function readBenchCommand(argv: readonly string[]): BenchCommand {
  const { only, rest } = takeOnly(argv);
  const options = ownOptions('bench', rest, ['arch', 'json', 'docs', 'runtime'], ['only']);
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
  };
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
