/**
 * Norms of q and k (Qwen3, Gemma 3), rotation, and the write to the cache, for the rows of a token step. Models without these
 * norms rotate at the end of the projection (`linear.ts`); a norm needs the whole head first.
 */
import type { CacheType } from '../../settings/choices';
import type { Program } from '../program';
import { cacheSuffix, WRITE_PAIR, writeBinding } from './cache-type';
import { linearIndex, ROW_SIZE } from '../wgsl/common';

/** qkv [rows, (heads + 2·kv)·hd] to q [rows, heads·hd] and the cache; one invocation per (row, head). */
export const decodeRotaryProgram = (cache: CacheType): Program => ({
  key: `decode-rotary${cacheSuffix(cache)}`,
  storage: [
    { name: 'qkv', type: 'array<f32>', access: 'r' },
    { name: 'rows', type: 'array<vec4<u32>>', access: 'r' },
    { name: 'table', type: 'array<vec2<f32>>', access: 'r' },
    { name: 'qw', type: 'array<f32>', access: 'r' },
    { name: 'kw', type: 'array<f32>', access: 'r' },
    { name: 'q', type: 'array<f32>', access: 'rw' },
    writeBinding(cache),
  ],
  uniforms: [
    { name: 'heads', type: 'u32' },
    { name: 'kv', type: 'u32' },
    { name: 'hd', type: 'u32' },
    { name: 'eps', type: 'f32' },
  ],
  workgroup: [ROW_SIZE, 1, 1],
  body: `${linearIndex(ROW_SIZE)}
${WRITE_PAIR[cache]}
@compute @workgroup_size(${ROW_SIZE}, 1, 1)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let i = linear_index(wid, groups, lid);
  let all = p.heads + 2u * p.kv;
  let row = i / all;
  if (row >= rows[0].x) { return; }
  let token = rows[row + 1u];
  let h = i % all;
  let base = i * p.hd;
  let half = p.hd / 2u;
  if (h >= p.heads + p.kv) {
    for (var c = 0u; c < half; c++) {
      keep(token.w, h - p.heads, c, vec2<f32>(qkv[base + c], qkv[base + half + c]));
    }
    return;
  }
  var sum = 0.0;
  for (var c = 0u; c < p.hd; c++) { sum += qkv[base + c] * qkv[base + c]; }
  let scale = 1.0 / sqrt(sum / f32(p.hd) + p.eps);
  for (var c = 0u; c < half; c++) {
    var a = qkv[base + c] * scale;
    var b = qkv[base + half + c] * scale;
    if (h < p.heads) { a *= qw[c]; b *= qw[half + c]; } else { a *= kw[c]; b *= kw[half + c]; }
    let t = table[token.z * half + c];
    let x = a * t.x - b * t.y;
    let y = b * t.x + a * t.y;
    if (h < p.heads) {
      let to = (row * p.heads + h) * p.hd;
      q[to + c] = x; q[to + half + c] = y;
    } else {
      keep(token.w, h - p.heads, c, vec2<f32>(x, y));
    }
  }
}`,
});
