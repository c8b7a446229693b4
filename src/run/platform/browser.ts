/** A browser: its own WebGPU, its private file system, and models by address. */
import { openModelFiles } from '../../engine/files/files';
import { GpuError } from '../../kernels/errors';
import { openOpfsStore } from '../stores/opfs-store';
import type { Host } from './host';

export const host: Host = {
  webgpu: () => {
    const { gpu } = navigator as Partial<Navigator>;
    return gpu === undefined
      ? Promise.reject(
          new GpuError(
            'Asked the browser for WebGPU, and there is no navigator.gpu. Use a current Chrome, Edge, Firefox or Safari, ' +
              'and a page served by https or from localhost.',
          ),
        )
      : Promise.resolve(gpu);
  },
  runStore: (folder) => openOpfsStore(folder),
  modelFiles: (model) => openModelFiles(model, location.href),
};
