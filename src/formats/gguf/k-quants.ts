/**
 * GGUF's k-quants: blocks of 256 numbers whose groups have scales of their own, which are codes too. Layouts as in
 * ggml's `ggml-common.h`; the products and sums are rounded to float32 one by one, as there.
 */
import { halfTable } from '../float';
import type { DequantizeBlock } from './dequantize';

const { fround } = Math;

const byteAt = (source: Uint8Array, at: number): number => source[at] as number;
const halfAt = (source: Uint8Array, at: number): number =>
  halfTable()[byteAt(source, at) | (byteAt(source, at + 1) << 8)] as number;

/**
 * Scale and minimum `j` of 8 in Q4_K and Q5_K: 6 bits each in 12 bytes. The first four lie in bytes 0 … 3 and 4 … 7, the
 * lower bits of the others in bytes 8 … 11, their upper two on top of the first eight bytes.
 */
function scaleAndMin(source: Uint8Array, at: number, j: number): [scale: number, min: number] {
  if (j < 4) return [byteAt(source, at + j) & 63, byteAt(source, at + j + 4) & 63];
  const low = byteAt(source, at + j + 4);
  return [
    (low & 15) | ((byteAt(source, at + j - 4) >> 6) << 4),
    (low >> 4) | ((byteAt(source, at + j) >> 6) << 4),
  ];
}

/** Scale `j` of 16 in Q3_K, −32 … 31: the lower four bits in 8 bytes, the upper two in the 4 that follow. */
function q3Scale(source: Uint8Array, at: number, j: number): number {
  const low = (byteAt(source, at + (j & 7)) >> (j < 8 ? 0 : 4)) & 15;
  const high = (byteAt(source, at + 8 + (j & 3)) >> (2 * (j >> 2))) & 3;
  return (low | (high << 4)) - 32;
}

/** Q4_K and Q5_K, whose fifth bits lie at `fifths`. */
function groupsOf32(
  source: Uint8Array,
  at: number,
  out: Float32Array,
  to: number,
  fifths: number | null,
): void {
  const d = halfAt(source, at);
  const dmin = halfAt(source, at + 2);
  for (let group = 0; group < 8; group++) {
    const [sc, m] = scaleAndMin(source, at + 4, group);
    const scale = fround(d * sc);
    const min = fround(dmin * m);
    const codes = (fifths === null ? at + 16 : fifths + 32) + 32 * (group >> 1);
    const shift = 4 * (group & 1);
    for (let i = 0; i < 32; i++) {
      const fifth = fifths === null ? 0 : (byteAt(source, fifths + i) >> group) & 1;
      const code = ((byteAt(source, codes + i) >> shift) & 15) | (fifth << 4);
      out[to + 32 * group + i] = fround(scale * code) - min;
    }
  }
}

export const K_QUANTS: Readonly<Record<string, DequantizeBlock>> = {
  /** 16 bytes of scales and minima, 64 of codes (2 bits), d, dmin. */
  Q2_K(source, at, out, to) {
    const d = halfAt(source, at + 80);
    const dmin = halfAt(source, at + 82);
    for (let group = 0; group < 16; group++) {
      const sc = byteAt(source, at + group);
      const scale = fround(d * (sc & 15));
      const min = fround(dmin * (sc >> 4));
      // 128 numbers take 32 bytes; each of them holds the numbers i, i + 32, i + 64, i + 96.
      const codes = at + 16 + 32 * (group >> 3) + 16 * (group & 1);
      const shift = 2 * ((group >> 1) & 3);
      for (let i = 0; i < 16; i++) {
        out[to + 16 * group + i] = fround(scale * ((byteAt(source, codes + i) >> shift) & 3)) - min;
      }
    }
  },

  /** 32 bytes of third bits, 64 of codes, 12 of scales, d. A third bit that is 0 takes 4 away. */
  Q3_K(source, at, out, to) {
    const d = halfAt(source, at + 108);
    for (let group = 0; group < 16; group++) {
      const scale = fround(d * q3Scale(source, at + 96, group));
      const half = group >> 3;
      const quarter = (group >> 1) & 3;
      const codes = at + 32 + 32 * half + 16 * (group & 1);
      const thirds = at + 16 * (group & 1);
      for (let i = 0; i < 16; i++) {
        const low = (byteAt(source, codes + i) >> (2 * quarter)) & 3;
        const third = (byteAt(source, thirds + i) >> (4 * half + quarter)) & 1;
        out[to + 16 * group + i] = scale * (low - (third === 1 ? 0 : 4));
      }
    }
  },

  /** d, dmin, 12 bytes of scales and minima, 128 of codes: 64 numbers in 32 bytes, the first half in the low bits. */
  Q4_K: (source, at, out, to) => groupsOf32(source, at, out, to, null),

  /** As Q4_K, with 32 bytes of fifth bits before the codes: bit g of byte i belongs to number i of group g. */
  Q5_K: (source, at, out, to) => groupsOf32(source, at, out, to, at + 16),

  /** 128 bytes of lower four bits, 64 of upper two, 16 signed scales, d. 128 numbers at a time, in quarters of 32. */
  Q6_K(source, at, out, to) {
    const d = halfAt(source, at + 208);
    for (let group = 0; group < 16; group++) {
      const scale = fround(d * ((byteAt(source, at + 192 + group) << 24) >> 24));
      const half = group >> 3;
      const quarter = (group >> 1) & 3;
      const lows = at + 64 * half + 32 * (quarter & 1) + 16 * (group & 1);
      const highs = at + 128 + 32 * half + 16 * (group & 1);
      for (let i = 0; i < 16; i++) {
        const low = (byteAt(source, lows + i) >> (4 * (quarter >> 1))) & 15;
        const high = (byteAt(source, highs + i) >> (2 * quarter)) & 3;
        out[to + 16 * group + i] = scale * ((low | (high << 4)) - 32);
      }
    }
  },
};
