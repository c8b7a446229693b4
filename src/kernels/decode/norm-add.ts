/**
 * Gemma 3's norms on what attention and MLP give, and the addition to the residual stream, for the rows of a token
 * step. Other models add at the end of the projection (`linear.ts`); a norm needs the whole row first.
 */
import type { Program } from '../program';

/**
 * x [rows, width] += norm(y) ∘ w. Bindings: y like x, w [width], rows (see `step.ts`), x. One workgroup per row, whose
 * lanes' sums of squares are joined in a fixed order.
 */
export const normAddProgram = (lanes: number): Program => ({
  key: `decode-norm-add-${lanes}`,
  storage: [
    { name: 'y', type: 'array<f32>', access: 'r' },
    { name: 'w', type: 'array<f32>', access: 'r' },
    { name: 'rows', type: 'array<vec4<u32>>', access: 'r' },
    { name: 'x', type: 'array<f32>', access: 'rw' },
  ],
  uniforms: [
    { name: 'width', type: 'u32' },
    { name: 'eps', type: 'f32' },
  ],
  workgroup: [lanes, 1, 1],
  body: `
var<workgroup> sums: array<f32, ${lanes}>;
@compute @workgroup_size(${lanes}, 1, 1)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = wid.x;
  if (row >= rows[0].x) { return; }
  let at = row * p.width;
  var own = 0.0;
  for (var c = lane; c < p.width; c += ${lanes}u) { own += y[at + c] * y[at + c]; }
  sums[lane] = own;
  workgroupBarrier();
  var sum = 0.0;
  for (var l = 0u; l < ${lanes}u; l++) { sum += sums[l]; }
  let scale = 1.0 / sqrt(sum / f32(p.width) + p.eps);
  for (var c = lane; c < p.width; c += ${lanes}u) { x[at + c] += y[at + c] * scale * w[c]; }
}`,
});
