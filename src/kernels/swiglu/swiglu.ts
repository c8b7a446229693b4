/** SwiGLU (Shazeer 2020): h = silu(gate) ∘ up, from the fused projection [rows, 2·width] with the gate first. */
import type { Gpu, Slice } from '../gpu';
import type { Program, StorageBinding } from '../program';
import { ROW_SIZE, rowwise } from '../wgsl/common';

/** `width` counts elements of the arrays. */
function program(key: string, vec4: boolean, names: readonly string[], statements: string): Program {
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
    let s = 1.0 / (1.0 + exp(-g));
    ${statements}
  }`,
    ),
  };
}

const bothWidths = (key: string, names: readonly string[], statements: string) => ({
  vec4: program(key, true, names, statements),
  scalar: program(key, false, names, statements),
});

const forwardPrograms = bothWidths('swiglu', ['gu', 'o'], 'o[row * p.width + c] = g * s * u;');

const backwardPrograms = bothWidths(
  'swiglu-gradient',
  ['gu', 'dh', 'dgu'],
  `let d = dh[row * p.width + c];
    dgu[at] = d * u * s * (1.0 + g * (1.0 - s));
    dgu[at + p.width] = d * g * s;`,
);

function run(
  gpu: Gpu,
  programs: Readonly<Record<'vec4' | 'scalar', Program>>,
  slices: readonly Slice[],
  rows: number,
  width: number,
): void {
  const vec4 = width % 4 === 0;
  const uniforms = [rows, vec4 ? width / 4 : width];
  gpu.run(vec4 ? programs.vec4 : programs.scalar, slices, uniforms, gpu.grid(rows, 1));
}

export function swiglu(gpu: Gpu, gateUp: Slice, out: Slice, rows: number, width: number): void {
  run(gpu, forwardPrograms, [gateUp, out], rows, width);
}

export function swigluGradient(
  gpu: Gpu,
  gateUp: Slice,
  dh: Slice,
  dGateUp: Slice,
  rows: number,
  width: number,
): void {
  run(gpu, backwardPrograms, [gateUp, dh, dGateUp], rows, width);
}
