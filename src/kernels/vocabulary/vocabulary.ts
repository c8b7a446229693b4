/**
 * Vocabulary projection and log-softmax over the rows that need it. The vocabulary is streamed in chunks through a
 * bounded scratch buffer: the rows × vocabulary matrix never exists, forward or backward, and the backward pass
 * recomputes each chunk's logits but the last's, which may wait for it.
 */
import type { Gpu, Slice } from '../gpu';
import type { RowChunk } from '../embedding/embedding';
import { matmul } from '../matmul/matmul';
import type { Program } from '../program';
import { ELEMENTWISE_SIZE, elementwise, ROW_SIZE, rowwise } from '../wgsl/common';

/** Most logits in flight, in elements (16 MiB). */
const SCRATCH_ELEMENTS = 4 * 1024 * 1024;

/** Words of `state` per row: running maximum, Σ exp, Σ exp·z, target's z. */
const STATE = 4;

/** Lanes that share a row of logits, and the columns of a lane's innermost sum. */
const LANES = 64;
const BLOCK = 64;

/** Joins what lanes hold in pairs; element 0 has the result. */
const joinLanes = (name: string, join: (a: string, b: string) => string): string =>
  `workgroupBarrier();
  for (var half = ${LANES / 2}u; half > 0u; half = half / 2u) {
    if (lid < half) { ${name}[lid] = ${join(`${name}[lid]`, `${name}[lid + half]`)}; }
    workgroupBarrier();
  }`;

/**
 * One workgroup per row. A running sum over 150,000 exponentials is off by 3e-4 in float32, so sums are nested: blocks of
 * a lane, its blocks, lanes in pairs, chunks of the vocabulary.
 */
const reduceProgram: Program = {
  key: 'vocabulary-reduce',
  storage: [
    { name: 'logits', type: 'array<f32>', access: 'r' },
    { name: 'target_id', type: 'array<i32>', access: 'r' },
    { name: 'state', type: 'array<vec4<f32>>', access: 'rw' },
  ],
  uniforms: [
    { name: 'rows', type: 'u32' },
    { name: 'width', type: 'u32' },
    { name: 'first', type: 'u32' },
    { name: 'isFirst', type: 'u32' },
  ],
  workgroup: [LANES, 1, 1],
  body: `var<workgroup> tops: array<f32, ${LANES}>;
var<workgroup> sums: array<vec2<f32>, ${LANES}>;
${rowwise(
  LANES,
  `var s = state[row];
  if (p.isFirst == 1u) { s = vec4<f32>(-3.0e38, 0.0, 0.0, 0.0); }
  let at = row * p.width;
  var most = s.x;
  for (var c = lid; c < p.width; c += ${LANES}u) { most = max(most, logits[at + c]); }
  tops[lid] = most;
  ${joinLanes('tops', (a, b) => `max(${a}, ${b})`)}
  let top = tops[0];
  // Σ exp and Σ exp·z.
  var sum = vec2<f32>(0.0);
  for (var begin = lid; begin < p.width; begin += ${LANES * BLOCK}u) {
    var part = vec2<f32>(0.0);
    let end = min(begin + ${LANES * BLOCK}u, p.width);
    for (var c = begin; c < end; c += ${LANES}u) {
      let z = logits[at + c];
      let e = exp(z - top);
      part += vec2<f32>(e, e * z);
    }
    sum += part;
  }
  sums[lid] = sum;
  ${joinLanes('sums', (a, b) => `${a} + ${b}`)}
  if (lid != 0u) { return; }
  let fade = exp(s.x - top);
  let wanted = u32(target_id[row]);
  var hit = s.w;
  if (wanted >= p.first && wanted < p.first + p.width) { hit = logits[at + wanted - p.first]; }
  state[row] = vec4<f32>(top, s.yz * fade + sums[0], hit);`,
)}`,
};

const finishProgram: Program = {
  key: 'vocabulary-finish',
  storage: [
    { name: 'state', type: 'array<vec4<f32>>', access: 'r' },
    { name: 'logp', type: 'array<f32>', access: 'rw' },
    { name: 'entropy', type: 'array<f32>', access: 'rw' },
    { name: 'lse', type: 'array<f32>', access: 'rw' },
  ],
  uniforms: [{ name: 'count', type: 'u32' }],
  workgroup: [ROW_SIZE, 1, 1],
  body: elementwise(
    ROW_SIZE,
    `let s = state[i];
  let l = s.x + log(s.y);
  lse[i] = l;
  // WGSL's log may be off by 2^-21, which must not make a log-prob positive.
  logp[i] = min(s.w - l, 0.0);
  entropy[i] = l - s.z / s.y;`,
  ),
};

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

export interface VocabularyOutputs {
  /** log p(target) per row, nats. */
  readonly logp: Slice;
  readonly entropy: Slice;
  /** log Σ exp(logit / T) per row. */
  readonly lse: Slice;
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
    gpu.run(
      reduceProgram,
      [scratch, args.target, state],
      [rows, window.count, window.chunk.firstRow + window.from, index === 0 ? 1 : 0],
      gpu.grid(rows, 1),
    );
  });
  gpu.run(finishProgram, [state, args.logp, args.entropy, args.lse], [rows], gpu.grid(rows, ROW_SIZE));
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
