/** Model files in a folder on disk. */
import { open, readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { missing } from './missing';
import { partMissing, type ModelFiles, type RandomAccessFile } from '../../formats/files';
import { foreign } from '../../errors';
import { PolicyError } from '../../errors/policy';

/**
 * @param file the one file that is the model, where there is such
 * @throws PolicyError on reading, when the file is missing or unreadable.
 */
export function folderFiles(folder: string, file: string | null = null): ModelFiles {
  return {
    origin: folder,
    file,
    has: async (path) => await isFile(join(folder, path)),
    read: async (path, onProgress) => {
      const bytes = await readFile(join(folder, path)).catch(async (cause: unknown) => {
        throw await unreadable(folder, path, cause);
      });
      onProgress?.(bytes.byteLength, bytes.byteLength);
      return new Uint8Array(bytes);
    },
    open: async (path) => await diskFile(folder, path),
  };
}

/** A file of a folder, open for reading. @throws PolicyError */
export async function diskFile(folder: string, path: string): Promise<RandomAccessFile> {
  const fail = async (cause: unknown): Promise<never> => {
    throw await unreadable(folder, path, cause);
  };
  const handle = await open(join(folder, path)).catch(fail);
  const { size } = await handle.stat();
  return {
    size,
    read: async (start, end) => {
      const bytes = new Uint8Array(end - start);
      let filled = 0;
      while (filled < bytes.length) {
        const { bytesRead } = await handle
          .read(bytes, filled, bytes.length - filled, start + filled)
          .catch(fail);
        if (bytesRead === 0) throw partMissing(folder, path, start, end, size);
        filled += bytesRead;
      }
      return bytes;
    },
    close: async () => await handle.close(),
  };
}

async function unreadable(folder: string, path: string, cause: unknown): Promise<PolicyError> {
  if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
    return missing(folder, path, await readdir(folder).catch(() => []));
  }
  return PolicyError.of('policy/file-not-read', { origin: folder, path, reason: foreign(cause) }, { cause });
}

export async function isFile(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
