/** Copies a run's files from where it writes them to a folder on disk, as they are saved. */
import { EVAL_LOGS, GROWING_FILES, INDEX_FILE, isGrowing, ROLLOUTS_FILE } from '../../src/report/run-files';
import type { RunEvent } from '../../src/grpo/types';
import { sameRecord } from '../../src/run/folder/checksum';
import type { RunFolder } from '../../src/run/folder/run-folder';
import { readIndex, type RunIndex } from '../../src/run/folder/run-index';

/** The side that files come from: paths begin with the run's output folder. */
export interface MirrorSource {
  listFiles(prefix: string): Promise<string[]>;
  readFile(path: string): Promise<Uint8Array | null>;
}

/**
 * Promise: on disk, too, the index names only checkpoints that are whole, and nothing but the run's own files is touched.
 * Copies follow each other in the order of the events; the first failure stops further copies.
 */
export class Mirror {
  readonly #source: MirrorSource;
  readonly #folder: string;
  readonly #disk: RunFolder;
  #queue: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | null = null;
  /** Whether the files of an earlier run are still to be removed. */
  #isToClear: boolean;

  /**
   * @param folder the run's output folder as the source names it
   * @param replaces whether the run on disk gives way, which it does when the first file of the new one comes
   */
  constructor(source: MirrorSource, folder: string, disk: RunFolder, replaces: boolean) {
    this.#source = source;
    this.#folder = folder.replace(/\/+$/, '');
    this.#disk = disk;
    this.#isToClear = replaces;
  }

  /** Resolves when what the event tells of is on disk; rejects with the first failure. */
  follow(event: RunEvent): Promise<void> {
    switch (event.kind) {
      case 'step':
      case 'warm-start':
        // Rollouts grow too fast to be copied whole after each step.
        return this.#enqueue(() => this.#copyGrowing((file) => file !== ROLLOUTS_FILE));
      case 'evaluation':
        return this.#enqueue(() => this.#copyLogs());
      case 'saved':
        return this.#enqueue(() => this.#copyIndexed());
      case 'memory':
      case 'progress':
      case 'trajectories':
      case 'followed':
      case 'warning':
      case 'log':
      case 'end':
        return Promise.resolve();
    }
  }

  /** Copies everything, removes what the run has removed, and reports the first failure. */
  finish(): Promise<void> {
    return this.#enqueue(() => this.#copyIndexed());
  }

  #enqueue(copy: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(async () => {
      if (this.#failure !== null) return;
      try {
        if (this.#isToClear) await this.#disk.clear();
        this.#isToClear = false;
        await copy();
      } catch (error) {
        this.#failure = { error };
      }
    });
    return this.#queue.then(() => {
      if (this.#failure !== null) throw this.#failure.error;
    });
  }

  /** What the run's index names and the disk has not yet, then the index; then what the run has removed goes. */
  async #copyIndexed(): Promise<void> {
    const read = await readIndex(await this.#read(INDEX_FILE));
    if (read.kind !== 'index') return;
    const disk = this.#disk;
    const { files } = read.index;
    const wanted = [...files].flatMap(([path, record]) => {
      const copied = disk.files.get(path) ?? null;
      const isSame = record === null || (copied !== null && sameRecord(copied, record));
      return isSame || isGrowing(path) ? [] : [path];
    });
    if (wanted.length > 0) await disk.claim(wanted);
    for (const path of wanted) await this.#copy(path);
    await this.#copyGrowing();
    const dropped = [...disk.files.keys()].filter((path) => !files.has(path));
    await disk.mark(dropped);
    await disk.commit(this.#wholeOnes(read.index), read.index.best);
    if (await disk.remove(dropped)) await disk.commit();
  }

  /** A checkpoint may have been removed again while it was copied. */
  #wholeOnes({ checkpoints, files }: RunIndex): RunIndex['checkpoints'] {
    return checkpoints.filter(({ path }) =>
      [...files.keys()].every(
        (name) => !name.startsWith(`${path}/`) || (this.#disk.files.get(name) ?? null) !== null,
      ),
    );
  }

  async #copyGrowing(isWanted: (file: string) => boolean = () => true): Promise<void> {
    for (const file of GROWING_FILES.filter(isWanted)) {
      const bytes = await this.#read(file);
      if (bytes !== null) await this.#disk.writeLog(file, bytes);
    }
  }

  async #copyLogs(): Promise<void> {
    const below = `${this.#folder}/`;
    for (const path of await this.#source.listFiles(`${below}${EVAL_LOGS}/`)) {
      const name = path.slice(below.length);
      if (!this.#disk.files.has(name)) await this.#copy(name);
    }
  }

  async #copy(path: string): Promise<void> {
    const bytes = await this.#read(path);
    if (bytes !== null) await this.#disk.write(path, bytes);
  }

  #read(path: string): Promise<Uint8Array | null> {
    return this.#source.readFile(`${this.#folder}/${path}`);
  }
}
