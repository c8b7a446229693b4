/** SwiGLU (Shazeer 2020): h = silu(gate) ∘ up, from the fused projection [rows, 2·width] with the gate first. */
import type { Gpu, Slice } from '../gpu';
import type { Program } from '../program';
import { ELEMENTWISE_SIZE, elementwise } from '../wgsl/common';

const UNIFORMS = [
  { name: 'count', type: 'u32' },
  { name: 'width', type: 'u32' },
] as const;

const LOAD = `let row = i / p.width;
  let at = row * 2u * p.width + i % p.width;
  let g = gu[at];
  let u = gu[at + p.width];
  let s = 1.0 / (1.0 + exp(-g));`;

const forwardProgram: Program = {
  key: 'swiglu',
  storage: [
    { name: 'gu', type: 'array<f32>', access: 'r' },
    { name: 'o', type: 'array<f32>', access: 'rw' },
  ],
  uniforms: UNIFORMS,
  workgroup: [ELEMENTWISE_SIZE, 1, 1],
  body: elementwise(ELEMENTWISE_SIZE, `${LOAD}\n  o[i] = g * s * u;`),
};

const backwardProgram: Program = {
  key: 'swiglu-gradient',
  storage: [
    { name: 'gu', type: 'array<f32>', access: 'r' },
    { name: 'dh', type: 'array<f32>', access: 'r' },
    { name: 'dgu', type: 'array<f32>', access: 'rw' },
  ],
  uniforms: UNIFORMS,
  workgroup: [ELEMENTWISE_SIZE, 1, 1],
  body: elementwise(
    ELEMENTWISE_SIZE,
    `${LOAD}
  let d = dh[i];
  dgu[at] = d * u * s * (1.0 + g * (1.0 - s));
  dgu[at + p.width] = d * g * s;`,
  ),
};

export function swiglu(gpu: Gpu, gateUp: Slice, out: Slice, rows: number, width: number): void {
  gpu.run(forwardProgram, [gateUp, out], [rows * width, width], gpu.grid(rows * width, ELEMENTWISE_SIZE));
}

export function swigluGradient(
  gpu: Gpu,
  gateUp: Slice,
  dh: Slice,
  dGateUp: Slice,
  rows: number,
  width: number,
): void {
  gpu.run(
    backwardProgram,
    [gateUp, dh, dGateUp],
    [rows * width, width],
    gpu.grid(rows * width, ELEMENTWISE_SIZE),
  );
}
