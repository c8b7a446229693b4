/** Node: Dawn, and folders on disk. */
import { join } from 'node:path';
import { openModelFiles } from '../../engine/files/open';
import { nodeDownloads, openModelFilesNode } from '../../engine/files/open-node';
import type { TuningStore } from '../../kernels/tuning';
import { openFsStore } from '../stores/fs-store-node';
import { adapterOnDisk } from './adapter-node';
import { createDawnGpu } from './dawn-node';
import { folderSource, readTextFile } from './folder-source-node';
import type { Host } from './host';
import { publicFolder } from './package-node';
import { siteSource } from './site-source';

/** Small enough to be measured again, so this process alone remembers. */
function processTuning(): TuningStore {
  const known = new Map<string, string>();
  return {
    read: (name) => Promise.resolve(known.get(name) ?? null),
    write: (name, text) => Promise.resolve(void known.set(name, text)),
  };
}

export const host: Host = {
  webgpu: createDawnGpu,
  runStore: (folder) => openFsStore(folder),
  modelFiles: (model, baseUrl, downloads = {}) =>
    baseUrl === null
      ? openModelFilesNode(model, join(publicFolder(), 'models'), downloads)
      : openModelFiles(model, new URL('models/', baseUrl).href, { ...nodeDownloads(), ...downloads }),
  taskSource: async (dataset, baseUrl) =>
    baseUrl === null
      ? await folderSource(dataset, join(publicFolder(), 'datasets'))
      : siteSource(dataset, baseUrl),
  adapterFiles: adapterOnDisk,
  readText: readTextFile,
  tuning: processTuning(),
};
