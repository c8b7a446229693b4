/** Exported files in a folder on disk. */
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { foreign } from '../errors';
import { StorageError } from '../errors/storage';
import type { ExportFile, ExportSink } from './sink';

/** Files get their names when they are whole; until then they end in `.part`. */
export function folderSink(folder: string): ExportSink {
  return { create: (path) => createFile(join(folder, path)) };
}

async function createFile(path: string): Promise<ExportFile> {
  const part = `${path}.part`;
  const fail = (cause: unknown): never => {
    throw StorageError.of('storage/export', { path, reason: foreign(cause) }, { cause });
  };
  await mkdir(dirname(path), { recursive: true }).catch(fail);
  const handle = await open(part, 'w').catch(fail);
  return {
    write: async (bytes) => {
      let at = 0;
      while (at < bytes.length) {
        at += (await handle.write(bytes, at, bytes.length - at).catch(fail)).bytesWritten;
      }
    },
    close: async () => {
      await handle.close().catch(fail);
      await rename(part, path).catch(fail);
    },
    abort: async () => {
      await handle.close().catch(() => undefined);
      await rm(part, { force: true });
    },
  };
}
