/** WGSL of forest attention. One invocation is one (row, head); vectors of a head live in named registers. */
import type { Program, StorageBinding, UniformField } from '../program';
import { elementwise, ROW_SIZE } from '../wgsl/common';
import { HeadVector, softmaxStep } from '../wgsl/head-vector';

const UNIFORMS: readonly UniformField[] = [
  { name: 'count', type: 'u32' },
  { name: 'heads', type: 'u32' },
  { name: 'kv', type: 'u32' },
  { name: 'scale', type: 'f32' },
];

/**
 * Each row sees the keys of its own runs. `stats` gets the log-sum-exp of the scaled scores at
 * 2·(row·heads + head). For sampling, where rows of a pass have nothing in common.
 */
export function attentionProgram(headDim: number): Program {
  const v = new HeadVector(headDim);
  return {
    key: `attention-${headDim}`,
    storage: [
      { name: 'q', type: v.type, access: 'r' },
      { name: 'cache', type: v.type, access: 'r' },
      { name: 'run_start', type: 'array<u32>', access: 'r' },
      { name: 'runs', type: 'array<vec2<u32>>', access: 'r' },
      { name: 'o', type: v.type, access: 'rw' },
      { name: 'stats', type: 'array<f32>', access: 'rw' },
    ],
    uniforms: UNIFORMS,
    workgroup: [ROW_SIZE, 1, 1],
    body: elementwise(
      ROW_SIZE,
      `let row = i / p.heads;
  let h = (i % p.heads) / (p.heads / p.kv);
  let stride = 2u * p.kv * ${v.parts}u;
  let key0 = h * ${v.parts}u;
  let value0 = (p.kv + h) * ${v.parts}u;
  ${v.vectors('q', 'o')}
  ${v.each((c) => `let q${c} = q[i * ${v.parts}u + ${c}u] * p.scale;`)}
  ${v.each((c) => `var o${c} = ${v.zero};`)}
  var top = -3.0e38;
  var total = 0.0;
  for (var r = run_start[row]; r < run_start[row + 1u]; r++) {
    let run = runs[r];
    for (var j = run.x; j < run.y; j++) {
      let at = j * stride;
      ${v.dot(
        's',
        (c) => `q${c}`,
        (c) => `cache[at + key0 + ${c}u]`,
      )}
      ${softmaxStep(v, (c) => `cache[at + value0 + ${c}u]`)}
    }
  }
  ${v.each((c) => `o[i * ${v.parts}u + ${c}u] = o${c} / total;`)}
  stats[2u * i] = top + log(total);`,
    ),
  };
}

/**
 * {@link attentionProgram} where every row sees one run: `spans` has its two ends. A workgroup takes as many rows as lanes
 * share loads, for one head, and walks what its rows see together; what a lane may not see it drops, as in forests.
 * For heads in registers.
 */
export function spanAttentionProgram(headDim: number, shared: number): Program {
  const v = new HeadVector(headDim);
  return {
    key: `span-attention-${headDim}-shared${shared}`,
    enables: ['subgroups'],
    storage: [
      { name: 'q', type: v.type, access: 'r' },
      { name: 'cache', type: v.type, access: 'r' },
      { name: 'spans', type: 'array<vec2<u32>>', access: 'r' },
      { name: 'o', type: v.type, access: 'rw' },
      { name: 'stats', type: 'array<f32>', access: 'rw' },
    ],
    uniforms: UNIFORMS,
    workgroup: [shared, 1, 1],
    body: forestEntry(
      v,
      shared,
      `let head = wid.y;
  let h = head / (p.heads / p.kv);
  let stride = 2u * p.kv * ${v.parts}u;
  let key0 = h * ${v.parts}u;
  let value0 = (p.kv + h) * ${v.parts}u;
  let self_at = (n * p.heads + head) * ${v.parts}u;
  let span = spans[n];
  var begin = spans[first].x;
  var until = spans[first].y;
  for (var r = first + 1u; r < min(first + ${shared}u, p.count); r++) {
    begin = min(begin, spans[r].x);
    until = max(until, spans[r].y);
  }
  ${v.each((c) => `let q${c} = q[self_at + ${c}u] * p.scale;`)}
  ${v.each((c) => `var o${c} = ${v.zero};`)}
  var top = -3.0e38;
  var total = 0.0;
  for (var j = begin; j < until; j++) {
    let at = j * stride;
    ${v.load('k', 'cache', 'at + key0', shared)} ${v.load('v', 'cache', 'at + value0', shared)}
    ${v.dot(
      's',
      (c) => `q${c}`,
      (c) => `k${c}`,
    )}
    let sees = span.x <= j && j < span.y;
    ${softmaxStep(v, (c) => `v${c}`, 'sees')}
  }
  if (!inside) { return; }
  ${v.each((c) => `o[self_at + ${c}u] = o${c} / total;`)}
  let stat = 2u * (n * p.heads + head);
  stats[stat] = top + log(total);`,
    ),
  };
}

/** How a forest kernel is cut for a device. */
export interface ForestVariant {
  readonly headDim: number;
  /** Rows of a workgroup, one lane each, for one head. */
  readonly block: number;
  /** Lanes that share loads; 0: each loads for itself. */
  readonly shared: number;
  /** Neighbouring lanes that hold the vectors of a row together; more than 1 not with shared loads. */
  readonly split: number;
  /** Rows see only what is near; see `ForestSlices`. */
  readonly windowed: boolean;
}

const variantOf = (
  name: string,
  { headDim, block, shared, split, windowed }: ForestVariant,
): Pick<Program, 'key' | 'enables' | 'workgroup' | 'uniforms'> => ({
  key: `${name}-${headDim}-block${block}${shared > 0 ? `-shared${shared}` : ''}${split > 1 ? `-split${split}` : ''}${windowed ? '-window' : ''}`,
  uniforms: windowed ? [...UNIFORMS, { name: 'window', type: 'i32' }] : UNIFORMS,
  ...(shared > 0 || split > 1 ? { enables: ['subgroups'] as const } : {}),
  workgroup: [block * split, 1, 1],
});

/**
 * Entry of the forest kernels: row `n` of workgroup (block, head), of `count` rows; where lanes share a row, `sub` of them. The loops below it run over the
 * same indices in all lanes, so what they load has one address per workgroup. What a lane may not see it computes and
 * drops: software devices are slower at branches than at the arithmetic that they would save.
 */
const forestEntry = ({ join, split }: HeadVector, block: number, body: string) => `
${join}
@compute @workgroup_size(${block * split}, 1, 1)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = wid.x * ${block}u;
  ${
    split === 1
      ? 'let mine = lane; let sub = 0u;'
      : `let mine = lane / ${split}u; let sub = lane % ${split}u;`
  }
  let inside = first + mine < p.count;
  let n = min(first + mine, p.count - 1u);
  ${body}
}`;

/**
 * Start of the query kernels: query n is that of row i and head `head`. Its q lies at `q_at`, its results at `self_at`
 * and `stat`. Key j is visible when j <= i && i < end[j].
 */
const queryBlock = (v: HeadVector) => `let head = wid.y;
  let h = head / (p.heads / p.kv);
  let stride = 2u * p.kv * ${v.whole}u;
  let key0 = h * ${v.whole}u;
  let value0 = (p.kv + h) * ${v.whole}u;
  let i = asking[n];
  let q_at = (i * p.heads + head) * ${v.whole}u;
  let stat = 2u * (n * p.heads + head);
  let self_at = (n * p.heads + head) * ${v.whole}u;`;

/** `body` runs for every key of the block's runs; row i `sees` it or not. */
const keyLoop = (windowed: boolean, load: string, body: string) => `${windowed ? 'let depth = end[i].y;' : ''}
  for (var r = walk[wid.x]; r < walk[wid.x + 1u]; r += 2u) {
    let until = walk[r + 1u];
    for (var j = walk[r]; j < until; j++) {
      let at = j * stride;
      ${load}
      ${
        windowed
          ? 'let span = end[j]; let sees = j <= i && i < u32(span.x) && depth - span.y < p.window;'
          : 'let sees = j <= i && i < u32(end[j]);'
      }
      ${body}
    }
  }`;

const endBinding = (windowed: boolean): StorageBinding => ({
  name: 'end',
  type: windowed ? 'array<vec2<i32>>' : 'array<i32>',
  access: 'r',
});

/** See `ForestQueries` and `ForestSlices`. */
const forestBindings = (windowed: boolean): StorageBinding[] => [
  { name: 'asking', type: 'array<u32>', access: 'r' },
  { name: 'walk', type: 'array<u32>', access: 'r' },
  endBinding(windowed),
];

/** {@link attentionProgram} for forests, where slot = row. `o` and `stats` have a row per query. */
export function forestAttentionProgram(variant: ForestVariant): Program {
  const { headDim, block, shared, split, windowed } = variant;
  const v = new HeadVector(headDim, split);
  return {
    ...variantOf('forest-attention', variant),
    storage: [
      { name: 'q', type: v.type, access: 'r' },
      { name: 'cache', type: v.type, access: 'r' },
      ...forestBindings(windowed),
      { name: 'o', type: v.type, access: 'rw' },
      { name: 'stats', type: 'array<f32>', access: 'rw' },
    ],
    body: forestEntry(
      v,
      block,
      `${queryBlock(v)}
  ${v.vectors('q', 'o', 'k', 'v')}
  ${v.each((c) => `let q${c} = q[q_at + ${v.at(c)}] * p.scale;`)}
  ${v.each((c) => `var o${c} = ${v.zero};`)}
  var top = -3.0e38;
  var total = 0.0;
  ${keyLoop(
    windowed,
    `${v.load('k', 'cache', 'at + key0', shared)} ${v.load('v', 'cache', 'at + value0', shared)}
      ${v.dot(
        's',
        (c) => `q${c}`,
        (c) => `k${c}`,
      )}`,
    softmaxStep(v, (c) => `v${c}`, 'sees'),
  )}
  if (!inside) { return; }
  ${v.each((c) => `o[self_at + ${v.at(c)}] = o${c} / total;`)}
  if (sub == 0u) { stats[stat] = top + log(total); }`,
    ),
  };
}

/** Rows of dq that ask; others stay. Needs the odd entries of `stats`, from {@link attentionDeltaProgram}. */
export function forestQueryGradientProgram(variant: ForestVariant): Program {
  const { headDim, block, shared, split, windowed } = variant;
  const v = new HeadVector(headDim, split);
  return {
    ...variantOf('forest-query-gradient', variant),
    storage: [
      { name: 'q', type: v.type, access: 'r' },
      { name: 'cache', type: v.type, access: 'r' },
      ...forestBindings(windowed),
      { name: 'dout', type: v.type, access: 'r' },
      { name: 'stats', type: 'array<f32>', access: 'r' },
      { name: 'dq', type: v.type, access: 'rw' },
    ],
    body: forestEntry(
      v,
      block,
      `${queryBlock(v)}
  ${v.vectors('q', 'g', 'd', 'k', 'v')}
  ${v.each((c) => `let q${c} = q[q_at + ${v.at(c)}] * p.scale; let g${c} = dout[self_at + ${v.at(c)}]; var d${c} = ${v.zero};`)}
  let lse = stats[stat];
  let delta = stats[stat + 1u];
  ${keyLoop(
    windowed,
    `${v.load('k', 'cache', 'at + key0', shared)} ${v.load('v', 'cache', 'at + value0', shared)}
      ${v.dot(
        's',
        (c) => `q${c}`,
        (c) => `k${c}`,
      )}
      ${v.dot(
        'dp',
        (c) => `g${c}`,
        (c) => `v${c}`,
      )}`,
    `let ds = select(0.0, exp(s - lse), sees) * (dp - delta); ${v.each((c) => `d${c} += ds * k${c};`)}`,
  )}
  if (!inside) { return; }
  ${v.each((c) => `dq[q_at + ${v.at(c)}] = d${c} * p.scale;`)}`,
    ),
  };
}

/** Σ do∘o per (row, head) into the odd entries of `stats`. */
export function attentionDeltaProgram(headDim: number): Program {
  const v = new HeadVector(headDim);
  return {
    key: `attention-delta-${headDim}`,
    storage: [
      { name: 'o', type: v.type, access: 'r' },
      { name: 'dout', type: v.type, access: 'r' },
      { name: 'stats', type: 'array<f32>', access: 'rw' },
    ],
    uniforms: [{ name: 'count', type: 'u32' }],
    workgroup: [ROW_SIZE, 1, 1],
    body: elementwise(
      ROW_SIZE,
      `var sum = 0.0;
  for (var c = i * ${v.whole}u; c < (i + 1u) * ${v.whole}u; c++) { sum += ${v.vec4 ? 'dot(o[c], dout[c])' : 'o[c] * dout[c]'}; }
  stats[2u * i + 1u] = sum;`,
    ),
  };
}

/**
 * dk and dv of one key for one key/value head. The rows that see key j are exactly j … end[j]-1, its subtree. The lanes
 * of a block walk the queries of the union of their subtrees together.
 */
export function forestKeyGradientProgram(variant: ForestVariant): Program {
  const { headDim, block, shared, split, windowed } = variant;
  const v = new HeadVector(headDim, split);
  return {
    ...variantOf('forest-key-gradient', variant),
    storage: [
      { name: 'q', type: v.type, access: 'r' },
      { name: 'cache', type: v.type, access: 'r' },
      { name: 'asking', type: 'array<u32>', access: 'r' },
      { name: 'before', type: 'array<u32>', access: 'r' },
      { name: 'dout', type: v.type, access: 'r' },
      { name: 'stats', type: 'array<f32>', access: 'r' },
      endBinding(windowed),
      { name: 'dcache', type: v.type, access: 'rw' },
    ],
    // One loop, not one over heads in one over rows: SwiftShader took four times as long for two.
    body: forestEntry(
      v,
      block,
      `let h = wid.y;
  let group = p.heads / p.kv;
  let key0 = (n * 2u * p.kv + h) * ${v.whole}u;
  let value0 = (n * 2u * p.kv + p.kv + h) * ${v.whole}u;
  ${v.vectors('k', 'v', 'a', 'b', 'q', 'g')}
  ${v.each((c) => `let k${c} = cache[key0 + ${v.at(c)}] * p.scale; let v${c} = cache[value0 + ${v.at(c)}]; var a${c} = ${v.zero}; var b${c} = ${v.zero};`)}
  ${windowed ? 'let span = end[n]; let last = u32(span.x);' : 'let last = u32(end[n]);'}
  var furthest = 0u;
  for (var j = first; j < min(first + ${block}u, p.count); j++) { furthest = max(furthest, u32(end[j]${windowed ? '.x' : ''})); }
  var query = before[first];
  var member = 0u;
  for (var left = (before[furthest] - query) * group; left > 0u; left--) {
    let row = asking[query];
    let q_at = (row * p.heads + h * group + member) * ${v.whole}u;
    let stat = query * p.heads + h * group + member;
    let g_at = stat * ${v.whole}u;
    ${v.load('q', 'q', 'q_at', shared)} ${v.load('g', 'dout', 'g_at', shared)}
    let lse = stats[2u * stat];
    let delta = stats[2u * stat + 1u];
    ${v.dot(
      's',
      (c) => `q${c}`,
      (c) => `k${c}`,
    )}
    let e = select(0.0, exp(s - lse), row >= n && row < last${windowed ? ' && end[row].y - span.y < p.window' : ''});
    ${v.dot(
      'dp',
      (c) => `g${c}`,
      (c) => `v${c}`,
    )}
    let ds = e * (dp - delta);
    ${v.each((c) => `a${c} += ds * q${c}; b${c} += e * g${c};`)}
    member++;
    if (member == group) { member = 0u; query++; }
  }
  if (!inside) { return; }
  ${v.each((c) => `dcache[key0 + ${v.at(c)}] = a${c} * p.scale; dcache[value0 + ${v.at(c)}] = b${c};`)}`,
    ),
  };
}
