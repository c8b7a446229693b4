/**
 * Attention of a token step, in two forms; a third, for graphics cards, is in `attention-cooperative.ts`. They sum the
 * same keys.
 *
 * {@link decodeAttentionProgram}: one workgroup per (row, head). Lane l takes the keys at positions l, l + 8, … of its
 * sequence with an online softmax (Milakov & Gimelshein 2018) of its own; the partial results are joined in a fixed
 * order. Lanes go by position, not by slot, so the sum does not depend on where the keys lie.
 *
 * {@link sharedAttentionProgram}: one workgroup per (eight rows, head), a lane each. Rows of one prompt, and the rows of
 * a chunk, see the same keys; each is loaded once for all of them, a part per lane, and broadcast. What a lane may not
 * see it computes and drops. On software devices a load costs many times its multiply-adds, and even for a single row
 * this is no slower; a real GPU has too few workgroups then.
 */
import { SHARED_LANES } from '../gpu';
import { OWN_SLOT } from './step';
import type { Program, StorageBinding, UniformField } from '../program';
import type { CacheType } from '../../settings/choices';
import { cacheSuffix, halves, headElements, loadCached, readBinding } from './cache-type';
import { HeadVector, type PartIndex, softmaxStep } from '../wgsl/head-vector';

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** `rows`, `info` and `pages`: see `step.ts`. `runs`: slots of prompts, [from, to) each, in order of position. */
export const attentionBindings = (v: HeadVector, cache: CacheType): StorageBinding[] => [
  { name: 'q', type: v.type, access: 'r' },
  readBinding(cache, v),
  { name: 'rows', type: 'array<vec4<u32>>', access: 'r' },
  { name: 'info', type: 'array<vec4<u32>>', access: 'r' },
  { name: 'runs', type: 'array<vec2<u32>>', access: 'r' },
  { name: 'pages', type: 'array<u32>', access: 'r' },
  { name: 'o', type: v.type, access: 'rw' },
];

const UNIFORMS: readonly UniformField[] = [
  { name: 'heads', type: 'u32' },
  { name: 'kv', type: 'u32' },
  { name: 'scale', type: 'f32' },
];

/** With a window a row sees so many positions, its own included, and keys that no row of a block sees are not walked. */
export const attentionUniforms = (windowed: boolean): readonly UniformField[] =>
  windowed ? [...UNIFORMS, { name: 'window', type: 'u32' }] : UNIFORMS;

/** First position that a row at position `at` sees. */
export const firstSeen = (at: string) => `(${at} + 1u - min(p.window, ${at} + 1u))`;

/** The query of `row` and `head`, where its keys lie, and an empty sum. */
const begin = (v: HeadVector, cache: CacheType) => `let h = head / (p.heads / p.kv);
  let stride = 2u * p.kv * ${headElements(cache, v)}u;
  let key0 = h * ${headElements(cache, v)}u;
  let to_value = p.kv * ${headElements(cache, v)}u;
  let self_at = (row * p.heads + head) * ${v.parts}u;
  ${v.vectors('q', 'o', 'k', 'v')}
  ${v.each((c) => `let q${c} = q[self_at + ${c}u] * p.scale;`)}
  ${v.each((c) => `var o${c} = ${v.zero};`)}
  var top = -3.0e38;
  var total = 0.0;`;

const score = (v: HeadVector, key: (c: PartIndex) => string) => v.dot('s', (c) => `q${c}`, key);

export function decodeAttentionProgram(headDim: number, windowed: boolean, cache: CacheType): Program {
  const v = new HeadVector(headDim);
  const { parts } = v;
  const load = (name: string, at: string) => loadCached(v, cache, name, at, 0);
  return {
    key: `decode-attention-${headDim}${windowed ? '-window' : ''}${cacheSuffix(cache)}`,
    storage: attentionBindings(v, cache),
    uniforms: attentionUniforms(windowed),
    workgroup: [SHARED_LANES, 1, 1],
    body: `
${OWN_SLOT}
${halves(cache)}
var<workgroup> tops: array<f32, ${SHARED_LANES}>;
var<workgroup> totals: array<f32, ${SHARED_LANES}>;
var<workgroup> sums: array<${v.part}, ${SHARED_LANES * parts}>;
@compute @workgroup_size(${SHARED_LANES}, 1, 1)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = wid.y;
  let head = wid.x;
  if (row >= rows[0].x) { return; }
  let token = rows[row + 1u];
  let place = info[2u * token.x + 1u];
  ${begin(v, cache)}
  ${windowed ? `let seen = ${firstSeen('token.z')};` : ''}
  // Position of the run's first key.
  var first = 0u;
  for (var r = place.z; r <= place.w; r++) {
    let is_own = r == place.w;
    var run = vec2<u32>(0u, token.z + 1u - place.x);
    if (!is_own) { run = runs[r]; }
    let count = run.y - run.x;
    ${
      windowed
        ? `let skipped = max(seen, first) - first;
    for (var j = skipped + (lane - first - skipped) % ${SHARED_LANES}u; j < count; j += ${SHARED_LANES}u) {`
        : `for (var j = (lane - first) % ${SHARED_LANES}u; j < count; j += ${SHARED_LANES}u) {`
    }
      var slot = run.x + j;
      if (is_own) { slot = own_slot(place.y, j); }
      let at = slot * stride + key0;
      ${load('k', 'at')}
      ${score(v, (c) => `k${c}`)}
      ${load('v', 'at + to_value')}
      ${softmaxStep(v, (c) => `v${c}`)}
    }
    first += count;
  }
  tops[lane] = top;
  totals[lane] = total;
  ${v.each((c) => `sums[lane * ${parts}u + ${c}u] = o${c};`)}
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

/** @param shared lanes that share loads, at most the smallest subgroup */
export function sharedAttentionProgram(
  headDim: number,
  shared: number,
  windowed: boolean,
  cache: CacheType,
): Program {
  const v = new HeadVector(headDim);
  const key = (visible: string) => `
      let at = slot * stride + key0;
      ${loadCached(v, cache, 'k', 'at', shared)} ${loadCached(v, cache, 'v', 'at + to_value', shared)}
      ${score(v, (c) => `k${c}`)}
      let sees = ${visible};
      ${softmaxStep(v, (c) => `v${c}`, 'sees')}`;
  return {
    key: `decode-attention-${headDim}-shared${shared}${windowed ? '-window' : ''}${cacheSuffix(cache)}`,
    enables: ['subgroups'],
    storage: attentionBindings(v, cache),
    uniforms: attentionUniforms(windowed),
    workgroup: [SHARED_LANES, 1, 1],
    body: `
${OWN_SLOT}
${halves(cache)}
@compute @workgroup_size(${SHARED_LANES}, 1, 1)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let head = wid.x;
  let block = wid.y * ${SHARED_LANES}u;
  let n = rows[0].x;
  if (block >= n) { return; }
  let count = min(${SHARED_LANES}u, n - block);
  let row = min(block + lane, n - 1u);
  let mine = rows[row + 1u];
  ${begin(v, cache)}
  ${windowed ? `let seen = ${firstSeen('mine.z')};` : ''}
  // Neighbours with one prompt walk its keys together.
  for (var r = 0u; r < count; ) {
    let prompt = info[2u * rows[block + r + 1u].x + 1u].zw;
    var end = r + 1u;
    ${windowed ? 'var least = rows[block + r + 1u].z;' : ''}
    for (; end < count; end++) {
      let other = info[2u * rows[block + end + 1u].x + 1u].zw;
      if (other.x != prompt.x || other.y != prompt.y) { break; }
      ${windowed ? 'least = min(least, rows[block + end + 1u].z);' : ''}
    }
    ${
      windowed
        ? `let earliest = ${firstSeen('least')};
    // Position of the run's first key.
    var first = 0u;
    for (var i = prompt.x; i < prompt.y; i++) {
      let run = runs[i];
      let skipped = max(earliest, first) - first;
      for (var slot = run.x + skipped; slot < run.y; slot++) {${key(
        'lane >= r && lane < end && first + slot - run.x >= seen',
      )}
      }
      first += run.y - run.x;
    }`
        : `for (var i = prompt.x; i < prompt.y; i++) {
      let run = runs[i];
      for (var slot = run.x; slot < run.y; slot++) {${key('lane >= r && lane < end')}
      }
    }`
    }
    r = end;
  }
  // Then neighbours of one sequence, rows of a chunk, its own keys; each up to itself.
  for (var r = 0u; r < count; ) {
    let token = rows[block + r + 1u];
    let own = info[2u * token.x + 1u];
    var furthest = token.z;
    ${windowed ? 'var least = token.z;' : ''}
    var end = r + 1u;
    for (; end < count; end++) {
      let other = rows[block + end + 1u];
      if (other.x != token.x) { break; }
      furthest = max(furthest, other.z);
      ${windowed ? 'least = min(least, other.z);' : ''}
    }
    for (var offset = ${
      windowed ? `max(${firstSeen('least')}, own.x) - own.x` : '0u'
    }; offset <= furthest - own.x; offset++) {
      let slot = own_slot(own.y, offset);${key(
        `lane >= r && lane < end && own.x + offset <= mine.z${windowed ? ' && own.x + offset >= seen' : ''}`,
      )}
    }
    r = end;
  }
  if (lane >= count) { return; }
  ${v.each((c) => `o[self_at + ${c}u] = o${c} / total;`)}
}`,
  };
}
