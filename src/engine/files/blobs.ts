/** Model files that a visitor chose: they stay where they are, and are read by pieces. */
import { partMissing, type ModelFiles, type RandomAccessFile } from '../../formats/files';
import { foreign } from '../../errors';
import { PolicyError } from '../../errors/policy';
import { missing } from './missing';

/**
 * @param entries by path below the model's folder
 * @param file path of the one file that is the model (GGUF), or null for a model folder
 */
export function blobFiles(
  entries: ReadonlyMap<string, Blob>,
  origin: string,
  file: string | null = null,
): ModelFiles {
  const found = (path: string): Blob => {
    const blob = entries.get(path);
    if (blob === undefined) throw missing(origin, path, [...entries.keys()]);
    return blob;
  };
  return {
    origin,
    file,
    has: (path) => Promise.resolve(entries.has(path)),
    read: async (path, onProgress) => {
      const blob = found(path);
      const bytes = await bytesOf(blob, origin, path);
      onProgress?.(blob.size, blob.size);
      return bytes;
    },
    open: async (path, onProgress) => {
      const blob = await Promise.resolve(path).then(found);
      onProgress?.(blob.size, blob.size);
      return blobFile(blob, origin, path);
    },
  };
}

function blobFile(blob: Blob, origin: string, path: string): RandomAccessFile {
  const { size } = blob;
  return {
    size,
    read: async (start, end) => {
      // A slice beyond the end would be cut without a word.
      if (start < 0 || start > end || end > size) throw partMissing(origin, path, start, end, size);
      return await bytesOf(blob.slice(start, end), origin, path);
    },
    close: () => Promise.resolve(),
  };
}

async function bytesOf(blob: Blob, origin: string, path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (cause) {
    throw PolicyError.of('policy/file-changed', { origin, path, reason: foreign(cause) }, { cause });
  }
}
