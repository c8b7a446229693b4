import type { AttentionShape } from '../../attention/attention';
import type { Numbers } from '../register';

const at = (values: Numbers, index: number) => values[index] as number;

/** Offsets of a (row, head) in q and out, and of a key's key and value in the cache. */
function layout({ heads, kvHeads, headDim }: AttentionShape) {
  const group = heads / kvHeads;
  return {
    query: (row: number, head: number) => (row * heads + head) * headDim,
    key: (row: number, head: number) => (row * 2 * kvHeads + Math.floor(head / group)) * headDim,
    value: (row: number, head: number) => (row * 2 * kvHeads + kvHeads + Math.floor(head / group)) * headDim,
  };
}

function dot(a: Numbers, atA: number, b: Numbers, atB: number, count: number): number {
  let sum = 0;
  for (let c = 0; c < count; c++) sum += at(a, atA + c) * at(b, atB + c);
  return sum;
}

/** What rows see: `end` as the kernels take it. */
interface Seen {
  readonly end: Numbers;
  readonly window: number | null;
}

/** Rows that row i sees: its ancestors and itself, in a window only those near it. */
function visible({ end, window }: Seen, i: number): number[] {
  const rows: number[] = [];
  for (let j = 0; j <= i; j++) {
    const sees =
      window === null
        ? i < at(end, j)
        : i < at(end, 2 * j) && at(end, 2 * i + 1) - at(end, 2 * j + 1) < window;
    if (sees) rows.push(j);
  }
  return rows;
}

/** Softmax attention of every row over its ancestors; `stats` gets the log-sum-exp of the scaled scores, and zero. */
export function forestAttention(
  args: Seen & { q: Numbers; cache: Numbers },
  shape: AttentionShape,
): { out: Float64Array; stats: Float64Array } {
  const { q, cache } = args;
  const { rows, heads, headDim, scale = 1 / Math.sqrt(headDim) } = shape;
  const place = layout(shape);
  const out = new Float64Array(rows * heads * headDim);
  const stats = new Float64Array(rows * heads * 2);
  for (let i = 0; i < rows; i++) {
    const keys = visible(args, i);
    for (let head = 0; head < heads; head++) {
      const query = place.query(i, head);
      const scores = keys.map((j) => scale * dot(q, query, cache, place.key(j, head), headDim));
      const top = scores.reduce((a, b) => Math.max(a, b), -Infinity);
      const lse = top + Math.log(scores.reduce((sum, s) => sum + Math.exp(s - top), 0));
      stats[2 * (i * heads + head)] = lse;
      keys.forEach((j, n) => {
        const p = Math.exp((scores[n] as number) - lse);
        const value = place.value(j, head);
        for (let c = 0; c < headDim; c++) out[query + c] = at(out, query + c) + p * at(cache, value + c);
      });
    }
  }
  return { out, stats };
}

/** With p the attention and δ = Σ dout∘out: ds = p·(dout·v − δ), dq = Σ ds·k, dk = Σ ds·q, dv = Σ p·dout. */
export function forestAttentionGradient(
  args: Seen & { q: Numbers; cache: Numbers; dout: Numbers },
  shape: AttentionShape,
): { dq: Float64Array; dcache: Float64Array } {
  const { q, cache, dout } = args;
  const { rows, heads, headDim, scale = 1 / Math.sqrt(headDim) } = shape;
  const place = layout(shape);
  const { out, stats } = forestAttention(args, shape);
  const dq = new Float64Array(q.length);
  const dcache = new Float64Array(cache.length);
  for (let i = 0; i < rows; i++) {
    for (let head = 0; head < heads; head++) {
      const query = place.query(i, head);
      const delta = dot(dout, query, out, query, headDim);
      for (const j of visible(args, i)) {
        const key = place.key(j, head);
        const value = place.value(j, head);
        const p = Math.exp(scale * dot(q, query, cache, key, headDim) - at(stats, 2 * (i * heads + head)));
        const ds = scale * p * (dot(dout, query, cache, value, headDim) - delta);
        for (let c = 0; c < headDim; c++) {
          dq[query + c] = at(dq, query + c) + ds * at(cache, key + c);
          dcache[key + c] = at(dcache, key + c) + ds * at(q, query + c);
          dcache[value + c] = at(dcache, value + c) + p * at(dout, query + c);
        }
      }
    }
  }
  return { dq, dcache };
}
