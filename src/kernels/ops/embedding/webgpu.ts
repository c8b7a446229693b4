import { embed, embedGradient, type EmbeddingShape } from '../../embedding/embedding';
import type { Gpu, Slice } from '../../gpu';

export function embedding(
  gpu: Gpu,
  ids: Slice,
  table: Slice,
  y: Slice,
  shape: EmbeddingShape,
  scale: number,
): void {
  // Ids outside the table leave their rows alone.
  gpu.clear(y);
  embed(gpu, ids, [{ slice: table, firstRow: 0, rows: shape.rows }], y, shape.count, shape.width, scale);
}

export function embeddingGradient(
  gpu: Gpu,
  ids: Slice,
  dy: Slice,
  dtable: Slice,
  shape: EmbeddingShape,
): void {
  gpu.clear(dtable);
  embedGradient(gpu, ids, dy, dtable, shape);
}
