/** A forest and its loss rows, laid out on the GPU for one pass. */
import {
  blockWalks,
  forestBlock,
  type ForestQueries,
  forestRuns,
  type ForestSlices,
  type RunTable,
  windowRuns,
  windowSpans,
} from '../../kernels/attention/attention';
import type { Gpu, Slice } from '../../kernels/gpu';
import { OLD_IS_CURRENT } from '../../kernels/vocabulary/row-loss';
import { layerAttention, windowsBelow } from '../model/features';
import type { TokenRows } from './trunk';
import { type LossRows, type ModelConfig } from '../types';
import { PolicyError } from '../../errors/policy';
import { type Forest } from '../../tokens/types';

/** Loss rows on the GPU, in order of their predictor, with what finds them again. */
export interface PreparedRows {
  readonly count: number;
  /** Sorted position → row as given. */
  readonly order: Uint32Array;
  /** Nodes that predict something: what is wanted of the last layer; null for all. */
  readonly picked: ForestQueries | null;
  /** Per row, which of the wanted nodes predicts it. */
  readonly predictor: Slice;
  readonly target: Slice;
  /** vec4 per row: old, pos, neg, weight. */
  readonly terms: Slice;
  /** Per wanted node, the first row it predicts; [wanted + 1]. */
  readonly starts: Slice;
}

/** Refuses ids of another vocabulary and forests that no binding holds. @throws PolicyError */
export function checkForest(gpu: Gpu, config: ModelConfig, forest: Forest): void {
  const { n, ids } = forest;
  const { vocabSize } = config;
  const bad = ids.find((id) => id < 0 || id >= vocabSize);
  if (bad !== undefined) {
    throw PolicyError.of('policy/token', { token: bad, vocabulary: vocabSize });
  }
  const most = mostPassRows(gpu, config);
  if (n > most) {
    throw PolicyError.of('policy/pass-too-large', {
      tokens: n,
      bytes: n * widestRow(config) * 4,
      limit: gpu.maxBindingElements * 4,
      most,
    });
  }
}

/** Most tokens of a pass whose activations fit a binding each. */
export function mostPassRows(gpu: Gpu, config: ModelConfig): number {
  return Math.floor(gpu.maxBindingElements / widestRow(config));
}

/** Elements of a token's widest activation. */
function widestRow({ intermediateSize, heads, kvHeads, headDim, hiddenSize }: ModelConfig): number {
  return Math.max(2 * intermediateSize, (heads + 2 * kvHeads) * headDim, hiddenSize);
}

/** What each node of a forest sees. */
export interface ForestSight {
  readonly all: RunTable;
  /** By the windows that cut something off. */
  readonly windows: ReadonlyMap<number, RunTable>;
}

export function forestSight(config: ModelConfig, forest: Forest): ForestSight {
  const all = forestRuns(forest.parent);
  const positions = forest.depth.reduce((a, b) => Math.max(a, b), 0) + 1;
  const windows = windowsBelow(config, positions);
  return { all, windows: new Map(windows.map((window) => [window, windowRuns(all, window)])) };
}

/** The same in the last layer. */
function lastSight({ all, windows }: ForestSight, config: ModelConfig): RunTable {
  const { window } = layerAttention(config, config.layers - 1);
  return (window === null ? undefined : windows.get(window)) ?? all;
}

/** A forest's arrays on the GPU. `free` gives them back. */
export function forestTokens(
  gpu: Gpu,
  forest: Forest,
  sight: ForestSight,
): { tokens: TokenRows; free: () => void } {
  const { n } = forest;
  const ids = gpu.upload(forest.ids, 'ids');
  const position = gpu.upload(forest.depth, 'positions');
  const end = gpu.upload(forest.end, 'ends');
  // 0 … n: every row's slot, every row as a query, and how many come before it.
  const order = Uint32Array.from({ length: n + 1 }, (_, i) => i);
  const counting = gpu.upload(order, 'slots');
  const block = forestBlock(gpu);
  const see = (window: number | null, runs: RunTable, ends: Slice): ForestSlices => {
    const walks = gpu.upload(blockWalks(runs, order.subarray(0, n), block), 'runs');
    return { window, end: ends, all: { count: n, block, rows: counting, before: counting, walks } };
  };
  const whole = see(null, sight.all, end);
  const windows = new Map(
    [...sight.windows].map(([window, runs]) => {
      const spans = gpu.upload(windowSpans(forest.depth, window), 'ends in a window');
      return [window, see(window, runs, spans)] as const;
    }),
  );
  return {
    tokens: {
      rows: n,
      ids,
      position,
      slot: counting,
      visible: { kind: 'forest', forest: whole, windows },
    },
    free: () => {
      gpu.free(ids, position, counting);
      for (const { end: ends, all } of [whole, ...windows.values()]) gpu.free(ends, all.walks);
    },
  };
}

/** With more of its rows wanted than this share, the last layer computes all: moving rows would cost what it saves. */
const PICK_BELOW = 7 / 8;

export function prepareRows(
  gpu: Gpu,
  config: ModelConfig,
  forest: Forest,
  sight: ForestSight,
  rows: LossRows,
): PreparedRows {
  const { count } = rows;
  const at = (r: number) => rows.predictor[r] as number;
  for (let row = 0; row < count; row++) checkRow(forest, rows, row, config.vocabSize);
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort((a, b) => at(a) - at(b) || a - b);
  const predicting = Uint32Array.from(order, at).filter((node, i, all) => node !== all[i - 1]);
  const picks = predicting.length < PICK_BELOW * forest.n;
  const nodes = picks ? predicting : Uint32Array.from({ length: forest.n }, (_, i) => i);
  const predictor = new Uint32Array(count);
  const target = new Int32Array(count);
  const terms = new Float32Array(4 * count);
  const starts = new Uint32Array(nodes.length + 1);
  let place = 0;
  order.forEach((row, sorted) => {
    for (; nodes[place] !== at(row); place++) starts[place + 1] = sorted;
    predictor[sorted] = place;
    target[sorted] = rows.target[row] as number;
    const old = rows.old[row] as number;
    // The GPU's mark for "the current policy" is such a number.
    if (old > 0) {
      throw PolicyError.of('policy/loss-old', { row, old });
    }
    terms.set(
      [
        Number.isNaN(old) ? OLD_IS_CURRENT : old,
        rows.pos[row] as number,
        rows.neg[row] as number,
        rows.weight[row] as number,
      ],
      4 * sorted,
    );
  });
  starts.fill(count, place + 1);
  return {
    count,
    order,
    picked: picks ? pickRows(gpu, lastSight(sight, config), nodes, forest.n) : null,
    predictor: gpu.upload(predictor, 'predictors'),
    target: gpu.upload(target, 'targets'),
    terms: gpu.upload(terms, 'loss terms'),
    starts: gpu.upload(starts, 'row starts'),
  };
}

function checkRow(forest: Forest, rows: LossRows, row: number, vocabSize: number): void {
  const node = rows.predictor[row] as number;
  const token = rows.target[row] as number;
  if (node < 0 || node >= forest.n || token < 0 || token >= vocabSize) {
    throw PolicyError.of('policy/loss-row', { row, token, node, nodes: forest.n, vocabulary: vocabSize });
  }
}

/** @param runs of all nodes; @param nodes rising */
function pickRows(gpu: Gpu, runs: RunTable, nodes: Uint32Array, rows: number): ForestQueries {
  const starts = new Uint32Array(rows + 1);
  let before = 0;
  for (let row = 0; row < rows; row++) {
    if (nodes[before] === row) before++;
    starts[row + 1] = before;
  }
  const block = forestBlock(gpu);
  return {
    count: nodes.length,
    block,
    rows: gpu.upload(nodes, 'picked nodes'),
    before: gpu.upload(starts, 'picked nodes before'),
    walks: gpu.upload(blockWalks(runs, nodes, block), 'runs of picked nodes'),
  };
}

export function freeRows(gpu: Gpu, p: PreparedRows): void {
  gpu.free(p.predictor, p.target, p.terms, p.starts);
  if (p.picked !== null) gpu.free(p.picked.rows, p.picked.before, p.picked.walks);
}

/** Values in sorted order back into the order of the rows. */
export function unsort(sorted: Float32Array, order: Uint32Array): Float32Array {
  const out = new Float32Array(sorted.length);
  order.forEach((row, i) => {
    out[row] = sorted[i] as number;
  });
  return out;
}
