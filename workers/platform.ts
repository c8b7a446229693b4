/** Where this worker's site is, and that nothing is fetched from elsewhere by a library's own will. */
import { env } from '@huggingface/transformers';

/** The page's folder; this script lies one folder below it, built or not. The worker's own location is a blob's. */
const { url } = import.meta;
export const SITE = new URL('../', url).href;

/**
 * transformers.js would fetch ONNX Runtime from a server of others if it were asked for a session of it. Models run on
 * our own engine, so nobody asks and the page does not ship it: whoever did ask would not find it here.
 */
export function keepOnnxRuntimeAway(): void {
  const { wasm } = env.backends.onnx;
  if (wasm !== undefined) wasm.wasmPaths = SITE;
}
