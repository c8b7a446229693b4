import type { RotaryShape } from '../../rotary/rotary';
import type { Numbers } from '../register';

export interface QkNormNumbers {
  readonly q: Numbers;
  readonly k: Numbers;
}

const at = (values: Numbers, index: number) => values[index] as number;

/** Where head h of a row goes: q, or keys and values of the cache. */
function placeOf(row: number, h: number, { heads, kvHeads, headDim }: RotaryShape) {
  if (h < heads) return { kind: 'q', offset: (row * heads + h) * headDim } as const;
  const kind = h < heads + kvHeads ? 'k' : 'v';
  return { kind, offset: (row * 2 * kvHeads + h - heads) * headDim } as const;
}

/** Factor that the q/k norm applies to a head before its weight; 1 without norm. */
function rstd(qkv: Numbers, base: number, shape: RotaryShape, norm: QkNormNumbers | null): number {
  if (norm === null) return 1;
  let squares = 0;
  for (let c = 0; c < shape.headDim; c++) squares += at(qkv, base + c) ** 2;
  return 1 / Math.sqrt(squares / shape.headDim + shape.eps);
}

/** q [rows, heads, headDim] and cache [rows, 2, kvHeads, headDim] from qkv [rows, (heads + 2·kvHeads)·headDim]. */
export function rotary(
  args: { qkv: Numbers; table: Numbers; position: Numbers; norm: QkNormNumbers | null },
  shape: RotaryShape,
): { q: Float64Array; cache: Float64Array } {
  const { qkv, table, position, norm } = args;
  const { rows, heads, kvHeads, headDim } = shape;
  const half = headDim / 2;
  const q = new Float64Array(rows * heads * headDim);
  const cache = new Float64Array(rows * 2 * kvHeads * headDim);
  for (let row = 0; row < rows; row++) {
    for (let h = 0; h < heads + 2 * kvHeads; h++) {
      const base = (row * (heads + 2 * kvHeads) + h) * headDim;
      const { kind, offset } = placeOf(row, h, shape);
      const to = kind === 'q' ? q : cache;
      if (kind === 'v') {
        for (let c = 0; c < headDim; c++) to[offset + c] = at(qkv, base + c);
        continue;
      }
      const scale = rstd(qkv, base, shape, norm);
      const value = (c: number) => at(qkv, base + c) * scale * (norm === null ? 1 : at(norm[kind], c));
      for (let c = 0; c < half; c++) {
        const turn = (at(position, row) * half + c) * 2;
        const cos = at(table, turn);
        const sin = at(table, turn + 1);
        to[offset + c] = value(c) * cos - value(half + c) * sin;
        to[offset + half + c] = value(half + c) * cos + value(c) * sin;
      }
    }
  }
  return { q, cache };
}

/** dqkv from dq and dcache: the rotation back, then the gradient of the norm. */
export function rotaryGradient(
  args: {
    dq: Numbers;
    dcache: Numbers;
    table: Numbers;
    position: Numbers;
    qkv: Numbers;
    norm: QkNormNumbers | null;
  },
  shape: RotaryShape,
): Float64Array {
  const { dq, dcache, table, position, qkv, norm } = args;
  const { rows, heads, kvHeads, headDim } = shape;
  const half = headDim / 2;
  const dqkv = new Float64Array(rows * (heads + 2 * kvHeads) * headDim);
  for (let row = 0; row < rows; row++) {
    for (let h = 0; h < heads + 2 * kvHeads; h++) {
      const base = (row * (heads + 2 * kvHeads) + h) * headDim;
      const { kind, offset } = placeOf(row, h, shape);
      const from = kind === 'q' ? dq : dcache;
      if (kind === 'v') {
        for (let c = 0; c < headDim; c++) dqkv[base + c] = at(from, offset + c);
        continue;
      }
      const back = new Float64Array(headDim);
      for (let c = 0; c < half; c++) {
        const turn = (at(position, row) * half + c) * 2;
        const cos = at(table, turn);
        const sin = at(table, turn + 1);
        back[c] = at(from, offset + c) * cos + at(from, offset + half + c) * sin;
        back[half + c] = at(from, offset + half + c) * cos - at(from, offset + c) * sin;
      }
      if (norm === null) {
        dqkv.set(back, base);
        continue;
      }
      const scale = rstd(qkv, base, shape, norm);
      let along = 0;
      for (let c = 0; c < headDim; c++) {
        back[c] = at(back, c) * at(norm[kind], c);
        along += at(back, c) * at(qkv, base + c);
      }
      for (let c = 0; c < headDim; c++) {
        dqkv[base + c] = at(back, c) * scale - (at(qkv, base + c) * along * scale ** 3) / headDim;
      }
    }
  }
  return dqkv;
}
