/** Weights with an adapter folded in, read by rows like weights in a file. */
import { rowWidth, type StoredRows } from '../formats/tensor-store';

export interface LowRankPart {
  /** [rank, inputs] */
  readonly a: Float32Array;
  /** [outputs, rank] */
  readonly b: Float32Array;
  readonly rank: number;
  readonly scale: number;
}

/** W + scale·B·A, [outputs, inputs], added up in float64 and rounded once to float32. */
export function mergedRows(base: StoredRows, low: LowRankPart): StoredRows {
  const inputs = rowWidth(base.shape);
  const { a, b, rank, scale } = low;
  return {
    shape: base.shape,
    format: base.format,
    bytes: base.bytes,
    read: async (from, to) => {
      const weight = await base.read(from, to);
      const merged = new Float32Array(weight.length);
      const sums = new Float64Array(inputs);
      for (let row = from; row < to; row++) {
        sums.fill(0);
        for (let j = 0; j < rank; j++) {
          const factor = scale * (b[row * rank + j] as number);
          const start = j * inputs;
          for (let i = 0; i < inputs; i++) sums[i] = (sums[i] as number) + factor * (a[start + i] as number);
        }
        const at = (row - from) * inputs;
        for (let i = 0; i < inputs; i++) merged[at + i] = (weight[at + i] as number) + (sums[i] as number);
      }
      return merged;
    },
  };
}
