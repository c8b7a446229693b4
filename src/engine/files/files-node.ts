/** Model files in a folder on disk, and the hub with transformers.js's cache on disk. */
import { mkdir, open, readFile, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hubFiles, missing, openModelFiles, type ResponseCache } from './files';
import { partMissing, type ModelFiles, type RandomAccessFile } from '../../formats/files';
import { PolicyError } from '../../errors';

/** @throws PolicyError on reading, when the file is missing or unreadable. */
export function folderFiles(folder: string): ModelFiles {
  return {
    origin: folder,
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

async function diskFile(folder: string, path: string): Promise<RandomAccessFile> {
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
  return new PolicyError(
    `${folder}: ${path} cannot be read (${(cause as Error).message}). Check the file and its permissions.`,
    { cause },
  );
}

/**
 * The files of a model by the name that settings give it.
 * @param model a folder, the name of a folder below `modelsFolder`, an address, or `hub:<owner>/<name>`.
 */
export async function openModelFilesNode(model: string, modelsFolder: string): Promise<ModelFiles> {
  if (model.startsWith('hub:')) return await hubFilesNode(model.slice('hub:'.length));
  if (/^https?:\/\//.test(model)) return await openModelFiles(model, model);
  for (const folder of [join(modelsFolder, model), model]) {
    if (await isFile(join(folder, 'config.json'))) return folderFiles(folder);
  }
  throw new PolicyError(
    `No model "${model}": neither ${join(modelsFolder, model)} nor ${model} holds a config.json. Give a folder with a ` +
      `Hugging Face model, an address, or hub:<owner>/<name>.`,
  );
}

async function hubFilesNode(repository: string): Promise<ModelFiles> {
  const { env } = await import('@huggingface/transformers');
  const files = await hubFiles(repository, { cache: null });
  if (!env.useFSCache || env.cacheDir === null) return files;
  return await hubFiles(repository, { cache: diskCache(env.cacheDir, repository) });
}

/** The layout of transformers.js's cache on disk: `<cacheDir>/<owner>/<name>/<file>`. */
function diskCache(cacheDir: string, repository: string): ResponseCache {
  const pathOf = (path: string): string => join(cacheDir, repository, path);
  return {
    match: async (_url, path) =>
      (await isFile(pathOf(path))) ? new Response(await readFile(pathOf(path))) : undefined,
    put: async (_url, path, response) => {
      const temporary = `${pathOf(path)}.tmp.${process.pid}`;
      await mkdir(dirname(temporary), { recursive: true });
      await writeFile(temporary, new Uint8Array(await response.arrayBuffer()));
      await rename(temporary, pathOf(path));
    },
  };
}

async function isFile(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
