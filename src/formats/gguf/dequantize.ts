/**
 * Numbers out of GGUF's blocks, with the arithmetic of ggml's reference code (`ggml-quants.c`, `dequantize_row_*`) in
 * float32, so that they equal those of other readers bit by bit.
 */
import { PolicyError } from '../../errors/policy';
import { aligned, fromBfloat16, fromFloat16, halfTable } from '../float';
import { K_QUANTS } from './k-quants';
import { blockFormat, FORMAT_NAMES, formatName } from './types';

/**
 * Writes the numbers of one block.
 * @param at byte of `source` at which it begins
 * @param to index of its first number in `out`
 */
export type DequantizeBlock = (source: Uint8Array, at: number, out: Float32Array, to: number) => void;

const { fround } = Math;

/** float32 of the binary16 at a byte. */
export function half(source: Uint8Array, at: number): number {
  return halfTable()[(source[at] as number) | ((source[at + 1] as number) << 8)] as number;
}

/** Blocks of 32: a scale, perhaps a minimum, and codes; numbers 0 … 15 in the low halves of bytes, 16 … 31 in the high. */
const SIMPLE: Readonly<Record<string, DequantizeBlock>> = {
  Q4_0(source, at, out, to) {
    const d = half(source, at);
    for (let i = 0; i < 16; i++) {
      const byte = source[at + 2 + i] as number;
      out[to + i] = d * ((byte & 15) - 8);
      out[to + 16 + i] = d * ((byte >> 4) - 8);
    }
  },
  Q4_1(source, at, out, to) {
    const d = half(source, at);
    const m = half(source, at + 2);
    for (let i = 0; i < 16; i++) {
      const byte = source[at + 4 + i] as number;
      out[to + i] = fround(d * (byte & 15)) + m;
      out[to + 16 + i] = fround(d * (byte >> 4)) + m;
    }
  },
  Q5_0(source, at, out, to) {
    const d = half(source, at);
    for (let i = 0; i < 16; i++) {
      const byte = source[at + 6 + i] as number;
      out[to + i] = d * (((byte & 15) | fifthBit(source, at + 2, i)) - 16);
      out[to + 16 + i] = d * (((byte >> 4) | fifthBit(source, at + 2, 16 + i)) - 16);
    }
  },
  Q5_1(source, at, out, to) {
    const d = half(source, at);
    const m = half(source, at + 2);
    for (let i = 0; i < 16; i++) {
      const byte = source[at + 8 + i] as number;
      out[to + i] = fround(d * ((byte & 15) | fifthBit(source, at + 4, i))) + m;
      out[to + 16 + i] = fround(d * ((byte >> 4) | fifthBit(source, at + 4, 16 + i))) + m;
    }
  },
  Q8_0(source, at, out, to) {
    const d = half(source, at);
    for (let i = 0; i < 32; i++) out[to + i] = d * (((source[at + 2 + i] as number) << 24) >> 24);
  },
};

/** Bit `i` of the 32 that begin at a byte, as the fifth of a code. */
const fifthBit = (source: Uint8Array, at: number, i: number): number =>
  (((source[at + (i >> 3)] as number) >> (i & 7)) & 1) << 4;

const BLOCKS: Readonly<Record<string, DequantizeBlock>> = { ...SIMPLE, ...K_QUANTS };

/**
 * @param type number format of the tensor
 * @param source whole blocks
 * @throws PolicyError for a format that is not read
 */
export function dequantize(type: number, source: Uint8Array, name: string, origin: string): Float32Array {
  const format = blockFormat(type);
  if (format === null) {
    throw PolicyError.of('policy/gguf-type', { origin, name, type: formatName(type), known: FORMAT_NAMES });
  }
  if (format.name === 'F32') {
    const { buffer, byteOffset, byteLength } = aligned(source, 4);
    return new Float32Array(buffer, byteOffset, byteLength / 4);
  }
  if (format.name === 'F16' || format.name === 'BF16') {
    const { buffer, byteOffset, byteLength } = aligned(source, 2);
    const halves = new Uint16Array(buffer, byteOffset, byteLength / 2);
    return format.name === 'F16' ? fromFloat16(halves) : fromBfloat16(halves);
  }
  const block = BLOCKS[format.name] as DequantizeBlock;
  const count = source.length / format.bytes;
  const out = new Float32Array(count * format.numbers);
  for (let b = 0; b < count; b++) block(source, b * format.bytes, out, b * format.numbers);
  return out;
}

/** Bits of the codes of formats whose blocks are `scale · code`, 32 at a time. */
export const CODE_BITS: Readonly<Record<string, number>> = { Q4_0: 4, Q5_0: 5, Q8_0: 8 };

/** Scales and codes of such blocks; formats are those of {@link CODE_BITS}. */
export function scalesAndCodes(type: number, source: Uint8Array): { scales: Float32Array; codes: Int8Array } {
  const { name, bytes } = blockFormat(type) as { name: string; bytes: number };
  const count = source.length / bytes;
  const scales = new Float32Array(count);
  const codes = new Int8Array(32 * count);
  for (let b = 0; b < count; b++) {
    const at = b * bytes;
    const to = 32 * b;
    scales[b] = half(source, at);
    for (let i = 0; i < 16; i++) {
      if (name === 'Q8_0') {
        codes[to + i] = source[at + 2 + i] as number;
        codes[to + 16 + i] = source[at + 18 + i] as number;
      } else if (name === 'Q4_0') {
        const byte = source[at + 2 + i] as number;
        codes[to + i] = (byte & 15) - 8;
        codes[to + 16 + i] = (byte >> 4) - 8;
      } else {
        const byte = source[at + 6 + i] as number;
        codes[to + i] = ((byte & 15) | fifthBit(source, at + 2, i)) - 16;
        codes[to + 16 + i] = ((byte >> 4) | fifthBit(source, at + 2, 16 + i)) - 16;
      }
    }
  }
  return { scales, codes };
}
