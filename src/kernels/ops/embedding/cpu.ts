import type { Numbers } from '../register';

/** out[i] = scale · table[ids[i]], zeros for ids outside the table. */
export function embedding(ids: Numbers, table: Numbers, width: number, scale = 1): Float64Array {
  const rows = table.length / width;
  const out = new Float64Array(ids.length * width);
  for (let i = 0; i < ids.length; i++) {
    const row = ids[i] as number;
    if (row < 0 || row >= rows) continue;
    for (let c = 0; c < width; c++) out[i * width + c] = scale * (table[row * width + c] as number);
  }
  return out;
}

/** dtable[id] = Σ dy[i] over positions i with that id. */
export function embeddingGradient(ids: Numbers, dy: Numbers, rows: number, width: number): Float64Array {
  const dtable = new Float64Array(rows * width);
  for (let i = 0; i < ids.length; i++) {
    const row = ids[i] as number;
    if (row < 0 || row >= rows) continue;
    for (let c = 0; c < width; c++) {
      dtable[row * width + c] = (dtable[row * width + c] as number) + (dy[i * width + c] as number);
    }
  }
  return dtable;
}
