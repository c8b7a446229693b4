/**
 * Records compute dispatches on one GPUDevice. Promises: dispatches run in the order recorded; a buffer freed
 * after its last recorded use may be reused at once; the first device error surfaces at the next `read`.
 */
import { isSoftwareAdapter } from './adapter';
import { BindGroups } from './bind-groups';
import { BufferPool } from './buffer-pool';
import { DeviceLostError, GpuError } from './errors';
import { Pipelines } from './pipelines';
import type { MemoryLedger } from './memory-ledger';
import { planningBuffers, planningDevice } from './planning-device';
import { checkSlices, type DispatchSpec, prepareDispatches, type PreparedDispatches } from './prepared';
import type { Program } from './program';
import { UniformRing } from './uniforms';
import type { PackedFormat } from './weights/format';

/** A range of a GPU buffer, in bytes. Offsets are multiples of 256. */
export interface Slice {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly size: number;
  /** Bytes from `offset` on that belong to this slice alone, when that is more than `size`: what is bound. */
  readonly bound?: number;
  /** How weights are packed here; such a slice goes only to kernels that unpack it. */
  readonly format?: PackedFormat;
}

export type { DispatchSpec, PreparedDispatches } from './prepared';

export const SLICE_ALIGNMENT = 256;
/** Lanes that share loads; at most the smallest subgroup of the devices where that is used. */
export const SHARED_LANES = 8;
/** Dispatches between two submits at most. */
const UNIFORM_SLOTS = 2048;

/** Dispatches, submits and read-backs since construction: the currency of benchmarks. */
export interface GpuCounters {
  dispatches: number;
  submits: number;
  reads: number;
}

/** Where buffers that live as long as a model come from; see `TensorBuffers`. */
export interface LongLivedBuffers {
  /** `elements` float32 words; contents undefined. */
  acquire(elements: number): Slice;
  /** Whether the slice is one of these. */
  has(slice: Slice): boolean;
  /** No submitted command may still have to come that names the slice. */
  release(slice: Slice): void;
  dispose(): void;
}

export interface GpuOptions {
  /** The pool when not given. */
  readonly longLived?: LongLivedBuffers;
  /** Bind at most this many bytes at once, below what the device allows; to try what larger models need. */
  readonly maxBindingBytes?: number;
  /** The recorder that this one plans for; see {@link Gpu.planning}. */
  readonly plansFor?: Gpu;
  /** Hears of all buffers in use. */
  readonly ledger?: MemoryLedger;
}

export class Gpu {
  readonly device: GPUDevice;
  readonly pool: BufferPool;
  readonly counters: GpuCounters = { dispatches: 0, submits: 0, reads: 0 };
  readonly #pipelines: Pipelines;
  readonly #uniforms: UniformRing;
  readonly #bindGroups: BindGroups;
  #encoder: GPUCommandEncoder | null = null;
  #pass: GPUComputePassEncoder | null = null;
  #failure: Error | null = null;
  readonly #maxBindingBytes: number;
  readonly #plansFor: Gpu | null;
  readonly #longLived: LongLivedBuffers | null;
  readonly #ledger: MemoryLedger | null;
  #heldBytes = 0;
  #peakHeldBytes = 0;

  constructor(device: GPUDevice, options: GpuOptions = {}) {
    this.device = device;
    const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
    this.#maxBindingBytes = Math.min(
      maxStorageBufferBindingSize,
      maxBufferSize,
      options.maxBindingBytes ?? Infinity,
    );
    this.#plansFor = options.plansFor ?? null;
    this.#longLived = options.longLived ?? null;
    this.#ledger = options.ledger ?? null;
    this.#pipelines = new Pipelines(device);
    this.#uniforms = new UniformRing(device, UNIFORM_SLOTS);
    this.#bindGroups = new BindGroups(device, this.#uniforms.buffer);
    this.pool = new BufferPool(device, this.#maxBindingBytes, () => this.#bindGroups.clear(), this.#ledger);
    device.addEventListener('uncapturederror', (event) => {
      this.#failure ??= errorOf(event.error);
    });
    void device.lost.then((info) => {
      this.#failure = new DeviceLostError(info.message || info.reason || 'no reason given');
    });
  }

  /**
   * A recorder that takes this one's decisions and computes nothing: what is read is zero, buffers take no memory.
   * Afterwards `programs` and `memory` say what the same calls need here.
   * @param ledger hears of its buffers
   */
  planning(ledger?: MemoryLedger): Gpu {
    const device = planningDevice(this.device);
    return new Gpu(device, {
      longLived: planningBuffers(device),
      maxBindingBytes: this.#maxBindingBytes,
      plansFor: this,
      ...(ledger === undefined ? {} : { ledger }),
    });
  }

  /** The recorder whose device computes: this one, or the one it plans for. */
  get real(): Gpu {
    return this.#plansFor ?? this;
  }

  get limits(): GPUSupportedLimits {
    return this.device.limits;
  }

  /** Whether a processor does the GPU's work, which wants other kernels than hardware. */
  get isSoftware(): boolean {
    return isSoftwareAdapter(this.device.adapterInfo);
  }

  /**
   * Invocations of a workgroup that can share loads by `subgroupBroadcast`: each lane loads one part and hands it to all,
   * which replaces as many loads by one. {@link SHARED_LANES}, or 4 where subgroups are that small, or 0.
   */
  get sharedLanes(): number {
    const { features, adapterInfo } = this.device;
    if (!features.has('subgroups' as GPUFeatureName)) return 0;
    const lanes = adapterInfo?.subgroupMinSize ?? 0;
    return lanes >= SHARED_LANES ? SHARED_LANES : lanes >= 4 ? 4 : 0;
  }

  /** Most float32 elements that one binding may hold on this device. */
  get maxBindingElements(): number {
    return Math.floor(this.#maxBindingBytes / 4);
  }

  /** Scratch or long-lived buffer of `elements` 32-bit words; contents undefined. */
  alloc(elements: number, label = ''): Slice {
    return this.pool.acquire(elements * 4, label);
  }

  /** {@link alloc} for what lives as long as a model: weights, optimiser state. Freed in the same way. */
  hold(elements: number, label = ''): Slice {
    if (this.#longLived === null) return this.alloc(elements, label);
    this.pool.checkSize(elements * 4, label);
    const slice = this.#longLived.acquire(elements);
    this.#ledger?.take(slice.buffer, label, slice.size);
    this.#heldBytes += slice.size;
    this.#peakHeldBytes = Math.max(this.#peakHeldBytes, this.#heldBytes);
    return slice;
  }

  /** {@link hold} with content. */
  holdData(data: Float32Array | Uint32Array, label = ''): Slice {
    const slice = this.hold(data.length, label);
    this.write(slice, data);
    return slice;
  }

  free(...slices: readonly Slice[]): void {
    for (const slice of slices) {
      if (this.#heldBytes > 0 && this.#release(slice)) continue;
      this.pool.release(slice);
    }
  }

  #release(slice: Slice): boolean {
    const longLived = this.#longLived;
    if (longLived === null || !longLived.has(slice)) return false;
    // It may be destroyed, or its next owner write to it, before recorded commands that name it are submitted.
    this.flush();
    longLived.release(slice);
    this.#ledger?.give(slice.buffer);
    this.#bindGroups.clear();
    this.#heldBytes -= slice.size;
    return true;
  }

  /** Bytes of all buffers now, and at most so far (staging not counted). */
  get memory(): { bytes: number; peakBytes: number } {
    const { bytes, peakBytes } = this.pool.memory;
    return { bytes: bytes + this.#heldBytes, peakBytes: peakBytes + this.#peakHeldBytes };
  }

  /** Whether the device gives `bytes` of buffers on top of what is in use; tried out, nothing stays allocated. */
  async canHold(bytes: number): Promise<boolean> {
    const most = Math.min(this.limits.maxBufferSize, 2 ** 30);
    this.device.pushErrorScope('out-of-memory');
    const trial: GPUBuffer[] = [];
    let isRefused = false;
    try {
      for (let left = bytes; left > 0; left -= most) {
        const size = Math.ceil(Math.min(left, most) / 4) * 4;
        trial.push(this.device.createBuffer({ label: 'trial', size, usage: GPUBufferUsage.STORAGE }));
      }
    } catch {
      // Browsers throw where not even the handle can be made.
      isRefused = true;
    }
    for (const buffer of trial) buffer.destroy();
    return (await this.device.popErrorScope()) === null && !isRefused;
  }

  write(slice: Slice, data: Float32Array | Int32Array | Uint32Array, elementOffset = 0): void {
    // Recorded dispatches may still have to read the old content.
    this.flush();
    this.device.queue.writeBuffer(
      slice.buffer,
      slice.offset + elementOffset * 4,
      data.buffer as ArrayBuffer,
      data.byteOffset,
      data.byteLength,
    );
  }

  upload(data: Float32Array | Int32Array | Uint32Array, label = ''): Slice {
    const slice = this.alloc(Math.max(data.length, 1), label);
    // A fresh or recycled buffer: earlier recorded uses must run before its content changes.
    this.write(slice, data);
    return slice;
  }

  clear(slice: Slice, bytes = slice.size): void {
    this.#endPass();
    this.#ensureEncoder().clearBuffer(slice.buffer, slice.offset, Math.ceil(bytes / 4) * 4);
  }

  copy(from: Slice, to: Slice, bytes: number, fromOffset = 0, toOffset = 0): void {
    this.#endPass();
    this.#ensureEncoder().copyBufferToBuffer(
      from.buffer,
      from.offset + fromOffset,
      to.buffer,
      to.offset + toOffset,
      bytes,
    );
  }

  /** Programs compiled so far. */
  get programs(): readonly Program[] {
    return this.#pipelines.programs;
  }

  /**
   * Compiles programs in parallel ahead of use; `onProgress` hears of every one that is ready.
   * @throws GpuError naming the program that the device refuses
   */
  async compile(
    programs: readonly Program[],
    onProgress?: (done: number, total: number) => void,
  ): Promise<void> {
    await this.#pipelines.compile(programs, onProgress);
    this.check();
  }

  /**
   * Records one dispatch of `groups` workgroups.
   * @param uniforms one number per scalar field of the program's uniform block, four per vec4u.
   */
  run(
    program: Program,
    slices: readonly Slice[],
    uniforms: readonly number[],
    groups: readonly [number, number, number],
  ): void {
    checkSlices(program, slices);
    if (groups[0] === 0 || groups[1] === 0 || groups[2] === 0) return;
    const max = this.limits.maxComputeWorkgroupsPerDimension;
    if (groups[0] > max || groups[1] > max || groups[2] > max) {
      throw GpuError.of('gpu/workgroups', { program: program.key, groups, limit: max });
    }
    if (this.#uniforms.full) this.flush();
    const compiled = this.#pipelines.of(program);
    const group = this.#bindGroups.of(compiled, slices);
    const pass = (this.#pass ??= this.#ensureEncoder().beginComputePass());
    pass.setPipeline(compiled.pipeline);
    if (compiled.uniforms.length > 0) pass.setBindGroup(0, group, [this.#uniforms.put(compiled, uniforms)]);
    else pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(groups[0], groups[1], groups[2]);
    this.counters.dispatches++;
  }

  /**
   * Fixes pipelines, bind groups and uniforms of dispatches that will run many times, so that {@link replay} costs a few
   * microseconds. The slices must stay allocated until {@link forget}.
   */
  prepare(specs: readonly DispatchSpec[]): PreparedDispatches {
    return prepareDispatches(this.device, this.#pipelines, specs);
  }

  /** Records item `i` of prepared dispatches on a grid, which must lie within the device's limits. */
  replay(prepared: PreparedDispatches, i: number, x: number, y: number): void {
    const item = prepared.items[i];
    if (item === undefined || x === 0 || y === 0) return;
    this.#pass ??= this.#ensureEncoder().beginComputePass();
    this.#pass.setPipeline(item.pipeline);
    this.#pass.setBindGroup(0, item.group, item.offsets);
    this.#pass.dispatchWorkgroups(x, y);
    this.counters.dispatches++;
  }

  /** Ends the use of prepared dispatches. */
  forget(prepared: PreparedDispatches): void {
    this.flush();
    prepared.uniforms.destroy();
  }

  /** Workgroup grid for `count` invocations, spread over two dimensions where one is too short. */
  grid(count: number, workgroupSize: number): [number, number, number] {
    const total = Math.ceil(count / workgroupSize);
    const max = this.limits.maxComputeWorkgroupsPerDimension;
    if (total <= max) return [total, 1, 1];
    const x = Math.ceil(Math.sqrt(total));
    return [x, Math.ceil(total / x), 1];
  }

  /** Submits what was recorded. */
  flush(): void {
    if (this.#encoder === null) return;
    this.#endPass();
    const commands = this.#encoder.finish();
    this.#encoder = null;
    this.#uniforms.send();
    this.device.queue.submit([commands]);
    this.counters.submits++;
    this.pool.sweep();
  }

  /** Float32 content of `elements` words of a slice, after everything recorded so far. */
  async read(slice: Slice, elements = slice.size / 4, elementOffset = 0): Promise<Float32Array> {
    return new Float32Array(await this.readBytes(slice, elements * 4, elementOffset * 4));
  }

  async readBytes(slice: Slice, bytes: number, byteOffset = 0): Promise<ArrayBuffer> {
    if (bytes === 0) return new ArrayBuffer(0);
    const staging = this.pool.acquireStaging(bytes);
    this.#endPass();
    this.#ensureEncoder().copyBufferToBuffer(slice.buffer, slice.offset + byteOffset, staging, 0, bytes);
    this.flush();
    this.counters.reads++;
    try {
      await staging.mapAsync(GPUMapMode.READ, 0, bytes);
    } catch (cause) {
      throw this.#failure ?? GpuError.of('gpu/read', {}, { cause });
    }
    const copy = staging.getMappedRange(0, bytes).slice(0);
    staging.unmap();
    this.pool.releaseStaging(staging);
    this.check();
    return copy;
  }

  /** @throws the first device error so far. */
  check(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  dispose(): void {
    this.flush();
    this.#longLived?.dispose();
    this.#heldBytes = 0;
    this.pool.dispose();
    this.#uniforms.buffer.destroy();
    this.#bindGroups.clear();
  }

  #ensureEncoder(): GPUCommandEncoder {
    this.#encoder ??= this.device.createCommandEncoder();
    return this.#encoder;
  }

  #endPass(): void {
    this.#pass?.end();
    this.#pass = null;
  }
}

function errorOf(error: GPUError): GpuError {
  if (typeof GPUOutOfMemoryError === 'undefined' || !(error instanceof GPUOutOfMemoryError)) {
    return GpuError.of('gpu/command', { reason: error.message });
  }
  return GpuError.of('gpu/out-of-memory', { reason: error.message });
}
