/**
 * Opens the GPU: one device, shared by tfjs's WebGPU backend and our recorder. tfjs is the tensor layer beside the
 * hot path and the owner of weights and optimiser state; `tensors.ts` is where the two recorders meet.
 */
import * as tf from '@tensorflow/tfjs';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { GpuError } from './errors';
import { Gpu } from './gpu';
import { bindGpu, boundPool, TensorBuffers } from './tensors';

export interface OpenOptions {
  /** Ask for WebGPU's guaranteed minimum instead of what the adapter offers. */
  readonly limits?: 'adapter' | 'minimum';
}

interface Wrapped {
  readonly gpu: Gpu;
  readonly backend: WebGPUBackend;
  /** What `gpu.hold` gives, as tensors of the backend. */
  readonly tensors: TensorBuffers;
}

export interface OpenedDevice extends Wrapped {
  readonly adapter: GPUAdapter;
}

/** Limits that decide whether a model fits; asked for at the adapter's best. */
const WANTED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupsPerDimension',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
] as const;

const WANTED_FEATURES: readonly GPUFeatureName[] = [
  'timestamp-query',
  'shader-f16',
  'subgroups' as GPUFeatureName,
];

/** @throws GpuError when there is no adapter or it gives no device. */
export async function openDevice(webgpu: GPU, options: OpenOptions = {}): Promise<OpenedDevice> {
  const adapter = await webgpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) {
    throw GpuError.of('gpu/no-adapter');
  }
  const requiredLimits: Record<string, number> = {};
  if (options.limits !== 'minimum') {
    for (const name of WANTED_LIMITS) requiredLimits[name] = adapter.limits[name];
  }
  const requiredFeatures = WANTED_FEATURES.filter((feature) => adapter.features.has(feature));
  let device: GPUDevice;
  try {
    device = await adapter.requestDevice({ requiredLimits, requiredFeatures });
  } catch (cause) {
    throw GpuError.of('gpu/no-device', {}, { cause });
  }
  return { ...wrap(device, adapter.info), adapter };
}

/** Uses a device that somebody else opened, with the limits and features that it has. */
export function adoptDevice(device: GPUDevice): Wrapped {
  return wrap(device, device.adapterInfo);
}

function wrap(device: GPUDevice, info: GPUAdapterInfo): Wrapped {
  const backend = new WebGPUBackend(device, info);
  boundPool(backend);
  const tensors = new TensorBuffers(backend);
  const gpu = new Gpu(device, { longLived: tensors });
  bindGpu(backend, gpu);
  return { gpu, backend, tensors };
}

/**
 * Makes an opened device tfjs's current backend. One used before is removed, and its tensors with it; switching to
 * another kind of backend and back is free.
 */
export async function useWithTfjs(backend: WebGPUBackend): Promise<void> {
  // Not tf.findBackend: in browsers it would start the backend that tfjs registers by itself, on a second device.
  const { registry, registryFactory } = tf.engine();
  if (registry.webgpu !== backend) {
    if ('webgpu' in registryFactory) tf.removeBackend('webgpu');
    tf.registerBackend('webgpu', () => backend, 3);
  }
  await tf.setBackend('webgpu');
  await tf.ready();
}
