/**
 * Gated MLPs (Shazeer 2020): h = act(gate) ∘ up, from the fused projection [rows, 2·width] with the gate first. The gate
 * is silu (SwiGLU) or GELU by its tanh formula (Hendrycks & Gimpel 2016; GEGLU, as in Gemma). Both are g·σ(v): for
 * silu v = g, and with 0.5·(1 + tanh u) = σ(2u), for GELU v = 2·√(2/π)·(g + 0.044715·g³).
 */
import type { Gpu, Slice } from '../gpu';
import type { Program, StorageBinding } from '../program';
import { ROW_SIZE, rowwise } from '../wgsl/common';

export const ACTIVATIONS = ['silu', 'gelu_tanh'] as const;
/** What the gate goes through. */
export type Activation = (typeof ACTIVATIONS)[number];

/** 2·√(2/π), and the factor of the cube. */
export const GELU_TANH = { slope: 1.5957691216057308, cubic: 0.044715 } as const;

/** WGSL of v, by which g·σ(v) is the activation, and of dv/dg, for f32 and vectors of it. */
export const GATE: Readonly<Record<Activation, { readonly v: string; readonly slope: string }>> = {
  silu: { v: 'g', slope: '1.0' },
  gelu_tanh: {
    v: `${GELU_TANH.slope} * (g + ${GELU_TANH.cubic} * g * g * g)`,
    slope: `(${GELU_TANH.slope} * (1.0 + ${3 * GELU_TANH.cubic} * g * g))`,
  },
};

/** `width` counts elements of the arrays. */
function program(
  key: string,
  vec4: boolean,
  names: readonly string[],
  v: string,
  statements: string,
): Program {
  const type = vec4 ? 'array<vec4<f32>>' : 'array<f32>';
  return {
    key: `${key}-${vec4 ? 'vec4' : 'scalar'}`,
    storage: names.map((name, i): StorageBinding => ({
      name,
      type,
      access: i === names.length - 1 ? 'rw' : 'r',
    })),
    uniforms: [
      { name: 'rows', type: 'u32' },
      { name: 'width', type: 'u32' },
    ],
    workgroup: [ROW_SIZE, 1, 1],
    body: rowwise(
      ROW_SIZE,
      `for (var c = lid; c < p.width; c += ${ROW_SIZE}u) {
    let at = row * 2u * p.width + c;
    let g = gu[at];
    let u = gu[at + p.width];
    let s = 1.0 / (1.0 + exp(-(${v})));
    ${statements}
  }`,
    ),
  };
}

/** One program per activation and kind of load. */
function programs(key: string, names: readonly string[], statements: (activation: Activation) => string) {
  const both = (activation: Activation) => {
    const name = activation === 'silu' ? key : `${key}-${activation}`;
    const build = (vec4: boolean) => program(name, vec4, names, GATE[activation].v, statements(activation));
    return { vec4: build(true), scalar: build(false) };
  };
  return { silu: both('silu'), gelu_tanh: both('gelu_tanh') };
}

type Programs = ReturnType<typeof programs>;

const forwardPrograms = programs('swiglu', ['gu', 'o'], () => 'o[row * p.width + c] = g * s * u;');

const backwardPrograms = programs(
  'swiglu-gradient',
  ['gu', 'dh', 'dgu'],
  (activation) => `let d = dh[row * p.width + c];
    dgu[at] = d * u * s * (1.0 + g${activation === 'silu' ? '' : ` * ${GATE[activation].slope}`} * (1.0 - s));
    dgu[at + p.width] = d * g * s;`,
);

function run(
  gpu: Gpu,
  { vec4: vec4Program, scalar }: Programs[Activation],
  slices: readonly Slice[],
  rows: number,
  width: number,
): void {
  const vec4 = width % 4 === 0;
  const uniforms = [rows, vec4 ? width / 4 : width];
  gpu.run(vec4 ? vec4Program : scalar, slices, uniforms, gpu.grid(rows, 1));
}

export function swiglu(
  gpu: Gpu,
  gateUp: Slice,
  out: Slice,
  rows: number,
  width: number,
  activation: Activation = 'silu',
): void {
  run(gpu, forwardPrograms[activation], [gateUp, out], rows, width);
}

export function swigluGradient(
  gpu: Gpu,
  gateUp: Slice,
  dh: Slice,
  dGateUp: Slice,
  rows: number,
  width: number,
  activation: Activation = 'silu',
): void {
  run(gpu, backwardPrograms[activation], [gateUp, dh, dGateUp], rows, width);
}
