/**
 * A GPUDevice that computes nothing: it has another device's limits and features, its buffers take no memory, and
 * what is read from it is zero. A recorder on it does all its bookkeeping, so that a rehearsed run tells which
 * programs it needs and how many bytes it holds at most, before either is there.
 */
import type { LongLivedBuffers } from './gpu';

/** What the recorder asks of a device, and nothing else: a new call fails loudly instead of planning nonsense. */
type Used = Pick<
  GPUDevice,
  | 'limits'
  | 'features'
  | 'adapterInfo'
  | 'createBuffer'
  | 'createBindGroup'
  | 'createBindGroupLayout'
  | 'createPipelineLayout'
  | 'createShaderModule'
  | 'createComputePipeline'
  | 'createComputePipelineAsync'
  | 'createCommandEncoder'
  | 'addEventListener'
  | 'lost'
> & { readonly queue: Pick<GPUQueue, 'submit' | 'writeBuffer' | 'onSubmittedWorkDone'> };

type UsedPass = Pick<
  GPUComputePassEncoder,
  'setPipeline' | 'setBindGroup' | 'dispatchWorkgroups' | 'dispatchWorkgroupsIndirect' | 'end'
>;

const nothing = () => undefined;

/** Stands for an object that is handed on but never looked into. */
function token<T>(): T {
  return Object.freeze({}) as T;
}

function buffer({ label = '', size }: GPUBufferDescriptor): GPUBuffer {
  const used: Pick<GPUBuffer, 'label' | 'size' | 'destroy' | 'mapAsync' | 'getMappedRange' | 'unmap'> = {
    label,
    size,
    destroy: nothing,
    mapAsync: () => Promise.resolve(undefined),
    getMappedRange: (offset = 0, bytes = size - offset) => new ArrayBuffer(bytes),
    unmap: nothing,
  };
  return used as GPUBuffer;
}

function encoder(): GPUCommandEncoder {
  const pass: UsedPass = {
    setPipeline: nothing,
    setBindGroup: nothing,
    dispatchWorkgroups: nothing,
    dispatchWorkgroupsIndirect: nothing,
    end: nothing,
  };
  const used = {
    beginComputePass: () => pass as GPUComputePassEncoder,
    clearBuffer: nothing,
    copyBufferToBuffer: nothing,
    finish: () => token<GPUCommandBuffer>(),
  };
  return used as unknown as GPUCommandEncoder;
}

/** @param real whose limits, features and adapter count */
export function planningDevice(real: GPUDevice): GPUDevice {
  const device: Used = {
    limits: real.limits,
    features: real.features,
    adapterInfo: real.adapterInfo,
    createBuffer: buffer,
    createBindGroup: () => token(),
    createBindGroupLayout: () => token(),
    createPipelineLayout: () => token(),
    createShaderModule: () => token(),
    createComputePipeline: () => token(),
    createComputePipelineAsync: () => Promise.resolve(token<GPUComputePipeline>()),
    createCommandEncoder: encoder,
    addEventListener: nothing,
    // It never is.
    lost: new Promise(nothing),
    queue: { submit: nothing, writeBuffer: nothing, onSubmittedWorkDone: () => Promise.resolve(undefined) },
  };
  return device as unknown as GPUDevice;
}

/** Long-lived buffers of exactly the size asked for, as tfjs makes them. */
export function planningBuffers(device: GPUDevice): LongLivedBuffers {
  const held = new Set<GPUBuffer>();
  return {
    acquire: (elements) => {
      const made = device.createBuffer({ size: 4 * elements, usage: 0 });
      held.add(made);
      return { buffer: made, offset: 0, size: 4 * elements };
    },
    has: (slice) => held.has(slice.buffer),
    release: (slice) => void held.delete(slice.buffer),
    dispose: () => held.clear(),
  };
}
