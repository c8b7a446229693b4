/** Copies a run's files from where it writes them to a folder on disk, as they are saved. */
import type { RunEvent } from '../../src/grpo/types';
import type { RunStore } from '../../src/run/stores/run-store';

/** The side that files come from: paths begin with the run's output folder. */
export interface MirrorSource {
  listFiles(prefix: string): Promise<string[]>;
  readFile(path: string): Promise<Uint8Array | null>;
}

const METRICS = 'metrics.jsonl';
const ROLLOUTS = 'rollouts.jsonl';
/** Names the checkpoints that count, so it follows their files. */
const INDEX = 'runs.json';

/**
 * Promise: on disk, too, the index names only checkpoints that are whole. Copies follow each other in the order of
 * the events; the first failure is reported by {@link finish} and stops further copies.
 */
export class Mirror {
  readonly #source: MirrorSource;
  readonly #folder: string;
  readonly #target: RunStore;
  #queue: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | null = null;

  /** @param folder the run's output folder as the source names it */
  constructor(source: MirrorSource, folder: string, target: RunStore) {
    this.#source = source;
    this.#folder = folder.replace(/\/+$/, '');
    this.#target = target;
  }

  follow(event: RunEvent): void {
    switch (event.kind) {
      case 'step':
        this.#enqueue(() => this.#copy(METRICS));
        return;
      case 'evaluation':
        this.#enqueue(() => this.#copyMissing('eval_logs/'));
        return;
      case 'saved':
        this.#enqueue(() => this.#copySaved(event.path));
        return;
      case 'progress':
      case 'trajectories':
      case 'warning':
      case 'log':
      case 'end':
        return;
    }
  }

  /** Copies everything, removes what the run has removed, and reports the first failure. */
  async finish(): Promise<void> {
    this.#enqueue(async () => {
      const paths = await this.#list('');
      for (const path of paths) if (path !== INDEX) await this.#copy(path);
      await this.#copyIndex(paths);
    });
    await this.settled();
  }

  /** Waits for the copies asked for so far. */
  async settled(): Promise<void> {
    await this.#queue;
    if (this.#failure !== null) throw this.#failure.error;
  }

  #enqueue(copy: () => Promise<void>): void {
    this.#queue = this.#queue.then(async () => {
      if (this.#failure !== null) return;
      try {
        await copy();
      } catch (error) {
        this.#failure = { error };
      }
    });
  }

  async #copySaved(path: string): Promise<void> {
    const paths = await this.#list('');
    const wanted = (name: string) =>
      name.startsWith(`${path}/`) ||
      name.startsWith('best_model/') ||
      name === METRICS ||
      name === ROLLOUTS ||
      name === 'config.json';
    for (const name of paths) if (wanted(name)) await this.#copy(name);
    await this.#copyIndex(paths);
  }

  /** The index, then the removal of checkpoints that it names no more. */
  async #copyIndex(paths: readonly string[]): Promise<void> {
    if (paths.includes(INDEX)) await this.#copy(INDEX);
    const alive = new Set(paths.map(topFolder));
    const gone = new Set(
      (await this.#target.list('checkpoint-')).map(topFolder).filter((folder) => !alive.has(folder)),
    );
    for (const folder of gone) await this.#target.remove(folder);
  }

  async #copyMissing(prefix: string): Promise<void> {
    const present = new Set(await this.#target.list(prefix));
    for (const path of await this.#list(prefix)) if (!present.has(path)) await this.#copy(path);
  }

  async #copy(path: string): Promise<void> {
    const bytes = await this.#source.readFile(`${this.#folder}/${path}`);
    // Gone again: a checkpoint that was pruned meanwhile.
    if (bytes !== null) await this.#target.write(path, bytes);
  }

  async #list(prefix: string): Promise<string[]> {
    const below = `${this.#folder}/`;
    const paths = await this.#source.listFiles(below + prefix);
    return paths.map((path) => path.slice(below.length));
  }
}

function topFolder(path: string): string {
  return path.split('/', 1)[0] ?? '';
}
