/**
 * Forest attention: every row attends to the slots named by its runs. In training, rows are forest nodes, slots are
 * rows and the runs of a node are its ancestors and itself; in sampling, runs are pages of the key/value cache.
 * Scores are never stored; cost is linear in the number of visible (query, key) pairs.
 */
import type { Gpu, Slice } from '../gpu';
import type { Program } from '../program';
import { ROW_SIZE } from '../wgsl/common';
import { attentionKeyGradientProgram, attentionProgram, attentionQueryGradientProgram } from './program';

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
function program(kind: string, headDim: number, build: (headDim: number) => Program): Program {
  const key = `${kind}-${headDim}`;
  const known = cache.get(key) ?? build(headDim);
  cache.set(key, known);
  return known;
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
    program('forward', shape.headDim, attentionProgram),
    [args.q, args.cache, args.visible.start, args.visible.runs, args.out, args.stats],
    uniforms(count, shape),
    gpu.grid(count, ROW_SIZE),
  );
}

/** dq like q and dcache like cache, from dout. Needs slot = row. `end` as in a forest. */
export function attentionGradient(
  gpu: Gpu,
  args: {
    q: Slice;
    cache: Slice;
    visible: RunSlices;
    end: Slice;
    out: Slice;
    dout: Slice;
    stats: Slice;
    dq: Slice;
    dcache: Slice;
  },
  shape: AttentionShape,
): void {
  const queries = shape.rows * shape.heads;
  gpu.run(
    program('dq', shape.headDim, attentionQueryGradientProgram),
    [args.q, args.cache, args.visible.start, args.visible.runs, args.out, args.dout, args.stats, args.dq],
    uniforms(queries, shape),
    gpu.grid(queries, ROW_SIZE),
  );
  const keys = shape.rows * shape.kvHeads;
  gpu.run(
    program('dkv', shape.headDim, attentionKeyGradientProgram),
    [args.q, args.cache, args.dout, args.stats, args.end, args.dcache],
    uniforms(keys, shape),
    gpu.grid(keys, ROW_SIZE),
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
