/**
 * Downloads in a folder of the user's cache. For each source a folder:
 *
 *     source.json         its address, commit and list of files
 *     files/<path>        whole files, as they are
 *     facts/<path>.json   size, version, hash; written last, so a file with facts is whole
 *     parts/<path>        the beginning of a download, with <path>.json beside it for its version
 *     parts/<path>.lock   who writes it
 *
 * In `facts` and `parts` a path is one name, its slashes encoded.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { foreign } from '../../errors';
import { PolicyError } from '../../errors/policy';
import type {
  CachedFile,
  FileFacts,
  ListedSource,
  ModelCache,
  PartialFile,
  SourceFacts,
  SourceKey,
  Version,
} from './cache';
import { isSafePath } from './cache';
import { diskFile } from './folder-node';
import { withLock } from './lock-node';

/** @param folder made when something is kept */
export function diskCache(folder: string): ModelCache {
  return new DiskCache(folder);
}

class DiskCache implements ModelCache {
  readonly place: string;

  constructor(folder: string) {
    this.place = folder;
  }

  async find(source: SourceKey, path: string): Promise<CachedFile | null> {
    const places = this.#places(source, path);
    const facts = await readJson<FileFacts>(places.facts);
    if (facts === null || (await sizeOf(places.file)) !== facts.size) return null;
    return { facts, open: () => diskFile(places.files, path) };
  }

  async fill(
    source: SourceKey,
    path: string,
    work: (partial: PartialFile) => Promise<FileFacts>,
    isWanted: (facts: FileFacts) => boolean,
    signal?: AbortSignal,
  ): Promise<CachedFile> {
    const places = this.#places(source, path);
    return await this.#writing(async () => {
      for (const folder of [dirname(places.part), dirname(places.facts), dirname(places.file)])
        await mkdir(folder, { recursive: true });
      return await withLock(
        `${places.part}.lock`,
        async () => {
          const found = await this.find(source, path);
          if (found !== null && isWanted(found.facts)) return found;
          const partial = await DiskPartial.open(places.part);
          let facts: FileFacts;
          try {
            facts = await work(partial);
          } finally {
            await partial.close();
          }
          // A file whose facts are gone is not whole: nobody takes the new file for the one of the old facts.
          await rm(places.facts, { force: true });
          await rename(places.part, places.file);
          await writeWhole(places.facts, facts);
          await rm(`${places.part}.json`, { force: true });
          return { facts, open: () => diskFile(places.files, path) };
        },
        signal,
      );
    });
  }

  async facts(source: SourceKey): Promise<SourceFacts | null> {
    const found = await readJson<SourceKey & SourceFacts>(join(this.#folder(source), 'source.json'));
    return found === null ? null : { commit: found.commit, files: found.files };
  }

  async setFacts(source: SourceKey, { commit, files }: SourceFacts): Promise<void> {
    await this.#writing(async () => {
      await mkdir(this.#folder(source), { recursive: true });
      const { base, name } = source;
      await writeWhole(join(this.#folder(source), 'source.json'), { name, base, commit, files });
    });
  }

  async list(): Promise<ListedSource[]> {
    const names = (await readdir(this.place).catch(() => [])).sort();
    const found = await Promise.all(names.map((name) => this.#listed(join(this.place, name))));
    return found.filter((source) => source !== null);
  }

  async #listed(folder: string): Promise<ListedSource | null> {
    const source = await readJson<SourceKey & SourceFacts>(join(folder, 'source.json'));
    if (source === null) return null;
    const cached: { path: string; facts: FileFacts }[] = [];
    for (const name of (await readdir(join(folder, 'facts')).catch(() => [])).sort()) {
      const path = decodeURIComponent(name.replace(/\.json$/, ''));
      const file = await this.find(source, path);
      if (file !== null) cached.push({ path, facts: file.facts });
    }
    let partialBytes = 0;
    for (const name of await readdir(join(folder, 'parts')).catch(() => [])) {
      if (!/\.(json|lock)$/.test(name)) partialBytes += (await sizeOf(join(folder, 'parts', name))) ?? 0;
    }
    return { ...source, cached, partialBytes };
  }

  async remove(source: SourceKey, path?: string): Promise<void> {
    if (path === undefined) return await rm(this.#folder(source), { recursive: true, force: true });
    const { facts, file, part } = this.#places(source, path);
    for (const one of [facts, file, `${part}.json`, part]) await rm(one, { force: true });
  }

  createHash(name: 'sha1' | 'sha256') {
    const hash = createHash(name);
    return { update: (bytes: Uint8Array) => void hash.update(bytes), digest: () => hash.digest('hex') };
  }

  #folder({ base }: SourceKey): string {
    // Readable, and as different as the addresses are on file systems that take no difference of case.
    const words = base
      .replace(/^https?:\/\//, '')
      .replace('/resolve/', '@')
      .replace(/\/$/, '')
      .replaceAll('/', '--')
      .replaceAll(/[^\w.@-]/g, '_')
      .slice(0, 80);
    return join(this.place, `${words}-${createHash('sha256').update(base).digest('hex').slice(0, 8)}`);
  }

  #places(source: SourceKey, path: string) {
    if (!isSafePath(path)) throw PolicyError.of('policy/no-path', { origin: source.name, path });
    const folder = this.#folder(source);
    const flat = encodeURIComponent(path);
    return {
      files: join(folder, 'files'),
      file: join(folder, 'files', path),
      facts: join(folder, 'facts', `${flat}.json`),
      part: join(folder, 'parts', flat),
    };
  }

  /** Puts what the file system says into words. */
  async #writing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      const { code, syscall } = cause as NodeJS.ErrnoException;
      if (code === undefined || syscall === undefined) throw cause;
      const full = code === 'ENOSPC' || code === 'EDQUOT';
      throw PolicyError.of('policy/cache', { place: this.place, full, reason: foreign(cause) }, { cause });
    }
  }
}

/** The beginning of a file on disk, with its version beside it. */
class DiskPartial implements PartialFile {
  size: number;
  version: Version | null;
  readonly #path: string;
  #handle: Awaited<ReturnType<typeof open>> | null = null;

  private constructor(path: string, size: number, version: Version | null) {
    this.#path = path;
    this.size = size;
    this.version = version;
  }

  static async open(path: string): Promise<DiskPartial> {
    const version = await readJson<Version>(`${path}.json`);
    const size = (await sizeOf(path)) ?? 0;
    return version === null || size === 0
      ? new DiskPartial(path, 0, null)
      : new DiskPartial(path, size, version);
  }

  async *read(): AsyncIterable<Uint8Array> {
    if (this.size > 0) yield* createReadStream(this.#path, { end: this.size - 1, highWaterMark: 1 << 20 });
  }

  async begin(version: Version): Promise<void> {
    await this.close();
    // In this order a crash leaves bytes without a version, which count for nothing.
    await rm(`${this.#path}.json`, { force: true });
    this.#handle = await open(this.#path, 'w');
    await writeWhole(`${this.#path}.json`, version);
    this.size = 0;
    this.version = version;
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.#handle ??= await open(this.#path, 'r+');
    let written = 0;
    while (written < bytes.length) {
      const rest = bytes.subarray(written);
      written += (await this.#handle.write(rest, 0, rest.length, this.size + written)).bytesWritten;
    }
    this.size += bytes.length;
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    if (handle === null) return;
    // On disk before it is called whole.
    await handle.sync();
    await handle.close();
  }
}

async function sizeOf(path: string): Promise<number | null> {
  return await stat(path).then(
    (found) => (found.isFile() ? found.size : null),
    () => null,
  );
}

/** Null for what is absent or no JSON: a cache is only a cache. */
async function readJson<T>(path: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch {
    return null;
  }
}

async function writeWhole(path: string, value: unknown): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, `${JSON.stringify(value)}\n`);
  await rename(temporary, path);
}
