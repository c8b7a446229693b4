/** What a browser's worker provides to runs: this site's models and datasets, the hub, imported files. */
import { env } from '@huggingface/transformers';
import ortLoader from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import ortWasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import { EnvironmentError } from '../src/env/errors';
import { loadEnvironment } from '../src/env/registry';
import type { TaskSource } from '../src/env/types';
import { openModelFiles } from '../src/engine/files/files';
import { steadyNow } from '../src/run/clock';
import type { RunPlatform } from '../src/run/session';
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

/** @param imported answers the files that the user gave for an environment, or null */
export function browserPlatform(imported: (environment: string) => Promise<TaskSource | null>): RunPlatform {
  const webgpu = navigator.gpu as GPU | undefined;
  if (webgpu === undefined) {
    throw new PolicyError('This browser has no WebGPU. Use a current Chrome, Edge, Firefox or Safari.');
  }
  return { ...browserTasks(imported), webgpu, tuning: browserTuning, now: steadyNow, modelFiles, readText };
}

/** The page takes no path of the visitor's machine. */
const readText = (path: string): Promise<string> =>
  Promise.reject(
    new EnvironmentError(
      `warmStartFile is ${path}, but a page cannot read files by their path. Use expert episodes, or the command line.`,
    ),
  );

const modelFiles = (model: string) => openModelFiles(model, `${SITE}models/`);

/** The part that needs no GPU. */
export function browserTasks(
  imported: (environment: string) => Promise<TaskSource | null>,
): Pick<RunPlatform, 'environment' | 'taskSource'> {
  return {
    environment: loadEnvironment,
    taskSource: async (dataset, environment) => {
      if (dataset !== IMPORTED) return siteSource(dataset);
      const source = await imported(environment);
      if (source !== null) return source;
      throw new EnvironmentError(
        'Nothing has been imported yet. Give your files first, or choose a built-in dataset.',
      );
    },
  };
}

/** The setting `dataset` of a user's own files. */
export const IMPORTED = 'imported';

function siteSource(name: string): TaskSource {
  if (!/^[\w.-]+$/.test(name) || /^\.+$/.test(name)) {
    throw new EnvironmentError(
      `No dataset is called "${name}". Give the name of a built-in dataset, or ${IMPORTED}.`,
    );
  }
  return { name, read: (path) => fetchDatasetFile(name, path), list: () => Promise.resolve(null) };
}

async function fetchDatasetFile(name: string, path: string): Promise<Uint8Array> {
  const url = `${SITE}datasets/${name}/${path.split('/').map(encodeURIComponent).join('/')}`;
  let response: Response;
  try {
    response = await fetch(url);
  } catch (cause) {
    throw new EnvironmentError(
      `${url} could not be reached. Check the network connection and reload the page.`,
      {
        cause,
      },
    );
  }
  if (!response.ok) {
    throw new EnvironmentError(
      `Dataset "${name}": ${path} is not there (${url} answered ${response.status}).`,
    );
  }
  return new Uint8Array(await response.arrayBuffer());
}
