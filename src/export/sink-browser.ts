/** Where a page's exports go: into a folder that the visitor chose, or into one file that the browser downloads. */
import { foreign } from '../errors';
import { StorageError } from '../errors/storage';
import { MAX_ZIP_BYTES, ZipWriter, type ZipEntry } from '../formats/zip';
import type { ExportFile, ExportSink } from './sink';

/** Files get their content when they are closed; one that is given up leaves what was there before: an older file, or none. */
export function directorySink(folder: FileSystemDirectoryHandle): ExportSink {
  return {
    create: async (path) => {
      const fail = (cause: unknown): never => {
        throw StorageError.of(
          'storage/export-folder',
          { path, folder: folder.name, reason: foreign(cause) },
          { cause },
        );
      };
      const parts = path.split('/');
      const name = parts.pop() ?? path;
      let place = folder;
      for (const part of parts) place = await place.getDirectoryHandle(part, { create: true }).catch(fail);
      const isNew = await place.getFileHandle(name).then(
        () => false,
        (cause: unknown) => cause instanceof DOMException && cause.name === 'NotFoundError',
      );
      const handle = await place.getFileHandle(name, { create: true }).catch(fail);
      // A new file is there, empty, from here on.
      const undo = async () => {
        if (isNew) await place.removeEntry(name).catch(() => undefined);
      };
      const stream = await handle.createWritable().catch(async (cause: unknown) => {
        await undo();
        return fail(cause);
      });
      return {
        write: (bytes) => stream.write(bytes as Uint8Array<ArrayBuffer>).catch(fail),
        close: () => stream.close().catch(fail),
        abort: async () => {
          await stream.abort().catch(() => undefined);
          await undo();
        },
      };
    },
  };
}

/** Bytes that are handed over to the browser at once: what a blob holds may lie on its disk. */
const PIECE_BYTES = 2 ** 24;

/** Bytes that grow without ever lying in this program's memory together. */
class GrowingBlob {
  readonly #pieces: Blob[] = [];
  #piece: Uint8Array<ArrayBuffer> = new Uint8Array(PIECE_BYTES);
  #filled = 0;

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + PIECE_BYTES - this.#filled);
      this.#piece.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === PIECE_BYTES) this.#handOver();
    }
  }

  blob(): Blob {
    this.#handOver();
    return new Blob(this.#pieces);
  }

  #handOver(): void {
    if (this.#filled > 0) this.#pieces.push(new Blob([this.#piece.subarray(0, this.#filled)]));
    this.#filled = 0;
  }
}

export interface DownloadSink extends ExportSink {
  /** What was written, when all of it is. */
  finish(): Blob;
}

/**
 * All files as one zip archive, or, for formats that are one file, that file alone.
 * @param only end of the name of the one file; null for an archive
 */
export function downloadSink(only: string | null): DownloadSink {
  const grown = new GrowingBlob();
  if (only !== null) {
    return {
      create: (path) => {
        const isIt = path.endsWith(only);
        return Promise.resolve(plainFile((bytes) => isIt && grown.write(bytes)));
      },
      finish: () => grown.blob(),
    };
  }
  let written = 0;
  const zip = new ZipWriter((bytes) => {
    written += bytes.length;
    if (written > MAX_ZIP_BYTES) throw StorageError.of('storage/zip-too-large');
    grown.write(bytes);
  });
  return {
    create: (path) => {
      const entry: ZipEntry = zip.add(path);
      return Promise.resolve(
        plainFile(
          (bytes) => entry.write(bytes),
          () => entry.close(),
        ),
      );
    },
    finish: () => {
      zip.end();
      return grown.blob();
    },
  };
}

/** A failed export is thrown away as a whole, so giving up a file takes nothing. */
function plainFile(write: (bytes: Uint8Array) => unknown, close: () => void = () => undefined): ExportFile {
  return {
    write: (bytes) => Promise.resolve().then(() => void write(bytes)),
    close: () => Promise.resolve().then(close),
    abort: () => Promise.resolve(),
  };
}
