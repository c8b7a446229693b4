/** The files of a model by name, in Node: folders and GGUF files on disk, and downloads kept in the user's cache. */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PolicyError } from '../../errors/policy';
import type { ModelFiles } from '../../formats/files';
import { cacheFolder } from './cache-folder-node';
import { diskCache } from './cache-node';
import { folderFiles, isFile } from './folder-node';
import { modelOf } from './gguf/files';
import { HUB_ENDPOINT } from './hub';
import { isModelFile } from './hub-name';
import { remoteFiles } from './open';
import type { DownloadOptions } from './url';

/**
 * @param model a folder, a GGUF file, the name of a folder below `modelsFolder`, an address, or `hub:<owner>/<name>` with
 *   what `hubFiles` takes.
 * @throws PolicyError
 */
export async function openModelFilesNode(
  model: string,
  modelsFolder: string,
  options: DownloadOptions = {},
): Promise<ModelFiles> {
  const elsewhere = remoteFiles(model, { ...nodeDownloads(), ...options });
  if (elsewhere !== null) return elsewhere;
  if (isModelFile(model) && (await isFile(model)))
    return modelOf(folderFiles(dirname(model), basename(model)));
  for (const folder of [join(modelsFolder, model), model]) {
    if (await isFile(join(folder, 'config.json'))) return folderFiles(folder);
    const file = await onlyModelFile(folder);
    if (file !== null) return modelOf(folderFiles(folder, file));
  }
  throw PolicyError.of('policy/no-model', { model, place: join(modelsFolder, model) });
}

/**
 * The GGUF file of a folder that has no config.json; null where there is none.
 * @throws PolicyError where there are several
 */
async function onlyModelFile(folder: string): Promise<string | null> {
  const files = (await readdir(folder).catch(() => [])).filter(isModelFile).sort();
  if (files.length > 1) {
    throw PolicyError.of('policy/several-models', { folder, files: files.slice(0, 8) });
  }
  return files[0] ?? null;
}

/** Where downloads are kept. */
export function modelCacheFolder(): string {
  return join(cacheFolder(), 'models');
}

/** Downloads of a Node process: into the user's cache, with what the hub's own variables say. */
export function nodeDownloads(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): DownloadOptions {
  const { HF_ENDPOINT, HF_HUB_OFFLINE } = environment;
  return {
    cache: diskCache(modelCacheFolder()),
    seesRedirects: true,
    endpoint: HF_ENDPOINT || HUB_ENDPOINT,
    offline: /^(1|on|yes|true)$/i.test(HF_HUB_OFFLINE ?? ''),
    token: () => environment['HF_TOKEN']?.trim() || null,
  };
}
