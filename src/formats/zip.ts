/** Zip archives of small folders, such as an adapter for download. */
import { unzipSync, Zip, ZipPassThrough, zipSync, type Zippable } from 'fflate';
import { foreign } from '../errors';
import { StorageError } from '../errors/storage';
import type { FileMap } from './files';

/** The earliest time that zip can write; local time, because that is what it stores. */
const FIXED_TIME = new Date(1980, 0, 1);

/** Unpacked bytes above which an archive is refused: no adapter comes near, and a prepared archive could fill memory. */
const MAX_UNPACKED_BYTES = 2 ** 31;

/** Equal files give equal bytes, wherever and whenever. */
export function zipFiles(files: FileMap): Uint8Array {
  const entries: Zippable = {};
  for (const [path, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
    // Weights do not compress; storing them keeps the download instant.
    entries[path] = [bytes, { level: path.endsWith('.safetensors') ? 0 : 6, mtime: FIXED_TIME }];
  }
  return zipSync(entries);
}

/** Bytes above which an archive needs 64-bit places, which are not written. */
export const MAX_ZIP_BYTES = 2 ** 32 - 2 ** 20;

/** One file of an archive that is written while its files are made. */
export interface ZipEntry {
  /** The bytes may be used again as soon as this returns. */
  write(bytes: Uint8Array): void;
  close(): void;
}

/**
 * An archive of stored files, one after the other. Equal files give equal bytes.
 * @param take gets the archive's bytes in order, while they are written; it copies what it keeps
 */
export class ZipWriter {
  readonly #zip: Zip;
  #error: Error | null = null;

  constructor(take: (bytes: Uint8Array) => void) {
    this.#zip = new Zip((error, bytes) => {
      if (error === null) take(bytes);
      else this.#error = error;
    });
  }

  /** Begins the next file; the one before must be closed. */
  add(path: string): ZipEntry {
    const entry = new ZipPassThrough(path);
    entry.mtime = FIXED_TIME;
    this.#zip.add(entry);
    return {
      write: (bytes) => this.#checked(() => entry.push(bytes)),
      close: () => this.#checked(() => entry.push(new Uint8Array(0), true)),
    };
  }

  end(): void {
    this.#checked(() => this.#zip.end());
  }

  #checked(work: () => void): void {
    work();
    if (this.#error === null) return;
    throw StorageError.of('storage/export-zip', { reason: foreign(this.#error) }, { cause: this.#error });
  }
}

/** @throws StorageError when the bytes are no zip archive, or one that unpacks to more than 2 GiB. */
export function unzipFiles(bytes: Uint8Array, origin: string): Map<string, Uint8Array> {
  let total = 0;
  try {
    const entries = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (name.endsWith('/')) return false;
        total += originalSize;
        if (total > MAX_UNPACKED_BYTES)
          throw new Error(`more than ${MAX_UNPACKED_BYTES} bytes when unpacked`);
        return true;
      },
    });
    return new Map(Object.entries(entries));
  } catch (cause) {
    throw StorageError.of(
      'storage/zip',
      { origin, why: total > MAX_UNPACKED_BYTES ? { most: MAX_UNPACKED_BYTES } : { reason: foreign(cause) } },
      { cause },
    );
  }
}
