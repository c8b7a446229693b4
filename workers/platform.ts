/** What a browser's worker provides to runs: this site's models and datasets, the hub, imported mail. */
import { env } from '@huggingface/transformers';
import ortLoader from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import ortWasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import { loadDataset } from '../src/env/mail/corpus/dataset';
import { CorpusError, type Dataset } from '../src/env/mail/corpus/types';
import { openModelFiles } from '../src/engine/files/files';
import { steadyNow } from '../src/run/clock';
import type { RunPlatform } from '../src/run/open-run';
import { PolicyError } from '../src/engine/types';
import { browserTuning } from './tuning-store';

/** The page's folder; this script lies one folder below it, built or not. */
const SITE = new URL('../', self.location.href).href;

/** transformers.js would fetch ONNX Runtime from elsewhere. */
export function serveOnnxRuntime(): void {
  const { wasm } = env.backends.onnx;
  if (wasm === undefined) return;
  wasm.wasmPaths = {
    mjs: new URL(ortLoader, self.location.href).href,
    wasm: new URL(ortWasm, self.location.href).href,
  };
}

/** @param imported answers the dataset that the user gave, or null */
export function browserPlatform(imported: () => Promise<Dataset | null>): RunPlatform {
  const webgpu = navigator.gpu as GPU | undefined;
  if (webgpu === undefined) {
    throw new PolicyError('This browser has no WebGPU. Use a current Chrome, Edge, Firefox or Safari.');
  }
  return {
    webgpu,
    modelFiles: (model) => openModelFiles(model, `${SITE}models/`),
    dataset: async (name) => {
      if (name !== 'imported') return loadDataset((path) => fetchDatasetFile(name, path));
      const dataset = await imported();
      if (dataset === null) {
        throw new CorpusError(
          'No mail has been imported yet. Give mail files and questions first, or choose a dataset.',
        );
      }
      return dataset;
    },
    now: steadyNow,
    tuning: browserTuning,
  };
}

async function fetchDatasetFile(name: string, path: string): Promise<Uint8Array> {
  if (!/^[\w.-]+$/.test(name) || /^\.+$/.test(name)) {
    throw new CorpusError(
      `No dataset is called "${name}". Give the name of a built-in dataset, or imported.`,
    );
  }
  const url = `${SITE}datasets/${name}/${path.split('/').map(encodeURIComponent).join('/')}`;
  let response: Response;
  try {
    response = await fetch(url);
  } catch (cause) {
    throw new CorpusError(`${url} could not be reached. Check the network connection and reload the page.`, {
      cause,
    });
  }
  if (!response.ok) {
    throw new CorpusError(`Dataset "${name}": ${path} is not there (${url} answered ${response.status}).`);
  }
  return new Uint8Array(await response.arrayBuffer());
}
