/** Packing of frozen weights on the host, row by row; layouts in `format.ts`. Nothing here is random. */
import { halfToNumber } from '../../formats/float';
import { halfBits } from '../../formats/float-write';
import { BLOCK, BLOCK_WORDS, type PackedFormat, rowWords } from './format';

/** Number of the block with the largest size, signed; NaN where one is NaN. */
function extreme(data: Float32Array, from: number, to: number): number {
  let found = 0;
  for (let i = from; i < to; i++) {
    const x = data[i] as number;
    if (Math.abs(x) > Math.abs(found) || x !== x) found = x;
  }
  return found;
}

const code = (x: number, scale: number, low: number, high: number) =>
  scale === 0 ? 0 : Math.min(high, Math.max(low, Math.round(x / scale)));

function squaredError(data: Float32Array, from: number, to: number, scale: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) {
    const x = data[i] as number;
    sum += (x - scale * code(x, scale, -8, 7)) ** 2;
  }
  return sum;
}

/**
 * int8: the largest weight is ±127. int4: of two scales the one with the smaller squared error: the largest weight is
 * ±7, or it is −8 and all 16 codes are used (then weights of the other sign above 7/8 of it are cut).
 */
function scaleOf(format: 'int8' | 'int4', data: Float32Array, from: number, to: number): number {
  const largest = extreme(data, from, to);
  if (format === 'int8') return Math.fround(Math.abs(largest) / 127);
  const even = Math.fround(Math.abs(largest) / 7);
  const full = Math.fround(largest / -8);
  return squaredError(data, from, to, full) < squaredError(data, from, to, even) ? full : even;
}

/** @param data rows of `width` numbers, one after the other */
export function packRows(format: PackedFormat, data: Float32Array, width: number): Uint32Array {
  const rows = data.length / width;
  const words = new Uint32Array(rows * rowWords(format, width));
  if (format === 'f16') {
    const halves = new Uint16Array(words.buffer);
    const stride = 2 * rowWords(format, width);
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < width; c++) halves[r * stride + c] = halfBits(data[r * width + c] as number);
    }
    return words;
  }
  const scales = new Float32Array(words.buffer);
  let at = 0;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < width; c += BLOCK, at += BLOCK_WORDS[format]) {
      const from = r * width + c;
      const to = Math.min(from + BLOCK, (r + 1) * width);
      const scale = scaleOf(format, data, from, to);
      scales[at] = scale;
      if (format === 'int8') {
        const codes = new Int8Array(words.buffer, 4 * (at + 1), BLOCK);
        for (let i = from; i < to; i++) codes[i - from] = code(data[i] as number, scale, -127, 127);
      } else {
        // Padding is code 8, which is zero.
        for (let i = from; i < from + BLOCK; i++) {
          const c4 = i < to ? code(data[i] as number, scale, -8, 7) + 8 : 8;
          const n = i - from;
          words[at + 1 + (n >> 3)] = ((words[at + 1 + (n >> 3)] as number) | (c4 << (4 * (n & 7)))) >>> 0;
        }
      }
    }
  }
  return words;
}

/**
 * Rows of blocks that are a scale and codes already, as int8 and int4 keep them: nothing is rounded.
 * @param codes {@link BLOCK} for each scale; for int4 −8 … 7
 */
export function packBlocks(format: 'int8' | 'int4', scales: Float32Array, codes: Int8Array): Uint32Array {
  const words = new Uint32Array(scales.length * BLOCK_WORDS[format]);
  const floats = new Float32Array(words.buffer);
  const bytes = new Int8Array(words.buffer);
  for (let block = 0; block < scales.length; block++) {
    const at = block * BLOCK_WORDS[format];
    const from = block * BLOCK;
    floats[at] = scales[block] as number;
    if (format === 'int8') bytes.set(codes.subarray(from, from + BLOCK), 4 * (at + 1));
    else {
      for (let n = 0; n < BLOCK; n += 2) {
        const low = (codes[from + n] as number) + 8;
        bytes[4 * (at + 1) + (n >> 1)] = low | (((codes[from + n + 1] as number) + 8) << 4);
      }
    }
  }
  return words;
}

/** What kernels read: the inverse of {@link packRows} but for rounding. */
export function unpackRows(format: PackedFormat, words: Uint32Array, width: number): Float32Array {
  const stride = rowWords(format, width);
  const rows = words.length / stride;
  const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  const view = new DataView(words.buffer, words.byteOffset, words.byteLength);
  const data = new Float32Array(rows * width);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < width; c++) {
      let value: number;
      if (format === 'f16') value = halfToNumber(view.getUint16(4 * r * stride + 2 * c, true));
      else {
        const at = 4 * (r * stride + Math.floor(c / BLOCK) * BLOCK_WORDS[format]);
        const n = c % BLOCK;
        const level =
          format === 'int8'
            ? view.getInt8(at + 4 + n)
            : (((bytes[at + 4 + (n >> 1)] as number) >> (4 * (n & 1))) & 15) - 8;
        value = view.getFloat32(at, true) * level;
      }
      data[r * width + c] = value;
    }
  }
  return data;
}
