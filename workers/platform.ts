/** What a browser's worker provides to runs: this site's models and datasets, the hub, imported files. */
import { env } from '@huggingface/transformers';
import ortLoader from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import ortWasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import { EnvironmentError } from '../src/env/errors';
import { loadEnvironment } from '../src/env/registry';
import type { TaskSource } from '../src/env/types';
import { openModelFiles } from '../src/engine/files/files';
import { steadyNow } from '../src/run/clock';
import { siteSource } from '../src/run/platform/site-source';
import type { RunPlatform } from '../src/run/session';
import { PolicyError } from '../src/engine/types';
import { browserTuning } from '../src/run/platform/tuning-browser';

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
      if (dataset !== IMPORTED) return siteSource(dataset, SITE, `, or ${IMPORTED}`);
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
