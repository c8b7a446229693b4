/** Where exported files go. A file is written from its start to its end, piece by piece. */

export interface ExportFile {
  /** Appends; the bytes may be used again as soon as the promise is kept. @throws StorageError */
  write(bytes: Uint8Array): Promise<void>;
  /** All is there. @throws StorageError */
  close(): Promise<void>;
  /** Gives up: what was written goes away, and a file that it would have replaced stays. */
  abort(): Promise<void>;
}

export interface ExportSink {
  /** Starts a file, in place of one of that name. Paths are relative and `/`-separated. @throws StorageError */
  create(path: string): Promise<ExportFile>;
}

/** Writes one file whole. */
export async function writeFile(sink: ExportSink, path: string, bytes: Uint8Array): Promise<void> {
  await writing(sink, path, (file) => file.write(bytes));
}

/** Writes one file; when that fails, nothing of it stays. */
export async function writing<T>(
  sink: ExportSink,
  path: string,
  write: (file: ExportFile) => Promise<T>,
): Promise<T> {
  const file = await sink.create(path);
  let result: T;
  try {
    result = await write(file);
    await file.close();
  } catch (error) {
    await file.abort();
    throw error;
  }
  return result;
}

/** Files in memory, for what is small. */
export class MemorySink implements ExportSink {
  readonly files = new Map<string, Uint8Array>();

  create(path: string): Promise<ExportFile> {
    const parts: Uint8Array[] = [];
    return Promise.resolve({
      write: (bytes: Uint8Array) => {
        parts.push(bytes.slice());
        return Promise.resolve();
      },
      close: () => {
        const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
        let at = 0;
        for (const part of parts) {
          all.set(part, at);
          at += part.length;
        }
        this.files.set(path, all);
        return Promise.resolve();
      },
      abort: () => Promise.resolve(),
    });
  }
}
