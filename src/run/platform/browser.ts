/** A browser: its own WebGPU, its private file system, and models by address. */
import { openModelFiles } from '../../engine/files/open';
import { PolicyError } from '../../errors';
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
  modelFiles: async (model, baseUrl, downloads) => {
    const isAddress = model.startsWith('hub:') || /^https?:\/\//.test(model);
    if (baseUrl !== null) return await openModelFiles(model, new URL('models/', baseUrl).href, downloads);
    if (isAddress) return await openModelFiles(model, model, downloads);
    throw new PolicyError(
      `Asked for the model "${model}" by name, and no baseUrl says where models are. ${howToServe(`models/${model}`)}, or ` +
        "give the model's own address or hub:<owner>/<name>.",
    );
  },
  taskSource: async (dataset, baseUrl) => {
    if (baseUrl !== null) return siteSource(dataset, baseUrl);
    throw new EnvironmentError(
      `Asked for the dataset "${dataset}" by name, and no baseUrl says where datasets are. ${howToServe(`datasets/${dataset}`)}.`,
    );
  },
  adapterFiles: async (path) => {
    const cut = path.lastIndexOf('/');
    if (cut < 1)
      throw new PolicyError(
        `"${path}" names no adapter of a run. Give the run's folder and the adapter's, as in outputs/masked/final.`,
      );
    const folder = path.slice(0, cut);
    return await storedAdapter(await openOpfsStore(folder), path.slice(cut + 1), folder);
  },
  readText: async (address) => {
    const answer = await fetch(address);
    if (answer.ok) return await answer.text();
    throw new EnvironmentError(`${address} answered ${answer.status}. Give the address of a text file.`);
  },
  tuning: browserTuning,
};

function howToServe(path: string): string {
  return (
    `Put node_modules/mailgym/public/${path} (a checkout has it in public/${path}) on your site as ${path} and give the ` +
    'address of the folder above as baseUrl'
  );
}
