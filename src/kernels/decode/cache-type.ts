/**
 * How keys and values lie in the cache of sampling, and how kernels read and write them.
 *
 * f32: [slots, 2, kvHeads, headDim], keys first. f16: the same with two numbers a word, c and c + headDim/2 of a head, as
 * rotation makes them in pairs; then the pair is one write, and four neighbouring words are two parts of a vector. Read
 * by `unpack2x16float`, which every device has.
 */
import type { Gpu, Slice } from '../gpu';
import type { Program, StorageBinding } from '../program';
import type { CacheType } from '../../settings/choices';
import { elementwise, ELEMENTWISE_SIZE } from '../wgsl/common';
import { arrayOf, type HeadVector } from '../wgsl/head-vector';

/** Heads of other sizes are kept as f32 alone. */
export const F16_HEAD_MULTIPLE = 8;

/** Words of so many numbers, whole heads. */
export const cacheWords = (type: CacheType, numbers: number): number =>
  type === 'f16' ? numbers / 2 : numbers;

/** End of a program's key. */
export const cacheSuffix = (type: CacheType): string => (type === 'f16' ? '-cache-f16' : '');

/** A cache that head vectors are read from. */
export const readBinding = (type: CacheType, v: HeadVector): StorageBinding => ({
  name: 'cache',
  type: type === 'f16' ? 'array<vec4<u32>>' : v.type,
  access: 'r',
});

/** A cache that pairs are written to; see {@link WRITE_PAIR}. */
export const writeBinding = (type: CacheType): StorageBinding => ({
  name: 'cache',
  type: type === 'f16' ? 'array<u32>' : 'array<f32>',
  access: 'rw',
});

/** Elements of {@link readBinding} that a head takes. */
export const headElements = (type: CacheType, v: HeadVector): number =>
  type === 'f16' ? v.parts / 2 : v.parts;

/** Functions that {@link loadCached} uses. */
export const halves = (type: CacheType): string =>
  type === 'f32'
    ? ''
    : `
fn low_halves(w: vec4<u32>) -> vec4<f32> {
  return vec4<f32>(unpack2x16float(w.x).x, unpack2x16float(w.y).x, unpack2x16float(w.z).x, unpack2x16float(w.w).x);
}
fn high_halves(w: vec4<u32>) -> vec4<f32> {
  return vec4<f32>(unpack2x16float(w.x).y, unpack2x16float(w.y).y, unpack2x16float(w.z).y, unpack2x16float(w.w).y);
}`;

/** {@link HeadVector.load} from the cache. Of f16 each load gives two parts. */
export function loadCached(v: HeadVector, type: CacheType, name: string, at: string, shared: number): string {
  if (type === 'f32') return v.load(name, 'cache', at, shared);
  const count = v.parts / 2;
  const from = (element: string) => `cache[${at} + ${element}]`;
  if (v.isLooped) {
    const all = arrayOf(name);
    const set = (c: string, word: string) =>
      `${all}[${c}] = low_halves(${word}); ${all}[${c} + ${count}u] = high_halves(${word});`;
    if (shared === 0)
      return `for (var c = 0u; c < parts / 2u; c++) { let word = ${from('c')}; ${set('c', 'word')} }`;
    const each = Array.from(
      { length: shared },
      (_, l) =>
        `{ let word = subgroupBroadcast(mine, ${l}u); ${set(`min(g + ${l}u, ${count - 1}u)`, 'word')} }`,
    );
    return `for (var g = 0u; g < parts / 2u; g += ${shared}u) {
      let mine = ${from(`min(g + lane % ${shared}u, ${count - 1}u)`)};
      ${each.join(' ')}
    }`;
  }
  const words = Array.from({ length: count }, (_, c) => {
    const word = `${name}_word${c}`;
    const value =
      shared === 0
        ? from(`${c}u`)
        : `subgroupBroadcast(${name}_mine${Math.floor(c / shared)}, ${c % shared}u)`;
    return `let ${word} = ${value}; let ${name}${c} = low_halves(${word}); let ${name}${c + count} = high_halves(${word});`;
  });
  const mine = Array.from(
    { length: shared === 0 ? 0 : Math.ceil(count / shared) },
    (_, g) => `let ${name}_mine${g} = ${from(`min(${g * shared}u + lane % ${shared}u, ${count - 1}u)`)};`,
  );
  return [...mine, ...words].join(' ');
}

const PACK = `
// What is beyond a half's range is indeterminate in pack2x16float.
fn packed(v: vec2<f32>) -> u32 { return pack2x16float(clamp(v, vec2<f32>(-65504.0), vec2<f32>(65504.0))); }`;

/** WGSL of `keep(slot, head, c, v)`: numbers c and c + hd/2 of a head (keys first), into {@link writeBinding}. */
export const WRITE_PAIR: Readonly<Record<CacheType, string>> = {
  f32: `
fn keep(slot: u32, head: u32, c: u32, v: vec2<f32>) {
  let at = (slot * 2u * p.kv + head) * p.hd + c;
  cache[at] = v.x;
  cache[at + p.hd / 2u] = v.y;
}`,
  f16: `${PACK}
fn keep(slot: u32, head: u32, c: u32, v: vec2<f32>) {
  cache[(slot * 2u * p.kv + head) * (p.hd / 2u) + c] = packed(v);
}`,
};

/** From f32 to f16, or back; `i` counts words from slot `first` on. */
const converting = (to: CacheType): Program => ({
  key: `decode-cache-to-${to}`,
  storage: [
    { name: 'wide', type: 'array<f32>', access: to === 'f16' ? 'r' : 'rw' },
    { name: 'narrow', type: 'array<u32>', access: to === 'f16' ? 'rw' : 'r' },
  ],
  uniforms: [
    { name: 'count', type: 'u32' },
    { name: 'skipped', type: 'u32' },
    { name: 'half', type: 'u32' },
  ],
  workgroup: [ELEMENTWISE_SIZE, 1, 1],
  body: `${to === 'f16' ? PACK : ''}${elementwise(
    ELEMENTWISE_SIZE,
    `let word = i + p.skipped;
  let at = word / p.half * 2u * p.half + word % p.half;
  ${
    to === 'f16'
      ? 'narrow[word] = packed(vec2<f32>(wide[at], wide[at + p.half]));'
      : 'let v = unpack2x16float(narrow[word]); wide[at] = v.x; wide[at + p.half] = v.y;'
  }`,
  )}`,
});
const TO_F16 = converting('f16');
const TO_F32 = converting('f32');

/** Slots of a layer's cache, and the numbers of one. */
export interface CacheSlots {
  readonly from: number;
  readonly to: number;
  readonly numbers: number;
  readonly headDim: number;
}

function convert(gpu: Gpu, program: Program, wide: Slice, narrow: Slice, slots: CacheSlots): void {
  const { from, to, numbers, headDim } = slots;
  const count = ((to - from) * numbers) / 2;
  if (count === 0) return;
  gpu.run(
    program,
    [wide, narrow],
    [count, (from * numbers) / 2, headDim / 2],
    gpu.grid(count, ELEMENTWISE_SIZE),
  );
}

/** f16 from f32, of the same slots. */
export const narrowCache = (gpu: Gpu, wide: Slice, narrow: Slice, slots: CacheSlots): void =>
  convert(gpu, TO_F16, wide, narrow, slots);

/** f32 from f16, of the same slots. */
export const widenCache = (gpu: Gpu, narrow: Slice, wide: Slice, slots: CacheSlots): void =>
  convert(gpu, TO_F32, wide, narrow, slots);
