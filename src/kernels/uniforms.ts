/** One buffer of slots for the uniform blocks of many dispatches. */
import { GpuError } from './errors';
import type { Compiled } from './pipelines';

const SLOT = 256;

export class UniformRing {
  readonly buffer: GPUBuffer;
  readonly #device: GPUDevice;
  readonly #data: ArrayBuffer;
  // Typed arrays have the machine's byte order, which is also the device's.
  readonly #u32: Uint32Array;
  readonly #i32: Int32Array;
  readonly #f32: Float32Array;
  #used = 0;

  constructor(device: GPUDevice, slots: number) {
    this.#device = device;
    this.#data = new ArrayBuffer(SLOT * slots);
    this.#u32 = new Uint32Array(this.#data);
    this.#i32 = new Int32Array(this.#data);
    this.#f32 = new Float32Array(this.#data);
    this.buffer = device.createBuffer({
      label: 'uniforms',
      size: SLOT * slots,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
  }

  get full(): boolean {
    return this.#used * SLOT === this.#data.byteLength;
  }

  /** Byte offset of the slot that now holds `values`, one number per word. @throws GpuError when the count differs */
  put({ uniforms, program }: Compiled, values: readonly number[]): number {
    if (values.length !== uniforms.length) {
      throw GpuError.of('gpu/uniforms', {
        program: program.key,
        needed: uniforms.length,
        given: values.length,
      });
    }
    const offset = SLOT * this.#used++;
    let word = offset / 4;
    for (let i = 0; i < values.length; i++, word++) {
      const value = values[i] as number;
      const kind = uniforms[i];
      if (kind === 'u32') this.#u32[word] = value;
      else if (kind === 'f32') this.#f32[word] = value;
      else this.#i32[word] = value;
    }
    return offset;
  }

  /** Sends the slots used so far to the device and starts again; to be called before their dispatches are submitted. */
  send(): void {
    if (this.#used === 0) return;
    this.#device.queue.writeBuffer(this.buffer, 0, this.#data, 0, this.#used * SLOT);
    this.#used = 0;
  }
}
