/** jax-js on WebGPU; it opens a device of its own on the same adapter. */
import { blockUntilReady, defaultDevice, init } from '@jax-js/jax';

let ready: Promise<void> | null = null;

export function startJax(): Promise<void> {
  ready ??= (async () => {
    const devices = await init('webgpu');
    if (!devices.includes('webgpu')) throw new Error('jax-js found no WebGPU device.');
    defaultDevice('webgpu');
  })();
  return ready;
}

export { blockUntilReady };
