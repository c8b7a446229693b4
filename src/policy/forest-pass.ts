/** A forest and its loss rows, laid out on the GPU for one pass. */
import { blockRuns, forestRuns } from '../kernels/attention/attention';
import type { Gpu, Slice } from '../kernels/gpu';
import { OLD_IS_CURRENT } from '../kernels/vocabulary/vocabulary';
import type { TokenRows } from './trunk';
import { type Forest, type LossRows, PolicyError } from './types';

/** Loss rows on the GPU, in order of their predictor, with what finds them again. */
export interface PreparedRows {
  readonly count: number;
  /** Sorted position → row as given. */
  readonly order: Uint32Array;
  readonly predictor: Slice;
  readonly target: Slice;
  /** vec4 per row: old, pos, neg, weight. */
  readonly terms: Slice;
  /** Per node, the first sorted row it predicts; [n + 1]. */
  readonly starts: Slice;
}

/** A forest's arrays on the GPU. `free` gives them back. */
export function forestTokens(gpu: Gpu, forest: Forest): { tokens: TokenRows; free: () => void } {
  const { n } = forest;
  const table = blockRuns(forestRuns(forest.parent));
  const ids = gpu.upload(forest.ids, 'ids');
  const position = gpu.upload(forest.depth, 'positions');
  const slot = gpu.upload(
    Uint32Array.from({ length: n }, (_, i) => i),
    'slots',
  );
  const start = gpu.upload(table.start, 'run starts');
  const runs = gpu.upload(table.runs, 'runs');
  const end = gpu.upload(forest.end, 'ends');
  return {
    tokens: {
      rows: n,
      ids,
      position,
      slot,
      visible: { kind: 'forest', forest: { end, blocks: { start, runs } } },
    },
    free: () => gpu.free(ids, position, slot, start, runs, end),
  };
}

export function prepareRows(gpu: Gpu, forest: Forest, rows: LossRows, vocabSize: number): PreparedRows {
  const { count } = rows;
  const at = (r: number) => rows.predictor[r] as number;
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort((a, b) => at(a) - at(b) || a - b);
  const predictor = new Uint32Array(count);
  const target = new Int32Array(count);
  const terms = new Float32Array(4 * count);
  const starts = new Uint32Array(forest.n + 1);
  order.forEach((row, sorted) => {
    const node = at(row);
    const token = rows.target[row] as number;
    if (node < 0 || node >= forest.n || token < 0 || token >= vocabSize) {
      throw new PolicyError(
        `Loss row ${row} scores token ${token} after node ${node}; the forest has ${forest.n} nodes and the vocabulary ${vocabSize}.`,
      );
    }
    predictor[sorted] = node;
    target[sorted] = token;
    const old = rows.old[row] as number;
    terms.set(
      [
        Number.isNaN(old) ? OLD_IS_CURRENT : old,
        rows.pos[row] as number,
        rows.neg[row] as number,
        rows.weight[row] as number,
      ],
      4 * sorted,
    );
    starts[node + 1] = (starts[node + 1] as number) + 1;
  });
  for (let i = 0; i < forest.n; i++) starts[i + 1] = (starts[i + 1] as number) + (starts[i] as number);
  return {
    count,
    order,
    predictor: gpu.upload(predictor, 'predictors'),
    target: gpu.upload(target, 'targets'),
    terms: gpu.upload(terms, 'loss terms'),
    starts: gpu.upload(starts, 'row starts'),
  };
}

export function freeRows(gpu: Gpu, p: PreparedRows): void {
  gpu.free(p.predictor, p.target, p.terms, p.starts);
}

/** Values in sorted order back into the order of the rows. */
export function unsort(sorted: Float32Array, order: Uint32Array): Float32Array {
  const out = new Float32Array(sorted.length);
  order.forEach((row, i) => {
    out[row] = sorted[i] as number;
  });
  return out;
}
