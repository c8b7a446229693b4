/** Where this worker's site is, and what it serves of ONNX Runtime. */
import { env } from '@huggingface/transformers';
import ortLoader from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import ortWasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';

/** The page's folder; this script lies one folder below it, built or not. */
export const SITE = new URL('../', self.location.href).href;

/** transformers.js would fetch ONNX Runtime from elsewhere. */
export function serveOnnxRuntime(): void {
  const { wasm } = env.backends.onnx;
  if (wasm === undefined) return;
  wasm.wasmPaths = {
    mjs: new URL(ortLoader, self.location.href).href,
    wasm: new URL(ortWasm, self.location.href).href,
  };
}
