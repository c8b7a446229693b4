/**
 * The seam between tfjs's tensors and the recorder's raw slices. Both record commands for the same device, each into
 * an encoder of its own: whoever crosses submits the other's commands first, here and nowhere else.
 */
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { GpuError } from './errors';
import type { Gpu, LongLivedBuffers, Slice } from './gpu';

const gpus = new WeakMap<object, Gpu>();

/** Remembers the recorder that shares the backend's device. */
export function bindGpu(backend: WebGPUBackend, gpu: Gpu): void {
  gpus.set(backend, gpu);
}

/** @throws GpuError when tfjs made the backend by itself, on a device of its own. */
export function gpuOf(backend: object): Gpu {
  const gpu = gpus.get(backend);
  if (gpu === undefined) {
    throw GpuError.of('gpu/foreign-backend');
  }
  return gpu;
}

/** Submits what tfjs has recorded, uploads included. */
export function flushTfjs(backend: WebGPUBackend): void {
  // submitQueue needs an open encoder and a closed pass, and checks neither.
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.submitQueue();
}

/**
 * The buffer behind a tensor, uploaded when it was not. What is recorded on it counts only after {@link flushTfjs}.
 * @throws GpuError for tensors without elements, or with more than one binding may hold
 */
export function sliceOf(backend: WebGPUBackend, tensor: tf.TensorInfo): Slice {
  const size = tensor.shape.reduce((a, b) => a * b, 1) * 4;
  const limit = gpuOf(backend).maxBindingElements * 4;
  if (size === 0 || size > limit) {
    throw GpuError.of('gpu/tensor-size', { shape: tensor.shape, bytes: size, limit });
  }
  backend.uploadToGPU(tensor.dataId);
  const { resource } = backend.tensorMap.get(tensor.dataId);
  if (!(resource instanceof GPUBuffer)) {
    throw GpuError.of('gpu/tensor-nowhere', { dtype: tensor.dtype, shape: tensor.shape });
  }
  return { buffer: resource, offset: 0, size };
}

/** A new tensor on the GPU; contents undefined. */
export function makeOutput(
  backend: WebGPUBackend,
  shape: readonly number[],
  dtype: 'float32' | 'int32',
): tf.TensorInfo {
  const info = backend.makeTensorInfo([...shape], dtype);
  backend.uploadToGPU(info.dataId);
  return info;
}

/** Most bytes that tfjs's pool keeps for reuse; it finds buffers by exact size, so few of them are ever used again. */
const MAX_IDLE_TFJS_BYTES = 64 * 1024 * 1024;

/** Bounds tfjs's buffer pool, which by itself keeps everything that was ever released. */
export function boundPool(backend: WebGPUBackend, most = MAX_IDLE_TFJS_BYTES): void {
  const manager = backend.bufferManager;
  const release = manager.releaseBuffer.bind(manager);
  manager.releaseBuffer = (buffer: GPUBuffer, reuse = true) => {
    const idle = manager.numBytesAllocated - manager.numBytesUsed;
    release(buffer, reuse && idle + buffer.size <= most);
  };
}

/**
 * Long-lived buffers as tfjs tensors: counted by `tf.memory()`, usable by stock ops. They are plain kept tensors on
 * this very backend, so it need not be tfjs's current one. The recorder writes to them behind tfjs's back: read them
 * through the recorder, because `tensor.data()` remembers what it once read.
 */
export class TensorBuffers implements LongLivedBuffers {
  readonly #backend: WebGPUBackend;
  readonly #tensors = new Map<GPUBuffer, tf.Tensor>();

  constructor(backend: WebGPUBackend) {
    this.#backend = backend;
  }

  acquire(elements: number): Slice {
    const backend = this.#backend;
    // No values: tfjs would upload them through its own encoder.
    const { dataId } = backend.makeTensorInfo([elements], 'float32');
    backend.uploadToGPU(dataId);
    const buffer = backend.tensorMap.get(dataId).resource as GPUBuffer;
    this.#tensors.set(
      buffer,
      tf.keep(tf.engine().makeTensorFromDataId(dataId, [elements], 'float32', backend)),
    );
    return { buffer, offset: 0, size: elements * 4 };
  }

  has(slice: Slice): boolean {
    return this.#tensors.has(slice.buffer);
  }

  release(slice: Slice): void {
    this.#tensors.get(slice.buffer)?.dispose();
    this.#tensors.delete(slice.buffer);
  }

  /** The tensor that owns a slice's buffer, for stock ops. */
  tensorOf(slice: Slice): tf.Tensor | null {
    return this.#tensors.get(slice.buffer) ?? null;
  }

  dispose(): void {
    for (const tensor of this.#tensors.values()) tensor.dispose();
    this.#tensors.clear();
  }
}
