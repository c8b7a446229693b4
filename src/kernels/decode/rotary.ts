/**
 * Norms of q and k (Qwen3, Gemma 3), rotation, and the write to the cache, for the rows of a token step. Models without these
 * norms rotate at the end of the projection (`linear-interface.ts`); a norm needs the whole head first.
 */
import type { CacheType } from '../../settings/choices';
import type { Program } from '../program';
import { cacheSuffix, WRITE_PAIR, writeBinding } from './cache-type';
import { linearIndex, ROW_SIZE } from '../wgsl/common';

const interfaceOf = (cache: CacheType): Pick<Program, 'storage' | 'uniforms'> => ({
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
});

/** WGSL of `rotated(token, row, h, c, v)`: pair c of a head, normed, to q or the cache. */
const ROTATED = `
fn rotated(token: vec4<u32>, row: u32, h: u32, c: u32, normed: vec2<f32>) {
  let half = p.hd / 2u;
  var v = normed;
  if (h < p.heads) { v *= vec2<f32>(qw[c], qw[half + c]); } else { v *= vec2<f32>(kw[c], kw[half + c]); }
  let t = table[token.z * half + c];
  let turned = vec2<f32>(v.x * t.x - v.y * t.y, v.y * t.x + v.x * t.y);
  if (h < p.heads) {
    let to = (row * p.heads + h) * p.hd;
    q[to + c] = turned.x; q[to + half + c] = turned.y;
  } else {
    keep(token.w, h - p.heads, c, turned);
  }
}`;

/** qkv [rows, (heads + 2·kv)·hd] to q [rows, heads·hd] and the cache; one invocation per (row, head). */
export const decodeRotaryProgram = (cache: CacheType): Program => ({
  key: `decode-rotary${cacheSuffix(cache)}`,
  ...interfaceOf(cache),
  workgroup: [ROW_SIZE, 1, 1],
  body: `${linearIndex(ROW_SIZE)}
${WRITE_PAIR[cache]}
${ROTATED}
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
    rotated(token, row, h, c, vec2<f32>(qkv[base + c], qkv[base + half + c]) * scale);
  }
}`,
});

/** Lanes that share a head; the pairs of one in most models. */
const HEAD_LANES = 64;

/** The same with one workgroup per (row, head), whose lanes' sums of squares are joined in a fixed order. */
export const cooperativeRotaryProgram = (cache: CacheType): Program => ({
  key: `decode-rotary-cooperative${cacheSuffix(cache)}`,
  ...interfaceOf(cache),
  workgroup: [HEAD_LANES, 1, 1],
  body: `
${WRITE_PAIR[cache]}
${ROTATED}
var<workgroup> squares: array<f32, ${HEAD_LANES}>;
@compute @workgroup_size(${HEAD_LANES}, 1, 1)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let i = wid.y * groups.x + wid.x;
  let all = p.heads + 2u * p.kv;
  let row = i / all;
  if (row >= rows[0].x) { return; }
  let token = rows[row + 1u];
  let h = i % all;
  let base = i * p.hd;
  let half = p.hd / 2u;
  if (h >= p.heads + p.kv) {
    for (var c = lane; c < half; c += ${HEAD_LANES}u) {
      keep(token.w, h - p.heads, c, vec2<f32>(qkv[base + c], qkv[base + half + c]));
    }
    return;
  }
  var own = 0.0;
  for (var c = lane; c < half; c += ${HEAD_LANES}u) {
    own = fma(qkv[base + c], qkv[base + c], own);
    own = fma(qkv[base + half + c], qkv[base + half + c], own);
  }
  squares[lane] = own;
  workgroupBarrier();
  var sum = vec4<f32>(0.0);
  for (var l = 0u; l < ${HEAD_LANES}u; l += 4u) {
    sum += vec4<f32>(squares[l], squares[l + 1u], squares[l + 2u], squares[l + 3u]);
  }
  let scale = 1.0 / sqrt(((sum.x + sum.y) + (sum.z + sum.w)) / f32(p.hd) + p.eps);
  for (var c = lane; c < half; c += ${HEAD_LANES}u) {
    rotated(token, row, h, c, vec2<f32>(qkv[base + c], qkv[base + half + c]) * scale);
  }
}`,
});
