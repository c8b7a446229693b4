/**
 * Global-norm clipping and AdamW (Loshchilov & Hutter 2019) on flat buffers: parameters, gradient, m and v of all
 * tensors at once, three dispatches whatever the layer count.
 */
import { type Gpu, type Slice, SLICE_ALIGNMENT } from '../gpu';
import type { Program } from '../program';
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
  ranges.forEach(({ from, count }, i) => {
    gpu.run(
      squaresProgram,
      [part(gradient, from, count), part(partials, i * PARTIALS, PARTIALS)],
      [PARTIALS, count],
      gpu.grid(PARTIALS, ELEMENTWISE_SIZE),
    );
  });
  gpu.run(normProgram, [partials, norm], [1, PARTIALS * ranges.length], [1, 1, 1]);
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
