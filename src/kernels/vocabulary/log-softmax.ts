/** Log-softmax of rows of logits that come in chunks of the vocabulary: a running state per row, then its outputs. */
import type { Gpu, Slice } from '../gpu';
import type { Program } from '../program';
import { joinLanes, sharesSums } from '../reduce/lanes';
import { elementwise, ROW_SIZE, rowwise } from '../wgsl/common';

/** Words of `state` per row: running maximum, Σ exp, Σ exp·z, target's z. */
export const STATE = 4;

/** Lanes that share a row of logits, and the columns of a lane's innermost sum. */
const LANES = 64;
const BLOCK = 64;

/**
 * Largest of the chunk's logits `from` … `to` of row `at` and of `most`, as `top`; then in element 0 of `sums` their
 * Σ exp(z − top) and Σ exp(z − top)·z. A running sum over 150,000 exponentials is off by 3e-4 in float32, so sums are
 * nested: blocks of a lane, its blocks, lanes in pairs, chunks of the vocabulary.
 */
const softmaxSums = (
  from: string,
  to: string,
) => `for (var c = ${from} + lid; c < ${to}; c += ${LANES}u) { most = max(most, logits[at + c]); }
  tops[lid] = most;
  ${joinLanes('tops', LANES, (a, b) => `max(${a}, ${b})`)}
  let top = tops[0];
  var sum = vec2<f32>(0.0);
  for (var begin = ${from} + lid; begin < ${to}; begin += ${LANES * BLOCK}u) {
    var part = vec2<f32>(0.0);
    let end = min(begin + ${LANES * BLOCK}u, ${to});
    for (var c = begin; c < end; c += ${LANES}u) {
      let z = logits[at + c];
      let e = exp(z - top);
      part += vec2<f32>(e, e * z);
    }
    sum += part;
  }
  sums[lid] = sum;
  ${joinLanes('sums', LANES)}`;

const SHARED_ARRAYS = `var<workgroup> tops: array<f32, ${LANES}>;
var<workgroup> sums: array<vec2<f32>, ${LANES}>;`;

/** The target's logit, where this chunk has it. */
const TARGET = `let wanted = u32(target_id[row]);
  var hit = s.w;
  if (wanted >= p.first && wanted < p.first + p.width) { hit = logits[at + wanted - p.first]; }`;

const REDUCE_UNIFORMS = ['rows', 'width', 'first', 'isFirst'].map((name) => ({ name, type: 'u32' as const }));
const START = 'if (p.isFirst == 1u) { s = vec4<f32>(-3.0e38, 0.0, 0.0, 0.0); }';

/** One workgroup per row. */
const reduceProgram: Program = {
  key: 'vocabulary-reduce',
  storage: [
    { name: 'logits', type: 'array<f32>', access: 'r' },
    { name: 'target_id', type: 'array<i32>', access: 'r' },
    { name: 'state', type: 'array<vec4<f32>>', access: 'rw' },
  ],
  uniforms: REDUCE_UNIFORMS,
  workgroup: [LANES, 1, 1],
  body: `${SHARED_ARRAYS}
${rowwise(
  LANES,
  `var s = state[row];
  ${START}
  let at = row * p.width;
  var most = s.x;
  ${softmaxSums('0u', 'p.width')}
  if (lid != 0u) { return; }
  let fade = exp(s.x - top);
  ${TARGET}
  state[row] = vec4<f32>(top, s.yz * fade + sums[0], hit);`,
)}`,
};

/** Columns of a workgroup where several share a row. */
const SLICE = 2048;

/** parts [slices, rows]: maximum, Σ exp and Σ exp·z of a slice of the chunk's columns. */
const reduceSliceProgram: Program = {
  key: 'vocabulary-reduce-slice',
  storage: [
    { name: 'logits', type: 'array<f32>', access: 'r' },
    { name: 'parts', type: 'array<vec4<f32>>', access: 'rw' },
  ],
  uniforms: ['rows', 'width'].map((name) => ({ name, type: 'u32' })),
  workgroup: [LANES, 1, 1],
  body: `${SHARED_ARRAYS}
@compute @workgroup_size(${LANES}, 1, 1)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let at = wid.y * p.width;
  let start = wid.x * ${SLICE}u;
  let stop = min(start + ${SLICE}u, p.width);
  var most = -3.0e38;
  ${softmaxSums('start', 'stop')}
  if (lid == 0u) { parts[wid.x * p.rows + wid.y] = vec4<f32>(top, sums[0], 0.0); }
}`,
};

/** Joins the slices of a chunk to the state, in order. */
const joinSlicesProgram: Program = {
  key: 'vocabulary-join-slices',
  storage: [...reduceProgram.storage, { name: 'parts', type: 'array<vec4<f32>>', access: 'r' }],
  uniforms: [{ name: 'count', type: 'u32' }, ...REDUCE_UNIFORMS.slice(1), { name: 'slices', type: 'u32' }],
  workgroup: [ROW_SIZE, 1, 1],
  body: elementwise(
    ROW_SIZE,
    `let row = i;
  var s = state[row];
  ${START}
  let at = row * p.width;
  var top = s.x;
  for (var k = 0u; k < p.slices; k++) { top = max(top, parts[k * p.count + row].x); }
  var sum = s.yz * exp(s.x - top);
  for (var k = 0u; k < p.slices; k++) {
    let part = parts[k * p.count + row];
    sum += part.yz * exp(part.x - top);
  }
  ${TARGET}
  state[row] = vec4<f32>(top, sum, hit);`,
  ),
};

/** Adds a chunk's `width` logits, of tokens from `first` on, to the state of every row. */
export function reduceChunk(
  gpu: Gpu,
  slices: { logits: Slice; target: Slice; state: Slice },
  { rows, width, first, isFirst }: { rows: number; width: number; first: number; isFirst: boolean },
): void {
  const { logits, target, state } = slices;
  const numbers = [rows, width, first, isFirst ? 1 : 0];
  const count = Math.ceil(width / SLICE);
  if (count === 1 || !sharesSums(gpu)) {
    gpu.run(reduceProgram, [logits, target, state], numbers, gpu.grid(rows, 1));
    return;
  }
  const parts = gpu.alloc(count * rows * STATE, 'softmax of slices');
  gpu.run(reduceSliceProgram, [logits, parts], [rows, width], [count, rows, 1]);
  gpu.run(joinSlicesProgram, [logits, target, state, parts], [...numbers, count], gpu.grid(rows, ROW_SIZE));
  gpu.free(parts);
}

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

export interface VocabularyOutputs {
  /** log p(target) per row, nats. */
  readonly logp: Slice;
  readonly entropy: Slice;
  /** log Σ exp(logit / T) per row. */
  readonly lse: Slice;
}

/** The outputs of every row from its state. */
export function finishLogSoftmax(
  gpu: Gpu,
  state: Slice,
  { logp, entropy, lse }: VocabularyOutputs,
  rows: number,
): void {
  gpu.run(finishProgram, [state, logp, entropy, lse], [rows], gpu.grid(rows, ROW_SIZE));
}
