/** Bind groups by pipeline and buffers, so that a repeated step makes none. */
import type { Slice } from './gpu';
import type { Compiled } from './pipelines';

interface Entry {
  readonly pipeline: number;
  /** Buffer number, offset and size of every slice. */
  readonly key: readonly number[];
  readonly group: GPUBindGroup;
}

/** Groups kept; beyond it all are forgotten, since batches of ever new sizes would let them grow without end. */
const MAX_GROUPS = 4096;

export class BindGroups {
  readonly #device: GPUDevice;
  readonly #uniforms: GPUBuffer;
  readonly #byHash = new Map<number, Entry[]>();
  readonly #bufferIds = new WeakMap<GPUBuffer, number>();
  #nextId = 1;
  #count = 0;
  /** Key of the call under way; reused, because a step asks hundreds of times. */
  readonly #key: number[] = [];

  /** @param uniforms where the uniform blocks of all dispatches lie */
  constructor(device: GPUDevice, uniforms: GPUBuffer) {
    this.#device = device;
    this.#uniforms = uniforms;
  }

  of(compiled: Compiled, slices: readonly Slice[]): GPUBindGroup {
    const key = this.#key;
    key.length = 3 * slices.length;
    let hash = compiled.id;
    for (let i = 0; i < slices.length; i++) {
      const slice = slices[i] as Slice;
      const { buffer, offset } = slice;
      const bound = slice.bound ?? slice.size;
      const id = this.#idOf(buffer);
      key[3 * i] = id;
      key[3 * i + 1] = offset;
      key[3 * i + 2] = bound;
      hash = Math.imul(hash ^ id, 0x9e3779b1);
      hash = Math.imul(hash ^ (offset >>> 8) ^ bound, 0x85ebca6b) ^ (hash >>> 15);
    }
    const entries = this.#byHash.get(hash);
    const known = entries?.find((entry) => entry.pipeline === compiled.id && same(entry.key, key));
    return known?.group ?? this.#make(compiled, slices, hash);
  }

  clear(): void {
    this.#byHash.clear();
    this.#count = 0;
  }

  #make(compiled: Compiled, slices: readonly Slice[], hash: number): GPUBindGroup {
    const group = makeBindGroup(this.#device, compiled, slices, this.#uniforms);
    if (this.#count === MAX_GROUPS) this.clear();
    this.#count++;
    const entry = { pipeline: compiled.id, key: this.#key.slice(), group };
    const colliding = this.#byHash.get(hash);
    if (colliding === undefined) this.#byHash.set(hash, [entry]);
    else colliding.push(entry);
    return group;
  }

  #idOf(buffer: GPUBuffer): number {
    let id = this.#bufferIds.get(buffer);
    if (id === undefined) {
      id = this.#nextId++;
      this.#bufferIds.set(buffer, id);
    }
    return id;
  }
}

/** @param uniforms where the pipeline's uniform blocks lie, at dynamic offsets */
export function makeBindGroup(
  device: GPUDevice,
  compiled: Compiled,
  slices: readonly Slice[],
  uniforms: GPUBuffer,
): GPUBindGroup {
  const entries: GPUBindGroupEntry[] = slices.map(({ buffer, offset, size, bound }, binding) => ({
    binding,
    resource: { buffer, offset, size: bound ?? size },
  }));
  if (compiled.uniforms.length > 0) {
    const size = Math.ceil(compiled.uniforms.length / 4) * 16;
    entries.push({ binding: slices.length, resource: { buffer: uniforms, offset: 0, size } });
  }
  return device.createBindGroup({ layout: compiled.layout, entries });
}

function same(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
