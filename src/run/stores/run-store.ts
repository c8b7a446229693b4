/**
 * Where a run's files go: a folder on disk (Node), OPFS (browser) or memory (tests).
 * Promise: `write` is atomic; after a crash in the middle of it the old content is still there.
 */
export interface RunStore {
  /** Paths relative to the store, `/`-separated, in code-unit order. */
  list(prefix?: string): Promise<string[]>;
  /** null when there is no such file. */
  read(path: string): Promise<Uint8Array | null>;
  /** @throws StorageError naming path, size and remedy when the medium is full or gone. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /**
   * Writes a file unless there is one of that name; of several who try at once one succeeds. Answers whether it was
   * written. Not atomic across a crash.
   */
  create(path: string, bytes: Uint8Array): Promise<boolean>;
  /** Appends to a log; not atomic across a crash beyond whole lines. */
  append(path: string, text: string): Promise<void>;
  /** Removes a file or everything below a folder, and folders that are empty then; no error when absent. */
  remove(path: string): Promise<void>;
}
