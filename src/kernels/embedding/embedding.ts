/** Embedding lookup, and its gradient for full-parameter training. */
import type { Gpu, Slice } from '../gpu';
import type { Program } from '../program';
import { ELEMENTWISE_SIZE, elementwise } from '../wgsl/common';

/** A matrix of `rows` x width cut by rows into buffers that fit one binding each. */
export interface RowChunk {
  readonly slice: Slice;
  readonly firstRow: number;
  readonly rows: number;
}

const forwardProgram: Program = {
  key: 'embedding',
  storage: [
    { name: 'ids', type: 'array<i32>', access: 'r' },
    { name: 'table', type: 'array<f32>', access: 'r' },
    { name: 'o', type: 'array<f32>', access: 'rw' },
  ],
  uniforms: [
    { name: 'count', type: 'u32' },
    { name: 'width', type: 'u32' },
    { name: 'first', type: 'u32' },
    { name: 'rows', type: 'u32' },
  ],
  workgroup: [ELEMENTWISE_SIZE, 1, 1],
  body: elementwise(
    ELEMENTWISE_SIZE,
    `let row = u32(ids[i / p.width]);
  if (row >= p.first && row < p.first + p.rows) { o[i] = table[(row - p.first) * p.width + i % p.width]; }`,
  ),
};

/** o[i] = table[ids[i]] for `count` ids; `o` is [count, width]. */
export function embed(
  gpu: Gpu,
  ids: Slice,
  table: readonly RowChunk[],
  out: Slice,
  count: number,
  width: number,
): void {
  for (const chunk of table) {
    gpu.run(
      forwardProgram,
      [ids, chunk.slice, out],
      [count * width, width, chunk.firstRow, chunk.rows],
      gpu.grid(count * width, ELEMENTWISE_SIZE),
    );
  }
}

const backwardProgram: Program = {
  key: 'embedding-gradient',
  storage: [
    { name: 'starts', type: 'array<u32>', access: 'r' },
    { name: 'positions', type: 'array<u32>', access: 'r' },
    { name: 'rows', type: 'array<u32>', access: 'r' },
    { name: 'dy', type: 'array<f32>', access: 'r' },
    { name: 'dtable', type: 'array<f32>', access: 'rw' },
  ],
  uniforms: [
    { name: 'count', type: 'u32' },
    { name: 'width', type: 'u32' },
  ],
  workgroup: [ELEMENTWISE_SIZE, 1, 1],
  body: elementwise(
    ELEMENTWISE_SIZE,
    `let distinct = i / p.width;
  let c = i % p.width;
  var sum = 0.0;
  for (var j = starts[distinct]; j < starts[distinct + 1u]; j++) { sum += dy[positions[j] * p.width + c]; }
  dtable[rows[distinct] * p.width + c] += sum;`,
  ),
};

/**
 * dtable[id] += Σ dy[i] over positions i with that id, in position order (no atomics, so repeatable).
 * @param dtable gradient of the whole table as one slice (full-parameter training keeps it in one arena).
 */
export function embedGradient(gpu: Gpu, ids: Int32Array, dy: Slice, dtable: Slice, width: number): void {
  const byId = new Map<number, number[]>();
  ids.forEach((id, i) => {
    const list = byId.get(id);
    if (list === undefined) byId.set(id, [i]);
    else list.push(i);
  });
  const starts = new Uint32Array(byId.size + 1);
  const rows = Uint32Array.from(byId.keys());
  const positions = new Uint32Array(ids.length);
  let at = 0;
  [...byId.values()].forEach((list, d) => {
    starts[d] = at;
    positions.set(list, at);
    at += list.length;
  });
  starts[byId.size] = at;
  const buffers = [gpu.upload(starts), gpu.upload(positions), gpu.upload(rows)];
  gpu.run(
    backwardProgram,
    [...buffers, dy, dtable],
    [byId.size * width, width],
    gpu.grid(byId.size * width, ELEMENTWISE_SIZE),
  );
  gpu.free(...buffers);
}
