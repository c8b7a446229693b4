/** Node: Dawn, and folders on disk. */
import { openModelFilesNode } from '../../engine/files/files-node';
import { openFsStore } from '../stores/fs-store-node';
import { createDawnGpu } from './dawn-node';
import type { Host } from './host';

export const host: Host = {
  webgpu: createDawnGpu,
  runStore: (folder) => openFsStore(folder),
  modelFiles: (model) => openModelFilesNode(model, process.cwd()),
};
