/**
 * Attention over runs of slots. In training, rows are forest nodes, slots are rows and a node sees its ancestors and
 * itself (`forestAttention`); in sampling, the runs are pages of the key/value cache (`attention`).
 * Scores are never stored; cost is linear in the number of visible (query, key) pairs.
 */
import { type Gpu, SHARED_LANES, type Slice } from '../gpu';
import type { Program } from '../program';
import { ROW_SIZE } from '../wgsl/common';
import {
  attentionDeltaProgram,
  attentionProgram,
  forestAttentionProgram,
  forestKeyGradientProgram,
  forestQueryGradientProgram,
  type ForestVariant,
} from './program';

export interface AttentionShape {
  readonly rows: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
}

/** Visible slots per row in compressed form: run r of row i is [runs[2r], runs[2r+1]), start[i] <= r < start[i+1]. */
export interface RunTable {
  readonly start: Uint32Array;
  readonly runs: Uint32Array;
}

/** The same on the GPU. */
export interface RunSlices {
  readonly start: Slice;
  readonly runs: Slice;
}

const cache = new Map<string, Program>();
function program(key: string, build: () => Program): Program {
  const known = cache.get(key) ?? build();
  cache.set(key, known);
  return known;
}

/** Rows of a workgroup to choose from on graphics cards, best guess first. */
export const FOREST_BLOCKS = [32, 64, 16, 8] as const;

const chosen = new WeakMap<Gpu, number>();

/** Sets the rows of a workgroup for a device; null: by the rule of {@link forestBlock}. */
export function setForestBlock(gpu: Gpu, block: number | null): void {
  if (block === null) chosen.delete(gpu.real);
  else chosen.set(gpu.real, block);
}

/** Rows of a forest that one workgroup takes on this device: as many as lanes share loads, or what tuning chose. */
export const forestBlock = (gpu: Gpu): number =>
  chosen.get(gpu.real) ?? (gpu.isSoftware ? SHARED_LANES : FOREST_BLOCKS[0]);

/** The program of a forest kernel for this device, built once. Graphics cards serve one address to all lanes at once. */
function forestProgram(
  gpu: Gpu,
  build: (variant: ForestVariant) => Program,
  headDim: number,
  block: number,
): Program {
  const shared = gpu.isSoftware ? gpu.sharedLanes : 0;
  return program(`${build.name}-${headDim}-${block}-${shared}`, () => build({ headDim, block, shared }));
}

const uniforms = (count: number, shape: AttentionShape) => [
  count,
  shape.heads,
  shape.kvHeads,
  1 / Math.sqrt(shape.headDim),
];

/**
 * @param args.q [rows, heads, headDim]; cache [slots, 2, kvHeads, headDim], keys first; out like q;
 *   stats [rows, heads, 2], whose even entries receive the log-sum-exp.
 */
export function attention(
  gpu: Gpu,
  args: { q: Slice; cache: Slice; visible: RunSlices; out: Slice; stats: Slice },
  shape: AttentionShape,
): void {
  const count = shape.rows * shape.heads;
  gpu.run(
    program(`rows-${shape.headDim}`, () => attentionProgram(shape.headDim)),
    [args.q, args.cache, args.visible.start, args.visible.runs, args.out, args.stats],
    uniforms(count, shape),
    gpu.grid(count, ROW_SIZE),
  );
}

/** Rows of a forest whose attention is wanted, in rising order. Arrays of u32 on the GPU. */
export interface ForestQueries {
  readonly count: number;
  /** How many of them a workgroup takes; {@link forestBlock} of the device. */
  readonly block: number;
  /** Their rows, [count]. */
  readonly rows: Slice;
  /** Per row of the forest, how many of the rows before it are among them; [rows + 1]. */
  readonly before: Slice;
  /** What they see, block by block: {@link blockWalks}. */
  readonly walks: Slice;
}

/** A forest on the GPU: `end` per row. */
export interface ForestSlices {
  readonly end: Slice;
  /** All its rows. */
  readonly all: ForestQueries;
}

/**
 * {@link attention} where slot = row and visibility is a forest's: rows near each other share their loads.
 * @param args.queries whose attention is computed; `out` [queries, heads, headDim] and `stats` [queries, heads, 2] have
 *   a row for each, `q` one for each row of the forest.
 */
export function forestAttention(
  gpu: Gpu,
  args: { q: Slice; cache: Slice; end: Slice; queries: ForestQueries; out: Slice; stats: Slice },
  shape: AttentionShape,
): void {
  const { q, cache, end, queries, out, stats } = args;
  gpu.run(
    forestProgram(gpu, forestAttentionProgram, shape.headDim, queries.block),
    [q, cache, queries.rows, queries.walks, end, out, stats],
    uniforms(queries.count, shape),
    [Math.ceil(queries.count / queries.block), shape.heads, 1],
  );
}

/**
 * Rows of dq like q that ask, the others are left as they are, and dcache like cache, from dout like out. `stats` is
 * completed in place.
 */
export function forestAttentionGradient(
  gpu: Gpu,
  args: {
    q: Slice;
    cache: Slice;
    end: Slice;
    queries: ForestQueries;
    out: Slice;
    dout: Slice;
    stats: Slice;
    dq: Slice;
    dcache: Slice;
  },
  shape: AttentionShape,
): void {
  const { q, cache, end, queries, out, dout, stats, dq, dcache } = args;
  const vectors = queries.count * shape.heads;
  gpu.run(
    program(`delta-${shape.headDim}`, () => attentionDeltaProgram(shape.headDim)),
    [out, dout, stats],
    [vectors],
    gpu.grid(vectors, ROW_SIZE),
  );
  gpu.run(
    forestProgram(gpu, forestQueryGradientProgram, shape.headDim, queries.block),
    [q, cache, queries.rows, queries.walks, end, dout, stats, dq],
    uniforms(queries.count, shape),
    [Math.ceil(queries.count / queries.block), shape.heads, 1],
  );
  gpu.run(
    forestProgram(gpu, forestKeyGradientProgram, shape.headDim, queries.block),
    [q, cache, queries.rows, queries.before, dout, stats, end, dcache],
    uniforms(shape.rows, shape),
    [Math.ceil(shape.rows / queries.block), shape.kvHeads, 1],
  );
}

/**
 * Runs of every node of a forest: its ancestors and itself as maximal ranges of consecutive indices.
 * In depth-first order a first child follows its parent, so a chain is one run.
 */
export function forestRuns(parent: Int32Array): RunTable {
  const n = parent.length;
  const start = new Uint32Array(n + 1);
  const runs: number[] = [];
  for (let i = 0; i < n; i++) {
    start[i] = runs.length / 2;
    const up = parent[i] as number;
    if (up >= 0) {
      const from = start[up] as number;
      const to = start[up + 1] as number;
      for (let r = from; r < to; r++) runs.push(runs[2 * r] as number, runs[2 * r + 1] as number);
    }
    if (up >= 0 && up === i - 1) runs[runs.length - 1] = i + 1;
    else runs.push(i, i + 1);
  }
  start[n] = runs.length / 2;
  return { start, runs: Uint32Array.from(runs) };
}

/**
 * For every `block` consecutive ones of `rows`, the union of their runs: first, for each block and once
 * more for the end, where in this array its runs begin; then the runs, [from, to) each, in order.
 */
export function blockWalks(table: RunTable, rows: Uint32Array, block: number): Uint32Array {
  const blocks = Math.ceil(rows.length / block);
  const runs: number[] = [];
  const begins = Array.from({ length: blocks }, (_, b) => {
    const begin = blocks + 1 + runs.length;
    const parts = [...rows.subarray(b * block, (b + 1) * block)].flatMap((row) => runsOf(table, row));
    parts.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    const first = runs.length;
    for (const [from, to] of parts) {
      const last = runs.length - 1;
      if (last > first && from <= (runs[last] as number)) runs[last] = Math.max(runs[last] as number, to);
      else runs.push(from, to);
    }
    return begin;
  });
  return Uint32Array.from([...begins, blocks + 1 + runs.length, ...runs]);
}

function runsOf({ start, runs }: RunTable, row: number): [number, number][] {
  const found: [number, number][] = [];
  for (let r = start[row] as number; r < (start[row + 1] as number); r++) {
    found.push([runs[2 * r] as number, runs[2 * r + 1] as number]);
  }
  return found;
}
