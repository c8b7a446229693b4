/**
 * Attention over runs of slots. In training, rows are forest nodes, slots are rows and a node sees its ancestors and
 * itself (`forestAttention`); in sampling, the runs are pages of the key/value cache (`attention`).
 * Scores are never stored; cost is linear in the number of visible (query, key) pairs.
 */
import { type Gpu, SHARED_LANES, type Slice } from '../gpu';
import type { Program } from '../program';
import { ROW_SIZE } from '../wgsl/common';
import { HeadVector } from '../wgsl/head-vector';
import {
  attentionDeltaProgram,
  attentionProgram,
  forestAttentionProgram,
  forestKeyGradientProgram,
  forestQueryGradientProgram,
  type ForestVariant,
  spanAttentionProgram,
} from './program';

export interface AttentionShape {
  readonly rows: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** Factor of the scores; 1/√headDim where it is not given. */
  readonly scale?: number;
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
  /** Every row has one run. */
  readonly isSingle: boolean;
}

/** See {@link RunSlices}. */
export const isSingle = ({ start }: Pick<RunTable, 'start'>): boolean =>
  start.every((run, row) => run === row);

const cache = new Map<string, Program>();
function program(key: string, build: () => Program): Program {
  const known = cache.get(key) ?? build();
  cache.set(key, known);
  return known;
}

/** How forest kernels are cut on a graphics card. */
export interface ForestCut {
  /** Rows of a workgroup. */
  readonly block: number;
  /** Whether lanes of a subgroup hold the vectors of a row together, see {@link HeadVector}; else a lane has a row. */
  readonly split: boolean;
}

/** To choose from on graphics cards, best guess first. */
export const FOREST_CUTS: readonly ForestCut[] = [
  { block: 16, split: true },
  { block: 8, split: true },
  { block: 32, split: true },
  { block: 32, split: false },
  { block: 16, split: false },
];

/** Most lanes that hold a vector together, and fewest parts that each has. */
const MOST_SPLIT = 8;
const FEWEST_PARTS = 2;

const chosen = new WeakMap<Gpu, ForestCut>();

/** Sets the cut for a device; null: by the rule of {@link forestCut}. */
export function setForestCut(gpu: Gpu, cut: ForestCut | null): void {
  if (cut === null) chosen.delete(gpu.real);
  else chosen.set(gpu.real, cut);
}

/** Cuts that a device can run. */
export const forestCuts = (gpu: Gpu): readonly ForestCut[] =>
  FOREST_CUTS.filter(
    ({ block, split }) =>
      block * (split ? MOST_SPLIT : 1) <= gpu.limits.maxComputeInvocationsPerWorkgroup &&
      (!split || gpu.sharedLanes >= MOST_SPLIT),
  );

/** What tuning chose; on software devices as many rows as lanes share loads. */
const forestCut = (gpu: Gpu): ForestCut =>
  chosen.get(gpu.real) ??
  (gpu.isSoftware ? { block: SHARED_LANES, split: false } : (forestCuts(gpu)[0] as ForestCut));

/** Rows of a forest that one workgroup takes on this device. */
export const forestBlock = (gpu: Gpu): number => forestCut(gpu).block;

/** Lanes that hold a head of this size together. */
export function splitOf(headDim: number): number {
  const { whole } = new HeadVector(headDim);
  let split = MOST_SPLIT;
  while (split > 1 && (whole % split !== 0 || whole / split < FEWEST_PARTS)) split /= 2;
  return split;
}

/** The program of a forest kernel for this device, built once. Graphics cards serve one address to all lanes at once. */
function forestProgram(
  gpu: Gpu,
  build: (variant: ForestVariant) => Program,
  headDim: number,
  block: number,
  windowed: boolean,
): Program {
  const split = forestCut(gpu).split ? splitOf(headDim) : 1;
  const shared = gpu.isSoftware && split === 1 ? gpu.sharedLanes : 0;
  return program(`${build.name}-${headDim}-${block}-${shared}-${split}-${windowed}`, () =>
    build({ headDim, block, shared, split, windowed }),
  );
}

const uniforms = (count: number, shape: AttentionShape) => [
  count,
  shape.heads,
  shape.kvHeads,
  shape.scale ?? 1 / Math.sqrt(shape.headDim),
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
  const { start, runs, isSingle } = args.visible;
  const shared = gpu.isSoftware ? gpu.sharedLanes : 0;
  // Into arrays broadcasts are dear: on SwiftShader, heads of 160 and 256 took 1.1 to 9 times as long with them. In
  // registers they are a tenth slower or faster for one row, by the shape, and the faster the more rows there are.
  if (isSingle && shared > 0 && !new HeadVector(shape.headDim).isLooped) {
    gpu.run(
      program(`spans-${shape.headDim}-${shared}`, () => spanAttentionProgram(shape.headDim, shared)),
      [args.q, args.cache, runs, args.out, args.stats],
      uniforms(shape.rows, shape),
      [Math.ceil(shape.rows / shared), shape.heads, 1],
    );
    return;
  }
  const count = shape.rows * shape.heads;
  gpu.run(
    program(`rows-${shape.headDim}`, () => attentionProgram(shape.headDim)),
    [args.q, args.cache, start, runs, args.out, args.stats],
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

/** What the rows of a forest see, on the GPU. */
export interface ForestSlices {
  /** Most positions that a row sees, its own included; null: all its ancestors. */
  readonly window: number | null;
  /** Per row, one past its last descendant; with a window, a pair each: {@link windowSpans}. */
  readonly end: Slice;
  /** All its rows. */
  readonly all: ForestQueries;
}

/** See {@link ForestSlices}. */
export type SeenForest = Pick<ForestSlices, 'end' | 'window'>;

const forestUniforms = (count: number, shape: AttentionShape, window: number | null) =>
  window === null ? uniforms(count, shape) : [...uniforms(count, shape), window];

/**
 * {@link attention} where slot = row and visibility is a forest's: rows near each other share their loads.
 * @param args.queries whose attention is computed, with walks of the same window; `out` [queries, heads, headDim] and `stats` [queries, heads, 2] have
 *   a row for each, `q` one for each row of the forest.
 */
export function forestAttention(
  gpu: Gpu,
  args: SeenForest & { q: Slice; cache: Slice; queries: ForestQueries; out: Slice; stats: Slice },
  shape: AttentionShape,
): void {
  const { q, cache, end, window, queries, out, stats } = args;
  gpu.run(
    forestProgram(gpu, forestAttentionProgram, shape.headDim, queries.block, window !== null),
    [q, cache, queries.rows, queries.walks, end, out, stats],
    forestUniforms(queries.count, shape, window),
    [Math.ceil(queries.count / queries.block), shape.heads, 1],
  );
}

/**
 * Rows of dq like q that ask, the others are left as they are, and dcache like cache, from dout like out. `stats` is
 * completed in place.
 */
export function forestAttentionGradient(
  gpu: Gpu,
  args: SeenForest & {
    q: Slice;
    cache: Slice;
    queries: ForestQueries;
    out: Slice;
    dout: Slice;
    stats: Slice;
    dq: Slice;
    dcache: Slice;
  },
  shape: AttentionShape,
): void {
  const { q, cache, end, window, queries, out, dout, stats, dq, dcache } = args;
  const windowed = window !== null;
  const vectors = queries.count * shape.heads;
  gpu.run(
    program(`delta-${shape.headDim}`, () => attentionDeltaProgram(shape.headDim)),
    [out, dout, stats],
    [vectors],
    gpu.grid(vectors, ROW_SIZE),
  );
  gpu.run(
    forestProgram(gpu, forestQueryGradientProgram, shape.headDim, queries.block, windowed),
    [q, cache, queries.rows, queries.walks, end, dout, stats, dq],
    forestUniforms(queries.count, shape, window),
    [Math.ceil(queries.count / queries.block), shape.heads, 1],
  );
  gpu.run(
    forestProgram(gpu, forestKeyGradientProgram, shape.headDim, queries.block, windowed),
    [q, cache, queries.rows, queries.before, dout, stats, end, dcache],
    forestUniforms(shape.rows, shape, window),
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

/** The same of which every row sees only its last `window` slots: with an ancestor per position, its last positions. */
export function windowRuns({ start, runs }: RunTable, window: number): RunTable {
  const rows = start.length - 1;
  const cutStart = new Uint32Array(rows + 1);
  const cut: number[] = [];
  for (let row = 0; row < rows; row++) {
    cutStart[row] = cut.length / 2;
    // From the last run back to the first that has a slot to give.
    let first = start[row + 1] as number;
    let left = window;
    while (first > (start[row] as number) && left > 0) {
      first--;
      left -= (runs[2 * first + 1] as number) - (runs[2 * first] as number);
    }
    for (let r = first; r < (start[row + 1] as number); r++) {
      const skipped = r === first ? Math.max(0, -left) : 0;
      cut.push((runs[2 * r] as number) + skipped, runs[2 * r + 1] as number);
    }
  }
  cutStart[rows] = cut.length / 2;
  return { start: cutStart, runs: Uint32Array.from(cut) };
}

/**
 * Two numbers per row of a forest in depth-first order: one past the last row that is a descendant less than `window`
 * positions below it, and its depth. A row i sees row j where j ≤ i, i is below the first number of j, and their
 * depths are less than `window` apart.
 */
export function windowSpans(depth: Int32Array, window: number): Int32Array {
  const spans = new Int32Array(2 * depth.length);
  // The row at every depth of the path to the current one.
  const path = new Int32Array(depth.reduce((a, b) => Math.max(a, b), 0) + 1);
  for (let i = 0; i < depth.length; i++) {
    const own = depth[i] as number;
    path[own] = i;
    for (let d = Math.max(0, own + 1 - window); d <= own; d++) spans[2 * (path[d] as number)] = i + 1;
    spans[2 * i + 1] = own;
  }
  return spans;
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
