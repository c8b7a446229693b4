/** ONNX Runtime's WebGPU provider on our device. */
import * as ort from 'onnxruntime-web/webgpu';

export { ort };

/** A session on `device`; every session of the process must name the same one. */
export async function createSession(
  device: GPUDevice,
  model: Uint8Array,
  options: ort.InferenceSession.SessionOptions = {},
): Promise<ort.InferenceSession> {
  copySharedWrites(device);
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  return ort.InferenceSession.create(model, {
    executionProviders: [{ name: 'webgpu', device }],
    graphOptimizationLevel: 'all',
    ...options,
  });
}

/** Lanes of a subgroup below which the kernel for many new tokens was found wrong. */
const SAFE_LANES = 16;

/**
 * Most new tokens per run whose attention can be trusted. From 32 on the runtime takes another kernel, which on
 * subgroups of 8 lanes (lavapipe) is off by 1 % of the logits: feeding the same tokens in pieces gives other results.
 */
export function exactTokens(adapter: GPUAdapter): number {
  const lanes = adapter.info.subgroupMinSize ?? SAFE_LANES;
  return lanes < SAFE_LANES ? 31 : Infinity;
}

const patched = new WeakSet<GPUQueue>();

/** The runtime writes from its WebAssembly heap, which may be shared memory; Dawn for Node takes only plain memory. */
function copySharedWrites(device: GPUDevice): void {
  const { queue } = device;
  if (patched.has(queue)) return;
  patched.add(queue);
  const write = queue.writeBuffer.bind(queue);
  queue.writeBuffer = (buffer, offset, data, dataOffset, size) => {
    const plain = plainView(data, dataOffset, size);
    if (plain === null) write(buffer, offset, data, dataOffset, size);
    else write(buffer, offset, plain);
  };
}

function plainView(
  data: AllowSharedBufferSource,
  dataOffset = 0,
  size?: number,
): Uint8Array<ArrayBuffer> | null {
  const shared = typeof SharedArrayBuffer !== 'undefined' && backing(data) instanceof SharedArrayBuffer;
  if (!shared) return null;
  const unit = ArrayBuffer.isView(data) && 'BYTES_PER_ELEMENT' in data ? Number(data.BYTES_PER_ELEMENT) : 1;
  const start = (ArrayBuffer.isView(data) ? data.byteOffset : 0) + dataOffset * unit;
  const bytes = size === undefined ? data.byteLength - dataOffset * unit : size * unit;
  return new Uint8Array(backing(data), start, bytes).slice();
}

function backing(data: AllowSharedBufferSource): ArrayBufferLike {
  return ArrayBuffer.isView(data) ? data.buffer : data;
}

/** A tensor of the runtime over a buffer that is ours. */
export function gpuTensor(buffer: GPUBuffer, dims: readonly number[]): ort.Tensor {
  return ort.Tensor.fromGpuBuffer(buffer, { dataType: 'float32', dims: [...dims] });
}
