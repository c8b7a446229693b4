/** What `npm run models` does with the cache. */
import type { CachedFile, FileFacts, ListedSource, ModelCache } from '../../src/engine/files/cache';
import { beginHash } from '../../src/engine/files/hash';
import { parseCommandLine } from '../../src/settings/arguments';
import { schemaNear } from '../../src/env/settings';
import { CommandError } from '../runtime/command-error';

export interface ModelsOptions {
  readonly verify: boolean;
  /** Name of a source, `owner/name`, or `all`. */
  readonly clear: string | null;
}

/** @throws SettingsError, CommandError */
export function readModelsOptions(argv: readonly string[]): ModelsOptions {
  const { options, flags, positional } = parseCommandLine(argv, schemaNear(undefined), ['clear'], ['verify']);
  const [stray] = [...Object.keys(flags).map((name) => `--${name}`), ...positional];
  if (stray !== undefined)
    throw new CommandError(`${stray} is no option of models; it has --verify, --clear.`);
  return { verify: options['verify'] === 'true', clear: options['clear'] ?? null };
}

/** @param now milliseconds since the epoch */
export function modelLines(sources: readonly ListedSource[], place: string, now: number): string[] {
  if (sources.length === 0) return [`No model was downloaded yet. Downloads are kept in ${place}.`];
  const lines = sources.flatMap((source) => {
    const { name, commit, cached, partialBytes } = source;
    const newest = Math.max(...cached.map(({ facts }) => facts.fetched));
    const words = [
      megabytes(bytesOf(source)),
      `${cached.length} ${cached.length === 1 ? 'file' : 'files'}`,
      commit === null ? '' : `commit ${commit.slice(0, 12)}`,
      cached.length === 0 ? '' : age(now - newest),
      partialBytes === 0 ? '' : `${megabytes(partialBytes)} of a download that was cut`,
    ];
    return [
      `${name}  ${words.filter((word) => word !== '').join(', ')}`,
      ...cached.map(({ path, facts }) => `  ${path}  ${megabytes(facts.size)}`),
    ];
  });
  const sum = sources.reduce((bytes, source) => bytes + bytesOf(source) + source.partialBytes, 0);
  return [...lines, `${megabytes(sum)} in ${place}`];
}

/** @throws CommandError when there is no such source */
export async function clearModels(
  cache: ModelCache,
  name: string,
  log: (line: string) => void,
): Promise<void> {
  const sources = await cache.list();
  const chosen = name === 'all' ? sources : sources.filter((source) => isCalled(source.name, name));
  if (chosen.length === 0 && name !== 'all') {
    const names = sources.map((source) => source.name).join(', ') || 'nothing';
    throw new CommandError(`No download is called '${name}'; there is ${names}.`);
  }
  for (const source of chosen) {
    await cache.remove(source);
    log(`Removed ${source.name}, ${megabytes(bytesOf(source) + source.partialBytes)}.`);
  }
}

/** Whether a source, `hub:owner/name@revision …`, goes by a name as it may be given. */
function isCalled(source: string, name: string): boolean {
  const [wanted] = name.startsWith('hub:') || name.includes('://') ? [name] : [`hub:${name}`];
  return source === wanted || source.startsWith(`${wanted} at `) || source.startsWith(`${wanted}@`);
}

/** Holds all files against what is known of them, and removes the damaged. @returns whether all are whole */
export async function verifyModels(cache: ModelCache, log: (line: string) => void): Promise<boolean> {
  let good = true;
  for (const source of await cache.list()) {
    for (const { path, facts } of source.cached) {
      const file = await cache.find(source, path);
      const found = file === null ? 'gone' : await damageOf(cache, file, facts);
      if (found !== null) {
        good = false;
        await cache.remove(source, path);
      }
      const state =
        found === null ? (facts.hash === null ? 'size right, no hash known' : 'right') : `${found}; removed`;
      log(`${source.name}  ${path}  ${state}`);
    }
  }
  return good;
}

const STEP = 2 ** 22;

/** Null for a file that is what it was. */
async function damageOf(cache: ModelCache, cached: CachedFile, { hash }: FileFacts): Promise<string | null> {
  if (hash === null) return null;
  const file = await cached.open();
  try {
    const hasher = beginHash((name) => cache.createHash(name), hash.name, file.size);
    for (let at = 0; at < file.size; at += STEP)
      hasher.update(await file.read(at, Math.min(file.size, at + STEP)));
    return hasher.digest() === hash.hex ? null : 'damaged';
  } catch {
    return 'unreadable';
  } finally {
    await file.close();
  }
}

function bytesOf({ cached }: ListedSource): number {
  return cached.reduce((sum, { facts }) => sum + facts.size, 0);
}

function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

function age(milliseconds: number): string {
  const days = Math.floor(milliseconds / 86_400_000);
  return days < 1 ? 'today' : days === 1 ? 'yesterday' : `${days} days ago`;
}
