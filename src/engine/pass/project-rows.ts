/** Full logits of a few rows, for drawing tokens and for callers that want them all. Training never makes them. */
import type { RowChunk } from '../../kernels/embedding/embedding';
import type { Gpu, Slice } from '../../kernels/gpu';
import { matmul } from '../../kernels/matmul/matmul';

/** logits [rows, vocabulary] of normed rows first … first+rows-1; `first` is a multiple of 64 (binding alignment). */
export function projectRows(
  gpu: Gpu,
  normed: Slice,
  head: readonly RowChunk[],
  logits: Slice,
  shape: { first: number; rows: number; width: number; vocabulary: number },
): void {
  const { first, rows, width, vocabulary } = shape;
  const from = { buffer: normed.buffer, offset: normed.offset + first * width * 4, size: rows * width * 4 };
  for (const chunk of head) {
    matmul(gpu, {
      layout: 'nt',
      a: from,
      b: chunk.slice,
      out: logits,
      lda: width,
      ldb: width,
      ldo: vocabulary,
      modules: [{ width: chunk.rows, height: rows, inner: width, o0: chunk.firstRow }],
    });
  }
}
