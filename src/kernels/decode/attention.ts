/**
 * Attention of a token step: one workgroup per (row, head). Lane l takes the keys at positions l, l + 8, … of its
 * sequence with an online softmax (Milakov & Gimelshein 2018) of its own; the partial results are joined in a fixed
 * order. Lanes go by position, not by slot, so the sum does not depend on where the keys lie.
 */
import { SHARED_LANES } from '../gpu';
import type { Program } from '../program';

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** `rows` and `info`: see `step.ts`. `runs`: slots of prompts, [from, to) each, in order of position. */
export function decodeAttentionProgram(headDim: number): Program {
  const vec4 = headDim % 4 === 0;
  const parts = vec4 ? headDim / 4 : headDim;
  const type = vec4 ? 'vec4<f32>' : 'f32';
  const zero = vec4 ? 'vec4<f32>(0.0)' : '0.0';
  const each = (statement: (c: number) => string) => range(parts).map(statement).join(' ');
  const score = range(parts)
    .map((c) => (vec4 ? `dot(q${c}, cache[at + ${c}u])` : `q${c} * cache[at + ${c}u]`))
    .join(' + ');
  return {
    key: `decode-attention-${headDim}`,
    storage: [
      { name: 'q', type: `array<${type}>`, access: 'r' },
      { name: 'cache', type: `array<${type}>`, access: 'r' },
      { name: 'rows', type: 'array<vec4<u32>>', access: 'r' },
      { name: 'info', type: 'array<vec4<u32>>', access: 'r' },
      { name: 'runs', type: 'array<vec2<u32>>', access: 'r' },
      { name: 'o', type: `array<${type}>`, access: 'rw' },
    ],
    uniforms: [
      { name: 'heads', type: 'u32' },
      { name: 'kv', type: 'u32' },
      { name: 'scale', type: 'f32' },
    ],
    workgroup: [SHARED_LANES, 1, 1],
    body: `
var<workgroup> tops: array<f32, ${SHARED_LANES}>;
var<workgroup> totals: array<f32, ${SHARED_LANES}>;
var<workgroup> sums: array<${type}, ${SHARED_LANES * parts}>;
@compute @workgroup_size(${SHARED_LANES}, 1, 1)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = wid.y;
  let head = wid.x;
  if (row >= rows[0].x) { return; }
  let token = rows[row + 1u];
  let place = info[2u * token.x + 1u];
  let h = head / (p.heads / p.kv);
  let stride = 2u * p.kv * ${parts}u;
  let key0 = h * ${parts}u;
  let to_value = p.kv * ${parts}u;
  let self_at = (row * p.heads + head) * ${parts}u;
  ${each((c) => `let q${c} = q[self_at + ${c}u] * p.scale;`)}
  ${each((c) => `var o${c} = ${zero};`)}
  var top = -3.0e38;
  var total = 0.0;
  // Position of the run's first key.
  var first = 0u;
  for (var r = place.z; r <= place.w; r++) {
    var run = vec2<u32>(place.y, place.y + token.z + 1u - place.x);
    if (r < place.w) { run = runs[r]; }
    let count = run.y - run.x;
    for (var j = (lane - first) % ${SHARED_LANES}u; j < count; j += ${SHARED_LANES}u) {
      var at = (run.x + j) * stride + key0;
      let s = ${score};
      let next = max(top, s);
      let fade = exp(top - next);
      let e = exp(s - next);
      total = total * fade + e;
      at += to_value;
      ${each((c) => `o${c} = o${c} * fade + e * cache[at + ${c}u];`)}
      top = next;
    }
    first += count;
  }
  tops[lane] = top;
  totals[lane] = total;
  ${each((c) => `sums[lane * ${parts}u + ${c}u] = o${c};`)}
  workgroupBarrier();
  ${range(SHARED_LANES)
    .map((l) => `let t${l} = tops[${l}];`)
    .join(' ')}
  let best = max(max(max(t0, t1), max(t2, t3)), max(max(t4, t5), max(t6, t7)));
  ${range(SHARED_LANES)
    .map((l) => `let f${l} = exp(t${l} - best);`)
    .join(' ')}
  let sum = ${range(SHARED_LANES)
    .map((l) => `f${l} * totals[${l}]`)
    .join(' + ')};
  for (var c = lane; c < ${parts}u; c += ${SHARED_LANES}u) {
    o[self_at + c] = (${range(SHARED_LANES)
      .map((l) => `f${l} * sums[${l * parts}u + c]`)
      .join(' + ')}) / sum;
  }
}`,
  };
}
