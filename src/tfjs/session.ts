/** Turns the kernels on for tfjs's WebGPU backend, and off again. On its CPU backend they need nothing. */
import { host } from '#platform';
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { openDevice, useWithTfjs } from '../kernels/device';

/** What {@link useWebGpu} takes. */
export interface WebGpuOptions {
  /**
   * Where WebGPU comes from. When not given, a browser's `navigator.gpu`; in Node, Dawn, if the package `webgpu` is
   * installed.
   */
  readonly webgpu?: GPU;
  /** Ask for WebGPU's guaranteed minimum instead of what the adapter offers, to try what weaker devices do. */
  readonly limits?: 'adapter' | 'minimum';
}

/** One GPU device, shared by tfjs and the kernels. */
export interface WebGpuSession {
  /** tfjs's current backend from now on, under the name `webgpu`. */
  readonly backend: WebGPUBackend;
  /** The device, for whoever records commands beside tfjs. */
  readonly device: GPUDevice;
  /** Takes the backend out of tfjs and ends the device; tensors on it are gone. tfjs then chooses another backend. */
  dispose(): void;
}

/**
 * Opens a GPU device and makes it tfjs's current backend. tfjs's own `tf.setBackend('webgpu')` is no substitute: it
 * opens a device that the kernels cannot reach, and they say so when called there. A session that was current before is
 * replaced, and its tensors with it.
 * @throws GpuError when there is no WebGPU, no adapter, or the adapter gives no device; DawnError in Node without the
 *   package `webgpu` or without a driver
 */
export async function useWebGpu(options: WebGpuOptions = {}): Promise<WebGpuSession> {
  const webgpu = options.webgpu ?? (await host.webgpu());
  const { backend, gpu } = await openDevice(
    webgpu,
    options.limits === undefined ? {} : { limits: options.limits },
  );
  await useWithTfjs(backend);
  let open = true;
  return {
    backend,
    device: gpu.device,
    dispose: () => {
      if (!open) return;
      open = false;
      if (tf.engine().registry.webgpu === backend) tf.removeBackend('webgpu');
      gpu.dispose();
      gpu.device.destroy();
    },
  };
}
