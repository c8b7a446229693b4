/**
 * Formats of frozen weight matrices, stored row by row, [out, in] as in Hugging Face files. This file is the one place
 * that knows how a packed row lies in memory: its length, and the WGSL that reads it. `pack.ts` writes it.
 *
 * f16: IEEE binary16, two to a word; a row is padded to a multiple of four numbers. Read by `unpack2x16float`, which
 * every device has, so no `shader-f16`.
 * int8, int4: blocks of {@link BLOCK} along the row, each one word of scale (f32) and then its codes, lowest bits
 * first. weight = scale · code (int8: two's complement, −127 … 127), scale · (code − 8) (int4, so −8 … 7). The last
 * block of a row is padded with zeros, so what a kernel reads beyond a row's end adds nothing.
 *
 * Blocks of 32: inner lengths of real models are multiples of it, so nothing is wasted; the scale costs one bit a
 * weight; and one large weight makes only 31 others coarse. Scale and codes lie side by side because a lane needs
 * both, and because one binding then serves: token steps already use the eight that every device allows.
 */
import type { WeightFormat } from '../../settings/choices';
import type { StorageBinding } from '../program';

export type PackedFormat = Exclude<WeightFormat, 'f32'>;

/** Weights that share a scale. */
export const BLOCK = 32;
/** Words of a block: its scale and 32 codes. */
export const BLOCK_WORDS = { int8: 1 + BLOCK / 4, int4: 1 + BLOCK / 8 } as const;

/** 32-bit words of a row of `width` weights. */
export function rowWords(format: WeightFormat, width: number): number {
  switch (format) {
    case 'f32':
      return width;
    case 'f16':
      return 2 * Math.ceil(width / 4);
    case 'int8':
    case 'int4':
      return BLOCK_WORDS[format] * Math.ceil(width / BLOCK);
  }
}

/** @param f32 WGSL type of the binding where weights are not packed */
export function weightBinding(
  name: string,
  format: WeightFormat,
  f32: 'array<f32>' | 'array<vec4<f32>>' = 'array<f32>',
): StorageBinding {
  if (format === 'f32') return { name, type: f32, access: 'r' };
  return { name, type: format === 'f16' ? 'array<vec2<u32>>' : 'array<u32>', access: 'r', format };
}

/**
 * WGSL of `quad_x(row, col, width)`: weights col … col+3 of a row of `width`; `col` is a multiple of four below
 * `width`, and what lies beyond the end is zero.
 */
export function packedQuad(name: string, format: PackedFormat): string {
  const head = `fn quad_${name}(row: u32, col: u32, width: u32) -> vec4<f32>`;
  if (format === 'f16') {
    return `${head} {
  let halves = ${name}[row * ((width + 3u) >> 2u) + (col >> 2u)];
  return vec4<f32>(unpack2x16float(halves.x), unpack2x16float(halves.y));
}`;
  }
  const block = `let at = (row * ((width + ${BLOCK - 1}u) / ${BLOCK}u) + col / ${BLOCK}u) * ${BLOCK_WORDS[format]}u;
  let scale = bitcast<f32>(${name}[at]);`;
  if (format === 'int8') {
    return `${head} {
  ${block}
  let codes = bitcast<i32>(${name}[at + 1u + ((col >> 2u) & 7u)]);
  return scale * vec4<f32>((vec4<i32>(codes) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u));
}`;
  }
  return `${head} {
  ${block}
  let codes = ${name}[at + 1u + ((col >> 3u) & 3u)] >> ((col & 4u) << 2u);
  return scale * (vec4<f32>((vec4<u32>(codes) >> vec4<u32>(0u, 4u, 8u, 12u)) & vec4<u32>(15u)) - 8.0);
}`;
}

/** WGSL of `at_x(row, col, width)`: one weight, for kernels that copy rows. */
export function weightAt(name: string, format: WeightFormat): string {
  const head = `fn at_${name}(row: u32, col: u32, width: u32) -> f32`;
  if (format === 'f32') return `${head} { return ${name}[row * width + col]; }`;
  return `${packedQuad(name, format)}
${head} { return quad_${name}(row, col & ~3u, width)[col & 3u]; }`;
}
