/**
 * Downloads kept as parts of a few megabytes. Nothing ever holds a whole file, so files may be larger than what a browser
 * takes in one piece, and a cut download goes on behind its last part.
 */
import { partMissing, type RandomAccessFile } from '../../formats/files';
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
import type { Hasher, HashName } from './hash';

/** Bytes of a part. */
export const PART_BYTES = 16 * 1024 * 1024;

/** Small pieces of bytes by name. */
export interface PartStore {
  readonly place: string;
  read(name: string): Promise<Uint8Array | null>;
  /** @throws where there is no room */
  write(name: string, bytes: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
  names(): Promise<string[]>;
  /** Does something while nobody else does anything under that name, in this process or tab or in others. */
  alone<T>(name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

export interface PartsCacheOptions {
  readonly createHash: (name: HashName) => Hasher;
  /** Hears once of every file that there was no room for. */
  readonly onNote?: (line: string) => void;
  readonly partBytes?: number;
}

export function partsCache(store: PartStore, options: PartsCacheOptions): ModelCache {
  return new PartsCache(store, options);
}

/** What is written of a file, under its name. Parts go by {@link FileRecord.serial}, so a new version replaces none. */
interface FileRecord {
  readonly path: string;
  readonly serial: number;
  /** Null while the download is under way. */
  readonly facts: FileFacts | null;
  readonly version: Version;
  /** Bytes in stored parts. */
  readonly size: number;
}

const nameOf = (kind: 'source' | 'whole' | 'partial', base: string, path = ''): string =>
  `${kind}/${encodeURIComponent(base)}/${encodeURIComponent(path)}`;

class PartsCache implements ModelCache {
  readonly #store: PartStore;
  readonly #options: PartsCacheOptions;
  readonly #partBytes: number;

  constructor(store: PartStore, options: PartsCacheOptions) {
    this.#store = store;
    this.#options = options;
    this.#partBytes = options.partBytes ?? PART_BYTES;
  }

  get place(): string {
    return this.#store.place;
  }

  async find(source: SourceKey, path: string): Promise<CachedFile | null> {
    const record = await this.#json<FileRecord>(nameOf('whole', source.base, path));
    return record === null ? null : this.#file(source, record, new Map());
  }

  async fill(
    source: SourceKey,
    path: string,
    work: (partial: PartialFile) => Promise<FileFacts>,
    isWanted: (facts: FileFacts) => boolean,
    signal?: AbortSignal,
  ): Promise<CachedFile> {
    const { base, name } = source;
    const fill = async () => {
      const found = await this.find(source, path);
      if (found !== null && isWanted(found.facts)) return found;
      const before = await this.#json<FileRecord>(nameOf('whole', base, path));
      const begun = await this.#json<FileRecord>(nameOf('partial', base, path));
      const free = Math.max(Date.now(), (before?.serial ?? 0) + 1);
      const partial = new Partial(this.#parts(base), this.#partBytes, path, begun, free);
      let facts: FileFacts;
      try {
        facts = await work(partial);
      } catch (error) {
        await partial.keep();
        throw error;
      }
      await partial.finish();
      const record = partial.record(facts);
      if (partial.inMemory.size > 0) {
        this.#options.onNote?.(
          `${name}: there is no room to keep all of ${path} (${Math.ceil(facts.size / 1e6)} MB) in ${this.place}. It is used ` +
            'now; next time what is missing must be downloaded again.',
        );
        await partial.keep();
        return this.#file(source, record, partial.inMemory);
      }
      await this.#write(nameOf('whole', base, path), record);
      await this.#store.remove(nameOf('partial', base, path));
      if (before !== null) await this.#parts(base).remove(before);
      return this.#file(source, record, new Map());
    };
    return await this.#store.alone(nameOf('partial', base, path), fill, signal);
  }

  async facts({ base }: SourceKey): Promise<SourceFacts | null> {
    const found = await this.#json<SourceFacts>(nameOf('source', base));
    return found === null ? null : { commit: found.commit, files: found.files };
  }

  async setFacts({ base, name }: SourceKey, { commit, files }: SourceFacts): Promise<void> {
    // Facts are a help, not a promise: a full storage must not fail what has succeeded.
    await this.#write(nameOf('source', base), { name, base, commit, files }).catch(() => undefined);
  }

  async list(): Promise<ListedSource[]> {
    const names = (await this.#store.names()).sort();
    const sources: ListedSource[] = [];
    for (const name of names.filter((one) => one.startsWith('source/'))) {
      const source = await this.#json<SourceKey & SourceFacts>(name);
      if (source === null) continue;
      const below = async (kind: 'whole' | 'partial') => {
        const prefix = `${kind}/${encodeURIComponent(source.base)}/`;
        const records = names
          .filter((one) => one.startsWith(prefix))
          .map((one) => this.#json<FileRecord>(one));
        return (await Promise.all(records)).filter((record) => record !== null);
      };
      const cached = (await below('whole')).map(({ path, facts }) => ({ path, facts: facts as FileFacts }));
      const partialBytes = (await below('partial')).reduce((sum, { size }) => sum + size, 0);
      sources.push({ ...source, cached, partialBytes });
    }
    return sources;
  }

  async remove({ base }: SourceKey, path?: string): Promise<void> {
    if (path === undefined) {
      const own = (name: string) => name.split('/')[1] === encodeURIComponent(base);
      // The records first: parts that nobody names are nobody's.
      const names = (await this.#store.names())
        .filter(own)
        .sort((a, b) => Number(isPart(a)) - Number(isPart(b)));
      for (const name of names) await this.#store.remove(name);
      return;
    }
    for (const kind of ['whole', 'partial'] as const) {
      const record = await this.#json<FileRecord>(nameOf(kind, base, path));
      await this.#store.remove(nameOf(kind, base, path));
      if (record !== null) await this.#parts(base).remove(record);
    }
  }

  createHash(name: HashName): Hasher {
    return this.#options.createHash(name);
  }

  #parts(base: string): Parts {
    return new Parts(this.#store, base, this.#partBytes);
  }

  async #json<T>(name: string): Promise<T | null> {
    const bytes = await this.#store.read(name).catch(() => null);
    if (bytes === null) return null;
    try {
      return JSON.parse(new TextDecoder().decode(bytes)) as T;
    } catch {
      return null;
    }
  }

  async #write(name: string, value: unknown): Promise<void> {
    await this.#store.write(name, new TextEncoder().encode(JSON.stringify(value)));
  }

  #file(
    { base, name }: SourceKey,
    record: FileRecord,
    inMemory: ReadonlyMap<number, Uint8Array>,
  ): CachedFile {
    const parts = this.#parts(base);
    const each = this.#partBytes;
    const open = (): RandomAccessFile => {
      // Readers go through a file in small steps; each part is fetched once for all of them.
      let last: { readonly index: number; readonly bytes: Promise<Uint8Array | null> } | null = null;
      const part = (index: number) => {
        if (last?.index !== index)
          last = { index, bytes: Promise.resolve(inMemory.get(index) ?? parts.read(record, index)) };
        return last.bytes;
      };
      const { size } = record;
      return {
        size,
        read: async (start, end) => {
          if (start < 0 || start > end || end > size) throw partMissing(name, record.path, start, end, size);
          const bytes = new Uint8Array(end - start);
          for (let at = start; at < end;) {
            const index = Math.floor(at / each);
            const found = await part(index);
            const from = at - index * each;
            const piece = found?.subarray(from, Math.min(found.length, end - index * each));
            if (piece === undefined || piece.length === 0)
              throw partMissing(name, record.path, start, end, at);
            bytes.set(piece, at - start);
            at += piece.length;
          }
          return bytes;
        },
        close: () => {
          last = null;
          return Promise.resolve();
        },
      };
    };
    return { facts: record.facts as FileFacts, open: () => Promise.resolve(open()) };
  }
}

const isPart = (name: string): boolean => name.startsWith('part/');

/** Parts of the files of one source. */
class Parts {
  readonly #store: PartStore;
  readonly #base: string;
  readonly #each: number;

  constructor(store: PartStore, base: string, each: number) {
    this.#store = store;
    this.#base = base;
    this.#each = each;
  }

  #name({ path, serial }: Pick<FileRecord, 'path' | 'serial'>, index: number): string {
    return `part/${encodeURIComponent(this.#base)}/${encodeURIComponent(path)}/${serial}/${index}`;
  }

  read(record: FileRecord, index: number): Promise<Uint8Array | null> {
    return this.#store.read(this.#name(record, index));
  }

  write(record: Pick<FileRecord, 'path' | 'serial'>, index: number, bytes: Uint8Array): Promise<void> {
    return this.#store.write(this.#name(record, index), bytes);
  }

  async remove(record: FileRecord): Promise<void> {
    for (let index = 0; index * this.#each < record.size; index++) {
      await this.#store.remove(this.#name(record, index));
    }
  }

  async writeRecord(record: FileRecord): Promise<void> {
    const bytes = new TextEncoder().encode(JSON.stringify(record));
    await this.#store.write(nameOf('partial', this.#base, record.path), bytes);
  }

  async removeRecord(path: string): Promise<void> {
    await this.#store.remove(nameOf('partial', this.#base, path));
  }
}

/** A file that grows by parts. From the first part that there is no room for on, it is in memory. */
class Partial implements PartialFile {
  size: number;
  version: Version | null;
  readonly inMemory = new Map<number, Uint8Array>();
  readonly #parts: Parts;
  readonly #each: number;
  readonly #path: string;
  #serial: number;
  /** Bytes in parts that are stored. */
  #stored: number;
  /** What does not fill a part yet. */
  #buffer: Uint8Array;
  #filled = 0;

  constructor(parts: Parts, each: number, path: string, begun: FileRecord | null, free: number) {
    this.#parts = parts;
    this.#each = each;
    this.#path = path;
    this.size = this.#stored = begun?.size ?? 0;
    this.version = this.size === 0 ? null : (begun?.version ?? null);
    this.#serial = begun?.serial ?? free;
    this.#buffer = new Uint8Array(0);
  }

  record(facts: FileFacts | null): FileRecord {
    const version = this.version ?? { etag: null, lastModified: null };
    const size = facts === null ? this.#stored : this.size;
    return { path: this.#path, serial: this.#serial, facts, version, size };
  }

  async *read(): AsyncIterable<Uint8Array> {
    const record = this.record(null);
    for (let index = 0; index * this.#each < this.#stored; index++) {
      const bytes = this.inMemory.get(index) ?? (await this.#parts.read(record, index));
      yield bytes ?? new Uint8Array(0);
    }
    if (this.#filled > 0) yield this.#buffer.subarray(0, this.#filled);
  }

  async begin(version: Version): Promise<void> {
    await this.forget();
    this.#serial++;
    this.version = version;
    this.size = this.#stored = this.#filled = 0;
    this.inMemory.clear();
  }

  async append(bytes: Uint8Array): Promise<void> {
    // A cut may have left a last part that is not full: it is taken up again.
    if (this.#filled === 0 && this.#stored % this.#each !== 0) await this.#reopen();
    for (let at = 0; at < bytes.length;) {
      const wanted = Math.min(this.#each, this.#filled + bytes.length - at);
      if (this.#buffer.length < wanted) this.#grow(wanted);
      const piece = bytes.subarray(at, at + Math.min(bytes.length - at, this.#each - this.#filled));
      this.#buffer.set(piece, this.#filled);
      this.#filled += piece.length;
      this.size += piece.length;
      at += piece.length;
      if (this.#filled === this.#each) await this.#store();
    }
  }

  /** Stores what is left. */
  async finish(): Promise<void> {
    if (this.#filled > 0) await this.#store();
  }

  /** After a failure: keeps what came for the next try, as far as there is room. */
  async keep(): Promise<void> {
    await this.finish();
    // A next try cannot reach this one's memory.
    const first = Math.min(...this.inMemory.keys());
    if (first !== Infinity) this.#stored = first * this.#each;
    if (this.#stored > 0) await this.#parts.writeRecord(this.record(null)).catch(() => undefined);
  }

  /** Removes what is stored. */
  async forget(): Promise<void> {
    const record = this.record(null);
    await this.#parts.removeRecord(this.#path).catch(() => undefined);
    if (record.size > 0) await this.#parts.remove(record).catch(() => undefined);
  }

  #grow(wanted: number): void {
    const size = Math.min(this.#each, Math.max(wanted, 2 * this.#buffer.length));
    const larger = new Uint8Array(size);
    larger.set(this.#buffer.subarray(0, this.#filled));
    this.#buffer = larger;
  }

  async #reopen(): Promise<void> {
    const index = Math.floor(this.#stored / this.#each);
    const bytes = (await this.#parts.read(this.record(null), index)) ?? new Uint8Array(0);
    this.#stored = index * this.#each;
    this.#grow(bytes.length);
    this.#buffer.set(bytes);
    this.#filled = bytes.length;
  }

  async #store(): Promise<void> {
    const index = Math.floor(this.#stored / this.#each);
    const bytes = this.#buffer.slice(0, this.#filled);
    // Once there was no room, later parts stay in memory too: the stored ones are then a beginning without gaps.
    if (this.inMemory.size > 0) this.inMemory.set(index, bytes);
    else {
      await this.#parts.write({ path: this.#path, serial: this.#serial }, index, bytes).then(
        // So that a tab that is closed in the middle can go on.
        () => this.#parts.writeRecord({ ...this.record(null), size: this.#stored + bytes.length }),
        () => void this.inMemory.set(index, bytes),
      );
    }
    this.#stored += this.#filled;
    this.#filled = 0;
  }
}
