/**
 * Philox4x32-10, the counter-based generator of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3"
 * (SC 2011). Every draw is a pure function of (seed, stream, counter), so runs repeat, resume and parallelise
 * without state. `src/kernels/wgsl/philox.ts` is the same function on the GPU.
 */

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/** High 32 bits of the 64-bit product of two unsigned 32-bit numbers. */
function mulHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const low = aLow * bLow;
  const middle = aHigh * bLow + (low >>> 16);
  const middleLow = (middle & 0xffff) + aLow * bHigh;
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(middleLow / 0x10000)) >>> 0;
}

export type Counter = readonly [number, number, number, number];
export type Key = readonly [number, number];

/** Ten rounds of Philox4x32. All numbers are unsigned 32-bit. */
export function philox4x32(counter: Counter, key: Key): [number, number, number, number] {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const h0 = mulHigh(M0, c0);
    const l0 = Math.imul(M0, c0) >>> 0;
    const h1 = mulHigh(M1, c2);
    const l1 = Math.imul(M1, c2) >>> 0;
    [c0, c1, c2, c3] = [(h1 ^ c1 ^ k0) >>> 0, l1, (h0 ^ c3 ^ k1) >>> 0, l0];
    k0 = (k0 + W0) >>> 0;
    k1 = (k1 + W1) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** FNV-1a of a label, to give each purpose ("questions", "lora-init", …) a stream of its own. */
export function streamOf(label: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < label.length; i++) {
    hash = Math.imul(hash ^ label.charCodeAt(i), 0x01000193) >>> 0;
  }
  return hash;
}

/** A sequence of draws for one purpose; two generators with equal arguments give equal draws. */
export class Random {
  readonly #key: Key;
  readonly #index: number;
  readonly #sub: number;
  #block = 0;
  #buffer: number[] = [];

  /** @param index e.g. the step number; `sub` e.g. the group: both only separate streams. */
  constructor(seed: number, label: string, index = 0, sub = 0) {
    this.#key = [seed >>> 0, streamOf(label)];
    this.#index = index >>> 0;
    this.#sub = sub >>> 0;
  }

  /** Uniform unsigned 32-bit integer. */
  uint32(): number {
    if (this.#buffer.length === 0) {
      this.#buffer = philox4x32([this.#block++, this.#index, this.#sub, 0], this.#key).reverse();
    }
    return this.#buffer.pop() as number;
  }

  /** Uniform in [0, 1) with 24 bits. */
  uniform(): number {
    return (this.uint32() >>> 8) / 0x1000000;
  }

  /** Uniform integer in [0, n); bias below 2^-32 * n. */
  integer(n: number): number {
    return Math.floor((this.uint32() / 0x100000000) * n);
  }

  /** Standard normal (Box-Muller). */
  normal(): number {
    const u = 1 - this.uniform();
    const v = this.uniform();
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('Random.pick needs at least one item, got none.');
    return items[this.integer(items.length)] as T;
  }

  /** A shuffled copy (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const copy = items.slice();
    for (let i = copy.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
    }
    return copy;
  }
}
