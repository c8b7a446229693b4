/**
 * Attention over runs of slots. In training, rows are forest nodes, slots are rows and a node sees its ancestors and
 * itself (`forestAttention`); in sampling, the runs are pages of the key/value cache (`attention`).
 * Scores are never stored; cost is linear in the number of visible (query, key) pairs.
 */
import type { Gpu, Slice } from '../gpu';
import type { Program } from '../program';
import { ROW_SIZE } from '../wgsl/common';
import {
  attentionDeltaProgram,
  attentionProgram,
  FOREST_BLOCK,
  forestAttentionProgram,
  forestKeyGradientProgram,
  forestQueryGradientProgram,
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

/** The program of a forest kernel for this device, built once. */
function forestProgram(
  gpu: Gpu,
  build: (headDim: number, shared: number) => Program,
  headDim: number,
): Program {
  const shared = gpu.sharedLanes;
  return program(`${build.name}-${headDim}-${shared}`, () => build(headDim, shared));
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

/** Forest arrays on the GPU: `end` per row, and runs per block of {@link FOREST_BLOCK} rows. */
export interface ForestSlices {
  readonly end: Slice;
  readonly blocks: RunSlices;
}

const blocksOf = (rows: number) => Math.ceil(rows / FOREST_BLOCK);

/** {@link attention} where slot = row and visibility is a forest's: rows near each other share their loads. */
export function forestAttention(
  gpu: Gpu,
  args: { q: Slice; cache: Slice; forest: ForestSlices; out: Slice; stats: Slice },
  shape: AttentionShape,
): void {
  const { blocks, end } = args.forest;
  gpu.run(
    forestProgram(gpu, forestAttentionProgram, shape.headDim),
    [args.q, args.cache, blocks.start, blocks.runs, end, args.out, args.stats],
    uniforms(shape.rows, shape),
    [blocksOf(shape.rows), shape.heads, 1],
  );
}

/** dq like q and dcache like cache, from dout. `stats` is completed in place. */
export function forestAttentionGradient(
  gpu: Gpu,
  args: {
    q: Slice;
    cache: Slice;
    forest: ForestSlices;
    out: Slice;
    dout: Slice;
    stats: Slice;
    dq: Slice;
    dcache: Slice;
  },
  shape: AttentionShape,
): void {
  const { blocks, end } = args.forest;
  const queries = shape.rows * shape.heads;
  gpu.run(
    program(`delta-${shape.headDim}`, () => attentionDeltaProgram(shape.headDim)),
    [args.out, args.dout, args.stats],
    [queries],
    gpu.grid(queries, ROW_SIZE),
  );
  gpu.run(
    forestProgram(gpu, forestQueryGradientProgram, shape.headDim),
    [args.q, args.cache, blocks.start, blocks.runs, end, args.dout, args.stats, args.dq],
    uniforms(shape.rows, shape),
    [blocksOf(shape.rows), shape.heads, 1],
  );
  gpu.run(
    forestProgram(gpu, forestKeyGradientProgram, shape.headDim),
    [args.q, args.cache, args.dout, args.stats, end, args.dcache],
    uniforms(shape.rows, shape),
    [blocksOf(shape.rows), shape.kvHeads, 1],
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

/** Union of the runs of every {@link FOREST_BLOCK} consecutive rows, in order. */
export function blockRuns(table: RunTable): RunTable {
  const rows = table.start.length - 1;
  const blocks = blocksOf(rows);
  const start = new Uint32Array(blocks + 1);
  const runs: number[] = [];
  for (let block = 0; block < blocks; block++) {
    const from = table.start[block * FOREST_BLOCK] as number;
    const to = table.start[Math.min(rows, (block + 1) * FOREST_BLOCK)] as number;
    const parts: [number, number][] = [];
    for (let r = from; r < to; r++)
      parts.push([table.runs[2 * r] as number, table.runs[2 * r + 1] as number]);
    parts.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    start[block] = runs.length / 2;
    const first = runs.length;
    for (const [begin, stop] of parts) {
      const last = runs.length - 1;
      if (last > first && begin <= (runs[last] as number)) runs[last] = Math.max(runs[last] as number, stop);
      else runs.push(begin, stop);
    }
  }
  start[blocks] = runs.length / 2;
  return { start, runs: Uint32Array.from(runs) };
}
