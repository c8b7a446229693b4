/**
 * Vocabulary projection and log-softmax over the rows that need it. The vocabulary is streamed in chunks through a
 * bounded scratch buffer: the rows × vocabulary matrix never exists, forward or backward, and the backward pass
 * recomputes each chunk's logits but the last's, which may wait for it.
 */
import type { Gpu, Slice } from '../gpu';
import type { RowChunk } from '../embedding/embedding';
import { matmul } from '../matmul/matmul';
import type { Program } from '../program';
import { ELEMENTWISE_SIZE, elementwise } from '../wgsl/common';
import { finishLogSoftmax, reduceChunk, STATE, type VocabularyOutputs } from './log-softmax';

export type { VocabularyOutputs } from './log-softmax';

/** Most logits in flight, in elements (16 MiB). */
const SCRATCH_ELEMENTS = 4 * 1024 * 1024;

/** In place: logits of a chunk become dL/dlogits, from dL/dlogp and dL/dentropy per row. */
const backwardProgram: Program = {
  key: 'vocabulary-gradient',
  storage: [
    { name: 'logits', type: 'array<f32>', access: 'rw' },
    { name: 'target_id', type: 'array<i32>', access: 'r' },
    { name: 'lse', type: 'array<f32>', access: 'r' },
    { name: 'entropy', type: 'array<f32>', access: 'r' },
    { name: 'dlogp', type: 'array<f32>', access: 'r' },
    { name: 'dentropy', type: 'array<f32>', access: 'r' },
  ],
  uniforms: [
    { name: 'count', type: 'u32' },
    { name: 'width', type: 'u32' },
    { name: 'first', type: 'u32' },
    { name: 'invTemperature', type: 'f32' },
  ],
  workgroup: [ELEMENTWISE_SIZE, 1, 1],
  body: elementwise(
    ELEMENTWISE_SIZE,
    `let row = i / p.width;
  let column = p.first + i % p.width;
  let z = logits[i];
  let lp = z - lse[row];
  let prob = exp(lp);
  let hit = select(0.0, 1.0, column == u32(target_id[row]));
  logits[i] = (dlogp[row] * (hit - prob) - dentropy[row] * prob * (lp + entropy[row])) * p.invTemperature;`,
  ),
};

export interface VocabularyShape {
  readonly rows: number;
  readonly width: number;
  readonly vocabulary: number;
  readonly temperature: number;
}

interface Window {
  readonly chunk: RowChunk;
  /** First row inside the chunk. */
  readonly from: number;
  readonly count: number;
}

function windows(head: readonly RowChunk[], rows: number): Window[] {
  const most = Math.max(4, Math.floor(SCRATCH_ELEMENTS / Math.max(rows, 1) / 4) * 4);
  return head.flatMap((chunk) => {
    const list: Window[] = [];
    for (let from = 0; from < chunk.rows; from += most) {
      list.push({ chunk, from, count: Math.min(most, chunk.rows - from) });
    }
    return list;
  });
}

/** out [rows, count] = hidden · head[window]ᵀ / temperature. */
function logitsOf(gpu: Gpu, hidden: Slice, window: Window, out: Slice, shape: VocabularyShape): void {
  matmul(gpu, {
    layout: 'nt',
    a: hidden,
    b: window.chunk.slice,
    out,
    lda: shape.width,
    ldb: shape.width,
    ldo: window.count,
    alpha: 1 / shape.temperature,
    modules: [{ width: window.count, height: shape.rows, inner: shape.width, b0: window.from }],
  });
}

export interface VocabularyInputs {
  /** [rows, width] */
  readonly hidden: Slice;
  readonly head: readonly RowChunk[];
  /** Token id per row, i32. */
  readonly target: Slice;
}

export function vocabularyLogProbs(
  gpu: Gpu,
  args: VocabularyInputs & VocabularyOutputs,
  shape: VocabularyShape,
): void {
  gpu.free(vocabularyLogProbsKept(gpu, args, shape));
}

/** The same for {@link vocabularyGradient}, which is to be given the answer: logits of the last chunk. */
export function vocabularyLogProbsKept(
  gpu: Gpu,
  args: VocabularyInputs & VocabularyOutputs,
  shape: VocabularyShape,
): Slice {
  const { rows } = shape;
  const list = windows(args.head, rows);
  const scratch = gpu.alloc(rows * Math.max(...list.map((w) => w.count)), 'logits');
  const state = gpu.alloc(rows * STATE, 'softmax state');
  list.forEach((window, index) => {
    logitsOf(gpu, args.hidden, window, scratch, shape);
    reduceChunk(
      gpu,
      { logits: scratch, target: args.target, state },
      { rows, width: window.count, first: window.chunk.firstRow + window.from, isFirst: index === 0 },
    );
  });
  finishLogSoftmax(gpu, state, args, rows);
  gpu.free(state);
  return scratch;
}

/**
 * dhidden [rows, width] from dlogp and dentropy; adds to the head's gradient when `dhead` is given
 * (full-parameter training: the whole matrix as one slice).
 * @param args.logits what {@link vocabularyLogProbsKept} answered for the same inputs; freed here
 */
export function vocabularyGradient(
  gpu: Gpu,
  args: VocabularyInputs & {
    logits?: Slice;
    lse: Slice;
    entropy: Slice;
    dlogp: Slice;
    dentropy: Slice;
    dhidden: Slice;
    dhead?: Slice;
  },
  shape: VocabularyShape,
): void {
  const { rows, width } = shape;
  // From the last chunk on, whose logits may be there.
  const list = windows(args.head, rows).reverse();
  const scratch = args.logits ?? gpu.alloc(rows * Math.max(...list.map((w) => w.count)), 'logits');
  list.forEach((window, index) => {
    const { count, from, chunk } = window;
    if (index > 0 || args.logits === undefined) logitsOf(gpu, args.hidden, window, scratch, shape);
    gpu.run(
      backwardProgram,
      [scratch, args.target, args.lse, args.entropy, args.dlogp, args.dentropy],
      [rows * count, count, chunk.firstRow + from, 1 / shape.temperature],
      gpu.grid(rows * count, ELEMENTWISE_SIZE),
    );
    matmul(gpu, {
      layout: 'nn',
      a: scratch,
      b: chunk.slice,
      out: args.dhidden,
      lda: count,
      ldb: width,
      ldo: width,
      accumulate: index > 0,
      modules: [{ width, height: rows, inner: count, bRow0: from }],
    });
    if (args.dhead !== undefined) {
      matmul(gpu, {
        layout: 'tn',
        a: scratch,
        b: args.hidden,
        out: args.dhead,
        lda: count,
        ldb: width,
        ldo: width,
        accumulate: true,
        modules: [{ width, height: count, inner: rows, oRow0: chunk.firstRow + from }],
      });
    }
  });
  gpu.free(scratch);
}
