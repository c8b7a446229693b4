/** Counts what any library asks of WebGPU: buffers, dispatches, submits. Works on prototypes, so no device escapes. */

/** Bytes of GPU buffers, by who made them. */
interface Owner {
  bytes: number;
  peak: number;
}

export interface Counts {
  readonly dispatches: number;
  readonly submits: number;
  /** Read-backs: buffers mapped. */
  readonly reads: number;
}

class Meter {
  owner = 'ours';
  /** While true, dispatches are recorded as empty: everything but the GPU's work happens. */
  skipDispatches = false;
  readonly #owners = new Map<string, Owner>();
  readonly #buffers = new WeakMap<GPUBuffer, { owner: Owner; size: number }>();
  #dispatches = 0;
  #submits = 0;
  #reads = 0;
  #installed = false;

  get counts(): Counts {
    return { dispatches: this.#dispatches, submits: this.#submits, reads: this.#reads };
  }

  /** What `work` asked for while it ran. */
  async count(work: () => Promise<unknown>): Promise<Counts> {
    const before = this.counts;
    await work();
    const now = this.counts;
    return {
      dispatches: now.dispatches - before.dispatches,
      submits: now.submits - before.submits,
      reads: now.reads - before.reads,
    };
  }

  memory(owner: string): { readonly bytes: number; readonly peak: number } {
    return this.#owners.get(owner) ?? { bytes: 0, peak: 0 };
  }

  /** Buffers made while `work` runs belong to `owner`. */
  async as<T>(owner: string, work: () => Promise<T>): Promise<T> {
    const before = this.owner;
    this.owner = owner;
    try {
      return await work();
    } finally {
      this.owner = before;
    }
  }

  /** @returns this, for chaining; WebGPU's classes must exist as globals. */
  install(): this {
    if (this.#installed) return this;
    this.#installed = true;
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    const meter = this;
    const { createBuffer } = GPUDevice.prototype;
    GPUDevice.prototype.createBuffer = function (descriptor) {
      const buffer = createBuffer.call(this, descriptor);
      meter.#made(buffer, descriptor.size);
      return buffer;
    };
    const { destroy, mapAsync } = GPUBuffer.prototype;
    GPUBuffer.prototype.destroy = function () {
      meter.#gone(this);
      return destroy.call(this);
    };
    GPUBuffer.prototype.mapAsync = function (...args) {
      meter.#reads++;
      return mapAsync.apply(this, args);
    };
    const { dispatchWorkgroups } = GPUComputePassEncoder.prototype;
    GPUComputePassEncoder.prototype.dispatchWorkgroups = function (x, y, z) {
      meter.#dispatches++;
      return meter.skipDispatches
        ? dispatchWorkgroups.call(this, 0, 1, 1)
        : dispatchWorkgroups.call(this, x, y ?? 1, z ?? 1);
    };
    const { submit } = GPUQueue.prototype;
    GPUQueue.prototype.submit = function (buffers) {
      meter.#submits++;
      return submit.call(this, buffers);
    };
    return this;
  }

  #made(buffer: GPUBuffer, size: number): void {
    const owner = this.#owners.get(this.owner) ?? { bytes: 0, peak: 0 };
    this.#owners.set(this.owner, owner);
    owner.bytes += size;
    owner.peak = Math.max(owner.peak, owner.bytes);
    this.#buffers.set(buffer, { owner, size });
  }

  #gone(buffer: GPUBuffer): void {
    const entry = this.#buffers.get(buffer);
    if (entry === undefined) return;
    entry.owner.bytes -= entry.size;
    this.#buffers.delete(buffer);
  }
}

/** One for the process. */
export const meter = new Meter();
