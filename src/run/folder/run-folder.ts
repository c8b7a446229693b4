/**
 * A run's folder: all that a run writes goes through here. Promises: no file is written, replaced or removed that the
 * run does not own; a name is in the index before its file is written, and its checksum after.
 */
import { INDEX_FILE, isGrowing, isRunPath } from '../../report/run-files';
import type { RunStore } from '../stores/run-store';
import { StorageError } from '../../errors/storage';
import type { DamagedFile } from '../../errors/texts/damage';
import { damageOf, recordOf, type FileRecord } from './checksum';
import { NO_CHECKPOINTS, writeIndex, type IndexEntry, type RunIndex } from './run-index';

export class RunFolder {
  readonly #store: RunStore;
  #checkpoints: readonly IndexEntry[];
  #best: string | null;
  readonly #files: Map<string, FileRecord | null>;
  /** Files that grow: what the index says of them is taken anew with each index. */
  readonly #logs = new Set<string>();

  /** @param index what was found there; see open-folder.ts, which decides it */
  constructor(store: RunStore, { checkpoints, best, files }: RunIndex) {
    this.#store = store;
    this.#checkpoints = checkpoints;
    this.#best = best;
    this.#files = new Map(files);
  }

  get checkpoints(): readonly IndexEntry[] {
    return this.#checkpoints;
  }

  /** Path of the best checkpoint. */
  get best(): string | null {
    return this.#best;
  }

  /** The run's files, those of a write that a crash cut off among them. */
  get files(): ReadonlyMap<string, FileRecord | null> {
    return this.#files;
  }

  read(path: string): Promise<Uint8Array | null> {
    return this.#store.read(path);
  }

  /** The run's own files below a folder. */
  filesOf(folder: string): string[] {
    return [...this.#files.keys()].filter((path) => path.startsWith(`${folder}/`)).sort();
  }

  /**
   * Marks files as about to be written or removed: with the next index they count for nothing until they are whole again.
   * @throws StorageError when somebody else's file has one of the names
   */
  async mark(paths: readonly string[]): Promise<void> {
    const strangers: string[] = [];
    for (const path of paths.filter((name) => !this.#files.has(name))) {
      if (!isRunPath(path)) throw new Error(`${path} is no name of a run's file (run-files.ts).`);
      if ((await this.#store.read(path)) !== null) strangers.push(path);
    }
    if (strangers.length > 0) {
      throw StorageError.of('storage/file-came', { paths: strangers });
    }
    for (const path of paths) this.#files.set(path, null);
  }

  /** {@link mark}, and the index at once. */
  async claim(paths: readonly string[]): Promise<void> {
    await this.mark(paths);
    await this.#writeIndex();
  }

  /** Replaces a file. The next {@link commit} makes it count. */
  async write(path: string, bytes: Uint8Array): Promise<void> {
    if (this.#files.get(path) !== null) await this.claim([path]);
    await this.#store.write(path, bytes);
    this.#files.set(path, await recordOf(bytes));
  }

  async append(path: string, text: string): Promise<void> {
    if (!this.#files.has(path)) await this.claim([path]);
    this.#logs.add(path);
    await this.#store.append(path, text);
  }

  /** Replaces a log by one that goes on with the same text. */
  async writeLog(path: string, bytes: Uint8Array): Promise<void> {
    if (!this.#files.has(path)) await this.claim([path]);
    this.#logs.add(path);
    await this.#store.write(path, bytes);
  }

  /** Makes what was written since the last index count, and the checkpoints given. */
  async commit(checkpoints = this.#checkpoints, best = this.#best): Promise<void> {
    for (const path of this.#logs) {
      const bytes = await this.#store.read(path);
      if (bytes !== null) this.#files.set(path, await recordOf(bytes));
    }
    this.#checkpoints = checkpoints;
    this.#best = best;
    await this.#writeIndex();
  }

  /** Removes files of the run; the index forgets them after they are gone. Answers whether there were any. */
  async remove(paths: readonly string[]): Promise<boolean> {
    const own = paths.filter((path) => this.#files.has(path));
    for (const path of own) {
      await this.#store.remove(path);
      this.#files.delete(path);
      this.#logs.delete(path);
    }
    return own.length > 0;
  }

  /** Removes all files of the run that lies here, for one that starts afresh. */
  async clear(): Promise<void> {
    if (this.#files.size === 0) return;
    // First the index: without it, what a crash leaves of the run counts for nothing.
    await this.mark([...this.#files.keys()]);
    await this.commit(NO_CHECKPOINTS.checkpoints, NO_CHECKPOINTS.best);
    await this.remove([...this.#files.keys()]);
  }

  /**
   * @throws StorageError when a file of the run is not what it wrote; a log may have grown since the index
   */
  async assertUnchanged(): Promise<void> {
    for (const [path, record] of this.#files) {
      const bytes = record === null ? null : await this.#store.read(path);
      if (record === null || bytes === null) continue;
      const known = isGrowing(path) ? bytes.subarray(0, record.bytes) : bytes;
      const damage = await damageOf(known, record);
      if (damage === null) continue;
      throw StorageError.of('storage/file-changed', { path, damage });
    }
  }

  /** What is wrong with the run's files below a folder: in order of their names. */
  async damages(folder: string): Promise<DamagedFile[]> {
    const found: DamagedFile[] = [];
    for (const path of this.filesOf(folder)) {
      const record = this.#files.get(path);
      if (record === null) found.push({ path, damage: 'unfinished' });
      else if (record !== undefined) {
        const damage = await damageOf(await this.#store.read(path), record);
        if (damage !== null) found.push({ path, damage });
      }
    }
    return found;
  }

  async #writeIndex(): Promise<void> {
    const index = { checkpoints: this.#checkpoints, best: this.#best, files: this.#files };
    await this.#store.write(INDEX_FILE, await writeIndex(index));
  }
}
