/** WGSL of forest attention. One invocation is one (row, head); vectors of a head live in named registers. */
import type { Program } from '../program';
import { elementwise, ROW_SIZE } from '../wgsl/common';

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** Head vectors as `parts` registers of vec4 where the head size allows it, else of f32. */
class HeadVector {
  readonly parts: number;
  readonly vec4: boolean;
  constructor(headDim: number) {
    this.vec4 = headDim % 4 === 0;
    this.parts = this.vec4 ? headDim / 4 : headDim;
  }
  get type(): string {
    return this.vec4 ? 'array<vec4<f32>>' : 'array<f32>';
  }
  get zero(): string {
    return this.vec4 ? 'vec4<f32>(0.0)' : '0.0';
  }
  each(statement: (c: number) => string): string {
    return range(this.parts).map(statement).join(' ');
  }
  /** Sum of products of two register vectors. */
  dot(a: (c: number) => string, b: (c: number) => string): string {
    return range(this.parts)
      .map((c) => (this.vec4 ? `dot(${a(c)}, ${b(c)})` : `${a(c)} * ${b(c)}`))
      .join(' + ');
  }
}

const UNIFORMS = [
  { name: 'count', type: 'u32' },
  { name: 'heads', type: 'u32' },
  { name: 'kv', type: 'u32' },
  { name: 'scale', type: 'f32' },
] as const;

/** Keys handled together, so that the running maximum is updated once for all of them. */
const BLOCK = 4;

/**
 * Online softmax (Milakov & Gimelshein 2018) over the keys of the row's runs. `stats` gets the log-sum-exp of the
 * scaled scores at 2·(row·heads + head).
 */
export function attentionProgram(headDim: number): Program {
  const v = new HeadVector(headDim);
  const keys = range(BLOCK);
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
  ${v.each((c) => `let q${c} = q[i * ${v.parts}u + ${c}u] * p.scale;`)}
  ${v.each((c) => `var o${c} = ${v.zero};`)}
  var top = -3.0e38;
  var total = 0.0;
  for (var r = run_start[row]; r < run_start[row + 1u]; r++) {
    let run = runs[r];
    for (var j = run.x; j < run.y; j += ${BLOCK}u) {
      ${keys.map((t) => `let j${t} = min(j + ${t}u, run.y - 1u) * stride;`).join(' ')}
      ${keys
        .map(
          (t) =>
            `var s${t} = ${v.dot(
              (c) => `q${c}`,
              (c) => `cache[j${t} + key0 + ${c}u]`,
            )}; if (j + ${t}u >= run.y) { s${t} = -3.0e38; }`,
        )
        .join('\n      ')}
      let next = max(top, max(max(s0, s1), max(s2, s3)));
      let fade = exp(top - next);
      ${keys.map((t) => `let e${t} = select(0.0, exp(s${t} - next), j + ${t}u < run.y);`).join(' ')}
      total = total * fade + ((e0 + e1) + (e2 + e3));
      ${v.each((c) => `o${c} = o${c} * fade + (${keys.map((t) => `e${t} * cache[j${t} + value0 + ${c}u]`).join(' + ')});`)}
      top = next;
    }
  }
  ${v.each((c) => `o[i * ${v.parts}u + ${c}u] = o${c} / total;`)}
  stats[2u * i] = top + log(total);`,
    ),
  };
}

/** dq, and Σ do∘o per (row, head) into the odd entries of `stats`. */
export function attentionQueryGradientProgram(headDim: number): Program {
  const v = new HeadVector(headDim);
  return {
    key: `attention-query-gradient-${headDim}`,
    storage: [
      { name: 'q', type: v.type, access: 'r' },
      { name: 'cache', type: v.type, access: 'r' },
      { name: 'run_start', type: 'array<u32>', access: 'r' },
      { name: 'runs', type: 'array<vec2<u32>>', access: 'r' },
      { name: 'o', type: v.type, access: 'r' },
      { name: 'dout', type: v.type, access: 'r' },
      { name: 'stats', type: 'array<f32>', access: 'rw' },
      { name: 'dq', type: v.type, access: 'rw' },
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
  ${v.each((c) => `let q${c} = q[i * ${v.parts}u + ${c}u] * p.scale; let g${c} = dout[i * ${v.parts}u + ${c}u]; var d${c} = ${v.zero};`)}
  let delta = ${v.dot(
    (c) => `g${c}`,
    (c) => `o[i * ${v.parts}u + ${c}u]`,
  )};
  let lse = stats[2u * i];
  stats[2u * i + 1u] = delta;
  for (var r = run_start[row]; r < run_start[row + 1u]; r++) {
    let run = runs[r];
    for (var j = run.x; j < run.y; j++) {
      let at = j * stride;
      ${v.each((c) => `let k${c} = cache[at + key0 + ${c}u];`)}
      let s = ${v.dot(
        (c) => `q${c}`,
        (c) => `k${c}`,
      )};
      let dp = ${v.dot(
        (c) => `g${c}`,
        (c) => `cache[at + value0 + ${c}u]`,
      )};
      let ds = exp(s - lse) * (dp - delta);
      ${v.each((c) => `d${c} += ds * k${c};`)}
    }
  }
  ${v.each((c) => `dq[i * ${v.parts}u + ${c}u] = d${c} * p.scale;`)}`,
    ),
  };
}

/**
 * dk and dv of one key for one key/value head. The queries that see key j are exactly rows j … end[j]-1, its
 * subtree, so no mask is looked at. Needs slot = row.
 */
export function attentionKeyGradientProgram(headDim: number): Program {
  const v = new HeadVector(headDim);
  return {
    key: `attention-key-gradient-${headDim}`,
    storage: [
      { name: 'q', type: v.type, access: 'r' },
      { name: 'cache', type: v.type, access: 'r' },
      { name: 'dout', type: v.type, access: 'r' },
      { name: 'stats', type: 'array<f32>', access: 'r' },
      { name: 'end', type: 'array<i32>', access: 'r' },
      { name: 'dcache', type: v.type, access: 'rw' },
    ],
    uniforms: UNIFORMS,
    workgroup: [ROW_SIZE, 1, 1],
    body: elementwise(
      ROW_SIZE,
      `let j = i / p.kv;
  let h = i % p.kv;
  let group = p.heads / p.kv;
  let key0 = (j * 2u * p.kv + h) * ${v.parts}u;
  let value0 = (j * 2u * p.kv + p.kv + h) * ${v.parts}u;
  ${v.each((c) => `let k${c} = cache[key0 + ${c}u] * p.scale; let v${c} = cache[value0 + ${c}u]; var a${c} = ${v.zero}; var b${c} = ${v.zero};`)}
  let last = u32(end[j]);
  for (var row = j; row < last; row++) {
    for (var g = 0u; g < group; g++) {
      let at = row * p.heads + h * group + g;
      let base = at * ${v.parts}u;
      ${v.each((c) => `let q${c} = q[base + ${c}u]; let g${c} = dout[base + ${c}u];`)}
      let e = exp((${v.dot(
        (c) => `q${c}`,
        (c) => `k${c}`,
      )}) - stats[2u * at]);
      let ds = e * ((${v.dot(
        (c) => `g${c}`,
        (c) => `v${c}`,
      )}) - stats[2u * at + 1u]);
      ${v.each((c) => `a${c} += ds * q${c}; b${c} += e * g${c};`)}
    }
  }
  ${v.each((c) => `dcache[key0 + ${c}u] = a${c} * p.scale; dcache[value0 + ${c}u] = b${c};`)}`,
    ),
  };
}
