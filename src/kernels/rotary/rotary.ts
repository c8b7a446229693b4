/**
 * Rotary position embedding (Su et al. 2021) in the rotate-half form of Hugging Face's Llama, with the per-head
 * RMSNorm of Qwen3 and Gemma 3 in front where the model has one. Reads the fused projection [rows, (H + 2K)·hd], writes q
 * [rows, H·hd] and the key/value cache [slots, 2·K·hd] (keys first) at the row's slot.
 */
import type { Gpu, Slice } from '../gpu';
import type { Program } from '../program';
import { elementwise, ROW_SIZE } from '../wgsl/common';

export interface RotaryShape {
  readonly rows: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly eps: number;
}

const UNIFORMS = [
  { name: 'count', type: 'u32' },
  { name: 'heads', type: 'u32' },
  { name: 'kv', type: 'u32' },
  { name: 'hd', type: 'u32' },
  { name: 'eps', type: 'f32' },
] as const;

const LOCATE = `let all = p.heads + 2u * p.kv;
  let row = i / all;
  let h = i % all;
  let base = i * p.hd;
  let half = p.hd / 2u;
  let angle = u32(position[row]) * half;`;

function forwardProgram(qkNorm: boolean): Program {
  return {
    key: `rotary${qkNorm ? '-qk-norm' : ''}`,
    storage: [
      { name: 'qkv', type: 'array<f32>', access: 'r' },
      { name: 'table', type: 'array<vec2<f32>>', access: 'r' },
      { name: 'position', type: 'array<i32>', access: 'r' },
      { name: 'slot', type: 'array<u32>', access: 'r' },
      { name: 'q', type: 'array<f32>', access: 'rw' },
      { name: 'cache', type: 'array<f32>', access: 'rw' },
      ...(qkNorm
        ? [
            { name: 'qw', type: 'array<f32>', access: 'r' as const },
            { name: 'kw', type: 'array<f32>', access: 'r' as const },
          ]
        : []),
    ],
    uniforms: UNIFORMS,
    workgroup: [ROW_SIZE, 1, 1],
    body: elementwise(
      ROW_SIZE,
      `${LOCATE}
  let kvrow = slot[row] * 2u * p.kv * p.hd;
  if (h >= p.heads + p.kv) {
    let to = kvrow + (h - p.heads) * p.hd;
    for (var c = 0u; c < p.hd; c++) { cache[to + c] = qkv[base + c]; }
    return;
  }
  var scale = 1.0;
  ${
    qkNorm
      ? `var sum = 0.0;
  for (var c = 0u; c < p.hd; c++) { sum += qkv[base + c] * qkv[base + c]; }
  scale = 1.0 / sqrt(sum / f32(p.hd) + p.eps);`
      : ''
  }
  for (var c = 0u; c < half; c++) {
    var a = qkv[base + c] * scale;
    var b = qkv[base + half + c] * scale;
    ${qkNorm ? 'if (h < p.heads) { a *= qw[c]; b *= qw[half + c]; } else { a *= kw[c]; b *= kw[half + c]; }' : ''}
    let t = table[angle + c];
    let x = a * t.x - b * t.y;
    let y = b * t.x + a * t.y;
    if (h < p.heads) {
      let to = (row * p.heads + h) * p.hd;
      q[to + c] = x; q[to + half + c] = y;
    } else {
      let to = kvrow + (h - p.heads) * p.hd;
      cache[to + c] = x; cache[to + half + c] = y;
    }
  }`,
    ),
  };
}

/** Training lays tokens out so that slot = row; gradients of keys and values come as [rows, 2·K·hd]. */
function backwardProgram(qkNorm: boolean): Program {
  return {
    key: `rotary-gradient${qkNorm ? '-qk-norm' : ''}`,
    storage: [
      { name: 'dq', type: 'array<f32>', access: 'r' },
      { name: 'dkv', type: 'array<f32>', access: 'r' },
      { name: 'table', type: 'array<vec2<f32>>', access: 'r' },
      { name: 'position', type: 'array<i32>', access: 'r' },
      { name: 'dqkv', type: 'array<f32>', access: 'rw' },
      ...(qkNorm
        ? [
            { name: 'qkv', type: 'array<f32>', access: 'r' as const },
            { name: 'qw', type: 'array<f32>', access: 'r' as const },
            { name: 'kw', type: 'array<f32>', access: 'r' as const },
          ]
        : []),
    ],
    uniforms: UNIFORMS,
    workgroup: [ROW_SIZE, 1, 1],
    body: elementwise(
      ROW_SIZE,
      `${LOCATE}
  if (h >= p.heads + p.kv) {
    let at = row * 2u * p.kv * p.hd + (h - p.heads) * p.hd;
    for (var c = 0u; c < p.hd; c++) { dqkv[base + c] = dkv[at + c]; }
    return;
  }
  let isQuery = h < p.heads;
  let at = select(row * 2u * p.kv * p.hd + (h - p.heads) * p.hd, (row * p.heads + h) * p.hd, isQuery);
  for (var c = 0u; c < half; c++) {
    var gx = 0.0; var gy = 0.0;
    if (isQuery) { gx = dq[at + c]; gy = dq[at + half + c]; } else { gx = dkv[at + c]; gy = dkv[at + half + c]; }
    let t = table[angle + c];
    dqkv[base + c] = gx * t.x + gy * t.y;
    dqkv[base + half + c] = gy * t.x - gx * t.y;
  }
  ${
    qkNorm
      ? `var squares = 0.0; var along = 0.0;
  for (var c = 0u; c < p.hd; c++) {
    let v = qkv[base + c];
    squares += v * v;
    along += dqkv[base + c] * select(kw[c], qw[c], isQuery) * v;
  }
  let rstd = 1.0 / sqrt(squares / f32(p.hd) + p.eps);
  let back = along * rstd * rstd * rstd / f32(p.hd);
  for (var c = 0u; c < p.hd; c++) {
    dqkv[base + c] = dqkv[base + c] * select(kw[c], qw[c], isQuery) * rstd - qkv[base + c] * back;
  }`
      : ''
  }`,
    ),
  };
}

export interface QkNorm {
  readonly q: Slice;
  readonly k: Slice;
}

/** @param table cos and sin per (position, pair), from {@link rotaryTable}. */
export function rotary(
  gpu: Gpu,
  args: {
    qkv: Slice;
    table: Slice;
    position: Slice;
    slot: Slice;
    q: Slice;
    cache: Slice;
    norm: QkNorm | null;
  },
  shape: RotaryShape,
): void {
  const slices = [args.qkv, args.table, args.position, args.slot, args.q, args.cache];
  if (args.norm !== null) slices.push(args.norm.q, args.norm.k);
  const count = shape.rows * (shape.heads + 2 * shape.kvHeads);
  gpu.run(
    forwardProgram(args.norm !== null),
    slices,
    [count, shape.heads, shape.kvHeads, shape.headDim, shape.eps],
    gpu.grid(count, ROW_SIZE),
  );
}

/** dqkv base dq and dkv; `qkv` (before norm and rotation) is needed with a norm only. */
export function rotaryGradient(
  gpu: Gpu,
  args: {
    dq: Slice;
    dkv: Slice;
    table: Slice;
    position: Slice;
    dqkv: Slice;
    qkv: Slice;
    norm: QkNorm | null;
  },
  shape: RotaryShape,
): void {
  const slices = [args.dq, args.dkv, args.table, args.position, args.dqkv];
  if (args.norm !== null) slices.push(args.qkv, args.norm.q, args.norm.k);
  const count = shape.rows * (shape.heads + 2 * shape.kvHeads);
  gpu.run(
    backwardProgram(args.norm !== null),
    slices,
    [count, shape.heads, shape.kvHeads, shape.headDim, shape.eps],
    gpu.grid(count, ROW_SIZE),
  );
}

/** Every frequency divided by a factor (Chen et al. 2023, position interpolation). */
export interface LinearRotaryScaling {
  readonly factor: number;
}

/** Llama-3 frequency scaling, as in Hugging Face's `_compute_llama3_parameters`. */
export interface Llama3RotaryScaling extends LinearRotaryScaling {
  readonly lowFreqFactor: number;
  readonly highFreqFactor: number;
  readonly originalMaxPositions: number;
}

/** How frequencies are changed for contexts longer than those of pretraining. */
export type RotaryScaling = LinearRotaryScaling | Llama3RotaryScaling;

/**
 * cos, sin pairs [positions, headDim/2, 2], computed in double precision.
 * @param theta null: nothing turns, for layers without rotary embedding
 */
export function rotaryTable(
  positions: number,
  headDim: number,
  theta: number | null,
  scaling: RotaryScaling | null = null,
): Float32Array {
  const half = headDim / 2;
  const table = new Float32Array(positions * half * 2);
  for (let c = 0; c < half; c++) {
    const frequency = theta === null ? 0 : scaledFrequency(theta ** ((-2 * c) / headDim), scaling);
    for (let position = 0; position < positions; position++) {
      const at = (position * half + c) * 2;
      table[at] = Math.cos(position * frequency);
      table[at + 1] = Math.sin(position * frequency);
    }
  }
  return table;
}

/** A frequency after scaling; Llama 3: "The Llama 3 Herd of Models" and its reference code. */
export function scaledFrequency(frequency: number, scaling: RotaryScaling | null): number {
  if (scaling === null) return frequency;
  if (!('lowFreqFactor' in scaling)) return frequency / scaling.factor;
  const wavelength = (2 * Math.PI) / frequency;
  const { factor, lowFreqFactor, highFreqFactor, originalMaxPositions } = scaling;
  if (wavelength > originalMaxPositions / lowFreqFactor) return frequency / factor;
  if (wavelength < originalMaxPositions / highFreqFactor) return frequency;
  const smooth = (originalMaxPositions / wavelength - lowFreqFactor) / (highFreqFactor - lowFreqFactor);
  return ((1 - smooth) * frequency) / factor + smooth * frequency;
}
