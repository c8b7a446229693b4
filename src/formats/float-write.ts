/** float32 numbers as 16-bit ones: the nearest, ties to even. */

/** Largest finite binary16. */
const MAX_HALF = 0x7bff;

const word = new Float32Array(1);
const wordBits = new Uint32Array(word.buffer);

/** binary16 as bits. What is finite stays finite: beyond ±65504 it is ±65504. */
export function halfBits(value: number): number {
  word[0] = value;
  const bits = wordBits[0] as number;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude >= 0x7f800000) return sign | (magnitude === 0x7f800000 ? 0x7c00 : 0x7e00);
  if (magnitude < 0x38800000) {
    // Below 2^-14 halves are multiples of 2^-24, which is the spacing of float32 from 0.5 to 1.
    word[0] = Math.abs(value) + 0.5;
    return sign | ((wordBits[0] as number) - 0x3f000000);
  }
  const rounded = (magnitude + 0xfff + ((magnitude >>> 13) & 1) - 0x38000000) >>> 13;
  return sign | Math.min(rounded, MAX_HALF);
}

export function toFloat16(source: Float32Array): Uint16Array<ArrayBuffer> {
  const halves = new Uint16Array(source.length);
  for (let i = 0; i < source.length; i++) halves[i] = halfBits(source[i] as number);
  return halves;
}

/** bfloat16, the upper half of a float32. A NaN stays one. */
export function toBfloat16(source: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(source.buffer, source.byteOffset, source.length);
  const halves = new Uint16Array(source.length);
  for (let i = 0; i < source.length; i++) {
    const b = bits[i] as number;
    const isNaN = (b & 0x7fffffff) > 0x7f800000;
    halves[i] = isNaN ? (b >>> 16) | 0x40 : (b + 0x7fff + ((b >>> 16) & 1)) >>> 16;
  }
  return halves;
}
