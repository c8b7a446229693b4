/**
 * Second half of a low-rank part in a token step, where the adapter is not folded into the weights: from the low-rank
 * activations u = x·Aᵀ (a projection like others, `linear.ts`) to what the unit's product is added to.
 */
import type { LowRank } from '../linear/linear';
import { MAX_MODULES } from '../matmul/interface';
import type { Program } from '../program';
import { ELEMENTWISE_SIZE, linearIndex } from '../wgsl/common';

/** No output column is that large. */
const NO_BLOCK = 0xffff_ffff;

const blockNames = Array.from({ length: MAX_MODULES }, (_, z) => `block${z}`);
const scaleNames = blockNames.map((_, z) => `scale${z}`);

/**
 * o [rows, outputs] (+)= bias + scale·u·Bᵀ; columns without a low-rank part get the bias alone. Bindings: rows (see
 * `step.ts`), u [rows, columns of all blocks], l (B), bias [outputs], o.
 */
export const lowRankStepProgram: Program = {
  key: 'decode-low-rank',
  storage: [
    { name: 'rows', type: 'array<vec4<u32>>', access: 'r' },
    { name: 'u', type: 'array<f32>', access: 'r' },
    { name: 'l', type: 'array<f32>', access: 'r' },
    { name: 'bias', type: 'array<f32>', access: 'r' },
    { name: 'o', type: 'array<f32>', access: 'rw' },
  ],
  uniforms: [
    // First output, first column of u, first row of B, whether there is a low-rank part.
    ...blockNames.map((name) => ({ name, type: 'vec4u' }) as const),
    { name: 'outputs', type: 'u32' },
    { name: 'ldu', type: 'u32' },
    { name: 'rank', type: 'u32' },
    { name: 'biased', type: 'u32' },
    { name: 'adds', type: 'u32' },
    ...scaleNames.map((name) => ({ name, type: 'f32' }) as const),
  ],
  workgroup: [ELEMENTWISE_SIZE, 1, 1],
  body: `${linearIndex(ELEMENTWISE_SIZE)}
@compute @workgroup_size(${ELEMENTWISE_SIZE}, 1, 1)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let i = linear_index(wid, groups, lid);
  if (i >= rows[0].x * p.outputs) { return; }
  let row = i / p.outputs;
  let column = i % p.outputs;
  var block = p.block0;
  var scale = p.scale0;
  ${blockNames
    .slice(1)
    .map((name, z) => `if (column >= p.${name}.x) { block = p.${name}; scale = p.${scaleNames[z + 1]}; }`)
    .join('\n  ')}
  var sum = 0.0;
  if (block.w == 1u) {
    let at = (block.z + column - block.x) * p.rank;
    for (var j = 0u; j < p.rank; j++) { sum = fma(u[row * p.ldu + block.y + j], l[at + j], sum); }
  }
  var value = scale * sum;
  if (p.biased == 1u) { value += bias[column]; }
  if (p.adds == 1u) { value += o[i]; }
  o[i] = value;
}`,
};

export function lowRankStepUniforms(
  low: LowRank,
  outputs: number,
  how: { readonly biased: boolean; readonly adds: boolean },
): number[] {
  const blocks = blockNames.flatMap((_, z) => {
    const block = low.blocks[z];
    if (block === undefined) return [NO_BLOCK, 0, 0, 0];
    return [block.firstRow, block.lora?.u0 ?? 0, block.lora?.l0 ?? 0, block.lora === null ? 0 : 1];
  });
  const scales = blockNames.map((_, z) => low.blocks[z]?.lora?.scale ?? 0);
  return [...blocks, outputs, low.columns, low.rank, how.biased ? 1 : 0, how.adds ? 1 : 0, ...scales];
}
