/**
 * Global-norm clipping and AdamW (Loshchilov & Hutter 2019) on flat buffers: parameters, gradient, m and v of all
 * tensors at once, three dispatches whatever the layer count.
 */
import { type Gpu, type Slice, SLICE_ALIGNMENT } from '../gpu';
import type { Program } from '../program';
import { joinLanes, sharesSums } from '../reduce/lanes';
import { ELEMENTWISE_SIZE, elementwise } from '../wgsl/common';

const PARTIALS = 1024;

const squaresProgram: Program = {
  key: 'sum-of-squares',
  storage: [
    { name: 'x', type: 'array<f32>', access: 'r' },
    { name: 'o', type: 'array<f32>', access: 'rw' },
  ],
  uniforms: [
    { name: 'count', type: 'u32' },
    { name: 'length', type: 'u32' },
  ],
  workgroup: [ELEMENTWISE_SIZE, 1, 1],
  body: elementwise(
    ELEMENTWISE_SIZE,
    `var sum = 0.0;
  for (var j = i; j < p.length; j += ${PARTIALS}u) { sum += x[j] * x[j]; }
  o[i] = sum;`,
  ),
};

const normProgram: Program = {
  key: 'norm-of-partials',
  storage: [
    { name: 'x', type: 'array<f32>', access: 'r' },
    { name: 'o', type: 'array<f32>', access: 'rw' },
  ],
  uniforms: [
    { name: 'count', type: 'u32' },
    { name: 'length', type: 'u32' },
  ],
  workgroup: [ELEMENTWISE_SIZE, 1, 1],
  body: elementwise(
    ELEMENTWISE_SIZE,
    `var sum = 0.0;
  for (var j = 0u; j < p.length; j++) { sum += x[j]; }
  o[i] = sqrt(sum);`,
  ),
};

const SHARED_LANES = 256;
/** The same by {@link PARTIALS} workgroups, each with one partial; four loads of a lane are under way at once. */
const sharedSquaresProgram: Program = {
  key: 'sum-of-squares-shared',
  storage: squaresProgram.storage,
  uniforms: [{ name: 'length', type: 'u32' }],
  workgroup: [SHARED_LANES, 1, 1],
  body: `var<workgroup> sums: array<f32, ${SHARED_LANES}>;
@compute @workgroup_size(${SHARED_LANES}, 1, 1)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let step = ${PARTIALS * SHARED_LANES}u;
  var four = vec4<f32>(0.0);
  var j = wid.x * ${SHARED_LANES}u + lid;
  for (; j + 3u * step < p.length; j += 4u * step) {
    let v = vec4<f32>(x[j], x[j + step], x[j + 2u * step], x[j + 3u * step]);
    four += v * v;
  }
  var sum = (four.x + four.y) + (four.z + four.w);
  for (; j < p.length; j += step) { sum += x[j] * x[j]; }
  sums[lid] = sum;
  ${joinLanes('sums', SHARED_LANES)}
  if (lid == 0u) { o[wid.x] = sums[0]; }
}`,
};

const sharedNormProgram: Program = {
  key: 'norm-of-partials-shared',
  storage: normProgram.storage,
  uniforms: [{ name: 'length', type: 'u32' }],
  workgroup: [SHARED_LANES, 1, 1],
  body: `var<workgroup> sums: array<f32, ${SHARED_LANES}>;
@compute @workgroup_size(${SHARED_LANES}, 1, 1)
fn main(@builtin(local_invocation_index) lid: u32) {
  var sum = 0.0;
  for (var j = lid; j < p.length; j += ${SHARED_LANES}u) { sum += x[j]; }
  sums[lid] = sum;
  ${joinLanes('sums', SHARED_LANES)}
  if (lid == 0u) { o[0] = sqrt(sums[0]); }
}`,
};

const stepProgram: Program = {
  key: 'adamw',
  storage: [
    { name: 'w', type: 'array<f32>', access: 'rw' },
    { name: 'g', type: 'array<f32>', access: 'rw' },
    { name: 'm', type: 'array<f32>', access: 'rw' },
    { name: 'v', type: 'array<f32>', access: 'rw' },
    { name: 'norm', type: 'array<f32>', access: 'r' },
  ],
  uniforms: [
    { name: 'count', type: 'u32' },
    { name: 'rate', type: 'f32' },
    { name: 'beta1', type: 'f32' },
    { name: 'beta2', type: 'f32' },
    { name: 'eps', type: 'f32' },
    { name: 'decay', type: 'f32' },
    { name: 'maxNorm', type: 'f32' },
    { name: 'correction1', type: 'f32' },
    { name: 'correction2', type: 'f32' },
  ],
  workgroup: [ELEMENTWISE_SIZE, 1, 1],
  body: elementwise(
    ELEMENTWISE_SIZE,
    `var d = g[i];
  g[i] = 0.0;
  // Exponent all ones: infinite or not a number. Such a gradient changes nothing. Bits, as WGSL may assume finite floats.
  if ((bitcast<u32>(norm[0]) & 0x7f800000u) == 0x7f800000u) { return; }
  if (norm[0] > p.maxNorm) { d *= p.maxNorm / (norm[0] + 1e-6); }
  let a = p.beta1 * m[i] + (1.0 - p.beta1) * d;
  let b = p.beta2 * v[i] + (1.0 - p.beta2) * d * d;
  m[i] = a;
  v[i] = b;
  w[i] = w[i] * (1.0 - p.rate * p.decay) - p.rate * (a / p.correction1) / (sqrt(b / p.correction2) + p.eps);`,
  ),
};

/** One step of AdamW, by the names of Loshchilov & Hutter 2019. */
export interface AdamWStep {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weightDecay: number;
  /** Infinity for no clipping. */
  readonly maxGradNorm: number;
  /** 1 for the first update. */
  readonly step: number;
}

/** Flat buffers of equal length. */
export interface FlatState {
  readonly parameters: Slice;
  readonly gradient: Slice;
  readonly m: Slice;
  readonly v: Slice;
  /** Elements. */
  readonly length: number;
}

/** View of `count` elements. */
export function part(slice: Slice, from: number, count: number): Slice {
  return { buffer: slice.buffer, offset: slice.offset + from * 4, size: count * 4 };
}

/** Consecutive elements of flat buffers. */
export interface FlatRange {
  /** A multiple of {@link FLAT_ALIGNMENT}. */
  readonly from: number;
  readonly count: number;
}

/** In elements: where a part of a flat buffer may begin to be bound by itself. */
export const FLAT_ALIGNMENT = SLICE_ALIGNMENT / 4;

function rangesOf(gpu: Gpu, { from, count }: FlatRange): FlatRange[] {
  const most = Math.floor(gpu.maxBindingElements / FLAT_ALIGNMENT) * FLAT_ALIGNMENT;
  const ranges: FlatRange[] = [];
  for (let at = from; at < from + count; at += most) {
    ranges.push({ from: at, count: Math.min(most, from + count - at) });
  }
  return ranges;
}

/** The Euclidean norm of `length` elements, into one word. */
export function gradientNorm(gpu: Gpu, gradient: Slice, length: number, norm: Slice): void {
  const ranges = rangesOf(gpu, { from: 0, count: length });
  const partials = gpu.alloc(PARTIALS * ranges.length, 'norm partials');
  const shared = sharesSums(gpu);
  ranges.forEach(({ from, count }, i) => {
    const slices = [part(gradient, from, count), part(partials, i * PARTIALS, PARTIALS)];
    if (shared) gpu.run(sharedSquaresProgram, slices, [count], [PARTIALS, 1, 1]);
    else gpu.run(squaresProgram, slices, [PARTIALS, count], gpu.grid(PARTIALS, ELEMENTWISE_SIZE));
  });
  const all = PARTIALS * ranges.length;
  if (shared) gpu.run(sharedNormProgram, [partials, norm], [all], [1, 1, 1]);
  else gpu.run(normProgram, [partials, norm], [1, all], [1, 1, 1]);
  gpu.free(partials);
}

/**
 * {@link adamW} of one range, with a norm known before: all ranges of an update are clipped by one norm, whatever
 * their learning rates are.
 */
export function adamWRange(gpu: Gpu, state: FlatState, norm: Slice, step: AdamWStep, range: FlatRange): void {
  for (const { from, count } of rangesOf(gpu, range)) {
    gpu.run(
      stepProgram,
      [
        part(state.parameters, from, count),
        part(state.gradient, from, count),
        part(state.m, from, count),
        part(state.v, from, count),
        norm,
      ],
      [
        count,
        step.learningRate,
        step.beta1,
        step.beta2,
        step.eps,
        step.weightDecay,
        Math.min(step.maxGradNorm, 3e38),
        1 - step.beta1 ** step.step,
        1 - step.beta2 ** step.step,
      ],
      gpu.grid(count, ELEMENTWISE_SIZE),
    );
  }
}

/**
 * Updates in place and zeroes the gradient. `norm` (one word) receives the gradient's norm before clipping; where that
 * is not finite, parameters and moments stay as they are.
 */
export function adamW(gpu: Gpu, state: FlatState, norm: Slice, step: AdamWStep): void {
  gradientNorm(gpu, state.gradient, state.length, norm);
  adamWRange(gpu, state, norm, step, { from: 0, count: state.length });
}
