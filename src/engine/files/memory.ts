/** Model files that are in memory. */
import { memoryFile, type ModelFiles } from '../../formats/files';
import { missing } from './missing';

/**
 * Files in memory, such as those a user dropped.
 * @param entries by path; when all paths share a folder, it is taken off.
 */
export function memoryFiles(entries: ReadonlyMap<string, Uint8Array>, origin: string): ModelFiles {
  const folder = commonFolder([...entries.keys()]);
  const files = new Map([...entries].map(([path, bytes]) => [path.slice(folder.length), bytes]));
  return {
    origin,
    has: (path) => Promise.resolve(files.has(path)),
    read: (path, onProgress) => {
      const bytes = files.get(path);
      if (bytes === undefined) return Promise.reject(missing(origin, path, [...files.keys()]));
      onProgress?.(bytes.byteLength, bytes.byteLength);
      return Promise.resolve(bytes);
    },
    open: (path) => {
      const bytes = files.get(path);
      return bytes === undefined
        ? Promise.reject(missing(origin, path, [...files.keys()]))
        : Promise.resolve(memoryFile(bytes, origin, path));
    },
  };
}

/** The folder that all paths share, with a slash at its end; '' for none. */
export function commonFolder(paths: readonly string[]): string {
  const first = paths[0] ?? '';
  let folder = first.slice(0, first.lastIndexOf('/') + 1);
  while (folder !== '' && !paths.every((path) => path.startsWith(folder))) {
    folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
  }
  return folder;
}
