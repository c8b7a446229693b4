/**
 * Storage buffers by size class, rounded up by at most an eighth, so slightly different batches share buffers. Unlike
 * tfjs's pool it is bounded: at most {@link MAX_IDLE_BYTES} wait for reuse, and where a phase needs other sizes than
 * the one before, new buffers take the place of idle ones, down to {@link KEPT_IDLE_BYTES}.
 */
import type { Slice } from './gpu';
import { GpuError } from './errors';
import type { MemoryLedger } from './memory-ledger';

const MAX_IDLE_BYTES = 256 * 1024 * 1024;
const KEPT_IDLE_BYTES = 32 * 1024 * 1024;
const USAGE_STORAGE = 0x80; // GPUBufferUsage.STORAGE; the global does not exist before Dawn is loaded
const USAGE_COPY_SRC = 0x04;
const USAGE_COPY_DST = 0x08;
const USAGE_MAP_READ = 0x01;

/** Next size of the form m·2^k with m in 8…15, at least 256: waste stays below 12.5 %. */
export function sizeClass(bytes: number): number {
  if (bytes <= 256) return 256;
  const step = 2 ** (Math.floor(Math.log2(bytes)) - 3);
  return Math.max(256, Math.ceil(bytes / Math.max(step, 4)) * Math.max(step, 4));
}

interface Idle {
  readonly buffer: GPUBuffer;
  /** Number of sweeps before it was released: recorded commands may name it until the next. */
  readonly since: number;
}

export class BufferPool {
  readonly #device: GPUDevice;
  readonly #maxBindingBytes: number;
  readonly #onDestroy: () => void;
  readonly #ledger: MemoryLedger | null;
  readonly #idle = new Map<number, Idle[]>();
  readonly #live = new Set<GPUBuffer>();
  readonly #staging = new Map<number, GPUBuffer[]>();
  #sweeps = 0;
  #idleBytes = 0;
  #bytes = 0;
  #peakBytes = 0;

  /**
   * @param maxBindingBytes most that the caller may bind at once
   * @param onDestroy called when a buffer is destroyed, so that bind groups naming it can be forgotten
   * @param ledger hears of all buffers in use
   */
  constructor(
    device: GPUDevice,
    maxBindingBytes: number,
    onDestroy: () => void,
    ledger: MemoryLedger | null = null,
  ) {
    this.#ledger = ledger;
    this.#device = device;
    this.#maxBindingBytes = maxBindingBytes;
    this.#onDestroy = onDestroy;
  }

  /** Bytes of live and idle buffers now and at most so far (staging not counted). */
  get memory(): { bytes: number; peakBytes: number; idleBytes: number } {
    return { bytes: this.#bytes, peakBytes: this.#peakBytes, idleBytes: this.#idleBytes };
  }

  /** Buffers acquired and not released. */
  get live(): number {
    return this.#live.size;
  }

  /** The slice spans exactly `bytes` (rounded up to 4); the buffer behind it may be larger. */
  acquire(bytes: number, label: string): Slice {
    const size = sizeClass(Math.ceil(bytes / 4) * 4);
    this.checkSize(bytes, label, size);
    const idle = this.#idle.get(size);
    let buffer = idle?.pop()?.buffer;
    if (buffer !== undefined) {
      this.#idleBytes -= size;
    } else {
      this.#makeRoom(size);
      buffer = this.#device.createBuffer({
        label,
        size,
        usage: USAGE_STORAGE | USAGE_COPY_SRC | USAGE_COPY_DST,
      });
      this.#bytes += size;
      this.#peakBytes = Math.max(this.#peakBytes, this.#bytes);
    }
    this.#live.add(buffer);
    this.#ledger?.take(buffer, label, size);
    const exact = Math.ceil(bytes / 4) * 4;
    // All of the buffer is bound where that is allowed: batches of slightly different sizes then share bind groups.
    return { buffer, offset: 0, size: exact, bound: size <= this.#maxBindingBytes ? size : exact };
  }

  /** @throws GpuError when a device's buffer cannot have this size. */
  checkSize(bytes: number, label: string, size = bytes): void {
    if (!Number.isSafeInteger(bytes) || bytes <= 0) {
      throw GpuError.of('gpu/buffer-size', { bytes, label });
    }
    const limit = this.#device.limits.maxBufferSize;
    if (size > limit) {
      throw GpuError.of('gpu/buffer-limit', { label, bytes: size, limit });
    }
  }

  /** Recorded commands may still name the buffer, so it is only set aside; {@link sweep} destroys what is too much. */
  release(slice: Slice): void {
    const { buffer } = slice;
    if (!this.#live.delete(buffer)) throw GpuError.of('gpu/buffer-freed-twice', { label: buffer.label });
    this.#ledger?.give(buffer);
    this.#idleBytes += buffer.size;
    const entry = { buffer, since: this.#sweeps };
    const idle = this.#idle.get(buffer.size);
    if (idle === undefined) this.#idle.set(buffer.size, [entry]);
    else idle.push(entry);
  }

  /** Destroys idle buffers above the bound, oldest first. To be called when no recorded command waits. */
  sweep(): void {
    this.#sweeps++;
    this.#destroyIdle(this.#idleBytes - MAX_IDLE_BYTES);
  }

  /** Lets a new buffer replace idle ones that no recorded command names. */
  #makeRoom(bytes: number): void {
    this.#destroyIdle(Math.min(bytes, this.#idleBytes - KEPT_IDLE_BYTES));
  }

  /** Destroys at least `bytes` of idle buffers, as far as recorded commands allow. */
  #destroyIdle(bytes: number): void {
    if (bytes <= 0) return;
    const settled = [...this.#idle.values()].flat().filter(({ since }) => since < this.#sweeps);
    settled.sort((a, b) => a.since - b.since || b.buffer.size - a.buffer.size);
    const gone = new Set<Idle>();
    let freed = 0;
    for (const entry of settled) {
      if (freed >= bytes) break;
      gone.add(entry);
      freed += entry.buffer.size;
      entry.buffer.destroy();
    }
    if (gone.size === 0) return;
    for (const [size, entries] of this.#idle) {
      this.#idle.set(
        size,
        entries.filter((entry) => !gone.has(entry)),
      );
    }
    this.#idleBytes -= freed;
    this.#bytes -= freed;
    this.#onDestroy();
  }

  acquireStaging(bytes: number): GPUBuffer {
    const size = sizeClass(bytes);
    return (
      this.#staging.get(size)?.pop() ??
      this.#device.createBuffer({ label: 'read-back', size, usage: USAGE_MAP_READ | USAGE_COPY_DST })
    );
  }

  releaseStaging(buffer: GPUBuffer): void {
    const waiting = this.#staging.get(buffer.size) ?? [];
    if (waiting.length >= 4) {
      buffer.destroy();
      return;
    }
    waiting.push(buffer);
    this.#staging.set(buffer.size, waiting);
  }

  /** Destroys idle buffers. */
  trim(): void {
    for (const entries of this.#idle.values()) {
      for (const { buffer } of entries) {
        this.#bytes -= buffer.size;
        buffer.destroy();
      }
    }
    this.#idle.clear();
    this.#idleBytes = 0;
    this.#onDestroy();
  }

  dispose(): void {
    this.trim();
    for (const buffer of this.#live) buffer.destroy();
    this.#live.clear();
    for (const buffers of this.#staging.values()) for (const buffer of buffers) buffer.destroy();
    this.#staging.clear();
    this.#bytes = 0;
  }
}
