/** A browser: its own WebGPU, its private file system, and models by address. */
import { openModelFiles } from '../../engine/files/open';
import { PolicyError } from '../../errors/policy';
import { EnvironmentError } from '../../env/errors';
import { GpuError } from '../../kernels/errors';
import { storedAdapter } from '../stored-adapter';
import { openOpfsStore } from '../stores/opfs-store';
import type { Host } from './host';
import { siteSource } from './site-source';
import { browserTuning } from './tuning-browser';

export const host: Host = {
  webgpu: () => {
    const { gpu } = navigator as Partial<Navigator>;
    return gpu === undefined ? Promise.reject(GpuError.of('gpu/no-webgpu')) : Promise.resolve(gpu);
  },
  runStore: (folder) => openOpfsStore(folder),
  modelFiles: async (model, baseUrl, downloads) => {
    const isAddress = model.startsWith('hub:') || /^https?:\/\//.test(model);
    if (baseUrl !== null) return await openModelFiles(model, new URL('models/', baseUrl).href, downloads);
    if (isAddress) return await openModelFiles(model, model, downloads);
    throw PolicyError.of('policy/no-base-url', { model });
  },
  taskSource: async (dataset, baseUrl) => {
    if (baseUrl !== null) return siteSource(dataset, baseUrl);
    throw EnvironmentError.of('environment/no-base-url', { dataset });
  },
  adapterFiles: async (path) => {
    const cut = path.lastIndexOf('/');
    if (cut < 1) throw PolicyError.of('policy/no-adapter-path', { path });
    const folder = path.slice(0, cut);
    return await storedAdapter(await openOpfsStore(folder), path.slice(cut + 1), folder);
  },
  readText: async (address) => {
    const answer = await fetch(address);
    if (answer.ok) return await answer.text();
    throw EnvironmentError.of('environment/text-answer', { url: address, status: answer.status });
  },
  tuning: browserTuning,
};
