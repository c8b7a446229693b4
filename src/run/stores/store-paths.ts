/** What every store agrees on: which paths are names, how temporary files are called, and order of operations. */
import { StorageError } from '../../errors';

/** Marks files that a write has not finished; no stored file may be called so, and nobody else calls files so. */
const TEMPORARY = /\.mailgym-tmp-[\w-]+$/;

export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

/** @param owner tells writers apart, so that none cleans up what another is writing. */
export function temporaryName(name: string, owner: string): string {
  return `${name}.mailgym-tmp-${owner}`;
}

/**
 * The segments of a path.
 * @throws StorageError for paths that are empty, absolute, leave the store, or would not be the same on all media.
 */
export function segmentsOf(path: string): [...folders: string[], name: string] {
  const segments = path.split('/');
  const bad = segments.find(
    (segment) =>
      segment === '' ||
      segment === '.' ||
      segment === '..' ||
      /[\\:\0]/.test(segment) ||
      isTemporary(segment),
  );
  if (bad !== undefined) {
    throw new StorageError(
      `"${path}" is no path inside a run store (${bad === '' ? 'an empty part' : `"${bad}"`}). Use names joined by "/", ` +
        `without "..", "\\", ":" and endings like ".mailgym-tmp-1".`,
    );
  }
  return segments as [string];
}

/** Code-unit order, the same on every medium. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Runs operations one after another, in the order of their calls; a failed one does not stop the next. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.#last.then(operation, operation);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** The error of a write that failed, with the remedy for a full medium. */
export function writeError(
  path: string,
  bytes: number,
  where: string,
  full: boolean,
  cause: unknown,
): StorageError {
  const size = bytes < 1_000_000 ? `${bytes} bytes` : `${(bytes / 1e6).toFixed(1)} MB`;
  return new StorageError(
    full
      ? `No room in ${where} for ${path} (${size}). Its old content is unchanged. Free space or remove old runs, then ` +
          `resume the run.`
      : `Writing ${path} (${size}) to ${where} failed: ${(cause as Error).message}. Its old content is unchanged. ` +
          `Check that the place still exists and may be written.`,
    { cause },
  );
}
