/** What every store agrees on: which paths are names, how temporary files are called, and order of operations. */
import { foreign } from '../../errors';
import { StorageError } from '../../errors/storage';
import type { StoragePlace, WriteFault } from '../../errors/texts/en/storage/places';

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
    throw StorageError.of('storage/path', { path, part: bad });
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
  place: StoragePlace,
  full: boolean,
  cause: unknown,
  fault: WriteFault = { reason: foreign(cause) },
): StorageError {
  return full
    ? StorageError.of('storage/full', { path, bytes, place }, { cause })
    : StorageError.of('storage/write', { path, bytes, place, fault }, { cause });
}
