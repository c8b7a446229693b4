/** Embedding lookup, and its gradient for full-parameter training. */
import type { Gpu, Slice } from '../gpu';
import type { Program } from '../program';
import { weightAt, weightBinding } from '../weights/format';
import { type WeightFormat } from '../../settings/choices';
import { ELEMENTWISE_SIZE, elementwise } from '../wgsl/common';

/** A matrix of `rows` x width, maybe packed, cut by rows into buffers that fit one binding each. */
export interface RowChunk {
  readonly slice: Slice;
  readonly firstRow: number;
  readonly rows: number;
}

const forwardProgram = (weights: WeightFormat): Program => ({
  key: weights === 'f32' ? 'embedding' : `embedding-${weights}`,
  storage: [
    { name: 'ids', type: 'array<i32>', access: 'r' },
    weightBinding('table', weights),
    { name: 'o', type: 'array<f32>', access: 'rw' },
  ],
  uniforms: [
    { name: 'count', type: 'u32' },
    { name: 'width', type: 'u32' },
    { name: 'first', type: 'u32' },
    { name: 'rows', type: 'u32' },
    { name: 'scale', type: 'f32' },
  ],
  workgroup: [ELEMENTWISE_SIZE, 1, 1],
  body: `${weightAt('table', weights)}
${elementwise(
  ELEMENTWISE_SIZE,
  `let row = u32(ids[i / p.width]);
  if (row >= p.first && row < p.first + p.rows) { o[i] = p.scale * at_table(row - p.first, i % p.width, p.width); }`,
)}`,
});

/** o[i] = scale · table[ids[i]] for `count` ids; `o` is [count, width]. */
export function embed(
  gpu: Gpu,
  ids: Slice,
  table: readonly RowChunk[],
  out: Slice,
  count: number,
  width: number,
  scale = 1,
): void {
  for (const chunk of table) {
    gpu.run(
      forwardProgram(chunk.slice.format ?? 'f32'),
      [ids, chunk.slice, out],
      [count * width, width, chunk.firstRow, chunk.rows, scale],
      gpu.grid(count * width, ELEMENTWISE_SIZE),
    );
  }
}

/** Chains the positions that hold the same id: per position the next such one (`count` for none) and whether it is the first. */
const chainProgram: Program = {
  key: 'embedding-chain',
  storage: [
    { name: 'ids', type: 'array<i32>', access: 'r' },
    { name: 'chain', type: 'array<vec2<u32>>', access: 'rw' },
  ],
  uniforms: [{ name: 'count', type: 'u32' }],
  workgroup: [ELEMENTWISE_SIZE, 1, 1],
  body: elementwise(
    ELEMENTWISE_SIZE,
    `let id = ids[i];
  var isFirst = 1u;
  for (var j = 0u; j < i; j++) { if (ids[j] == id) { isFirst = 0u; break; } }
  var next = i + 1u;
  while (next < p.count && ids[next] != id) { next++; }
  chain[i] = vec2<u32>(next, isFirst);`,
  ),
};

const backwardProgram: Program = {
  key: 'embedding-gradient',
  storage: [
    { name: 'ids', type: 'array<i32>', access: 'r' },
    { name: 'chain', type: 'array<vec2<u32>>', access: 'r' },
    { name: 'dy', type: 'array<f32>', access: 'r' },
    { name: 'dtable', type: 'array<f32>', access: 'rw' },
  ],
  uniforms: [
    { name: 'count', type: 'u32' },
    { name: 'width', type: 'u32' },
    { name: 'positions', type: 'u32' },
    { name: 'rows', type: 'u32' },
  ],
  workgroup: [ELEMENTWISE_SIZE, 1, 1],
  body: elementwise(
    ELEMENTWISE_SIZE,
    `let first = i / p.width;
  let c = i % p.width;
  let row = u32(ids[first]);
  if (chain[first].y == 0u || row >= p.rows) { return; }
  var sum = 0.0;
  for (var j = first; j < p.positions; j = chain[j].x) { sum += dy[j * p.width + c]; }
  dtable[row * p.width + c] += sum;`,
  ),
};

/** `count` positions look up a table of `rows` x `width`. */
export interface EmbeddingShape {
  readonly count: number;
  readonly width: number;
  readonly rows: number;
}

/**
 * dtable[id] += Σ dy[i] over positions i with that id, in position order (no atomics, so repeatable). Finding equal ids
 * takes count² comparisons, little beside the layers above.
 * @param dtable gradient of the whole table as one slice (full-parameter training keeps it in one arena).
 */
export function embedGradient(gpu: Gpu, ids: Slice, dy: Slice, dtable: Slice, shape: EmbeddingShape): void {
  const { count, width, rows } = shape;
  const chain = gpu.alloc(2 * count, 'equal ids');
  gpu.run(chainProgram, [ids, chain], [count], gpu.grid(count, ELEMENTWISE_SIZE));
  gpu.run(
    backwardProgram,
    [ids, chain, dy, dtable],
    [count * width, width, count, rows],
    gpu.grid(count * width, ELEMENTWISE_SIZE),
  );
  gpu.free(chain);
}
