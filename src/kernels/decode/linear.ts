/**
 * Projections of a token step. The norm in front and what follows (rotation and cache, SwiGLU, residual) are part of
 * the same dispatch, because on small models a token step costs what its dispatches cost.
 *
 * Every output is one chain of fused multiply-adds over the inner index, whatever the tile, so a token's numbers do
 * not depend on how many others are computed with it.
 */
import { SHARED_LANES } from '../gpu';
import type { Program, StorageBinding } from '../program';
import { cacheSuffix, WRITE_PAIR, writeBinding } from './cache-type';
import { packedQuad, weightBinding } from '../weights/format';
import { GATE } from '../swiglu/swiglu';
import type { CacheType, WeightFormat } from '../../settings/choices';

/** Columns that one workgroup computes; lanes hold two pairs of them each. */
const LANE_PAIRS = 2;
export const TILE_PAIRS = LANE_PAIRS * SHARED_LANES;

/** What happens to a pair of columns (a, b) of the product. */
export const EPILOGUE = {
  /** Written side by side. */
  plain: 0,
  /** Halves of a head: rotated, queries to `o`, keys and values to the cache. */
  rotate: 1,
  /** Gate and up: silu(a)·b to `o`. */
  gate: 2,
  /** The same with GELU by its tanh formula. */
  gateGelu: 3,
} as const;

export interface DecodeLinearVariant {
  /** RMSNorm of the input, and {@link EPILOGUE}; without it the product is added to `o`, or written. */
  readonly norm: boolean;
  /** Rows per workgroup: 1, or a multiple of {@link SHARED_LANES}. */
  readonly tileRows: number;
  /** Inner lengths are multiples of four. */
  readonly vec4: boolean;
  readonly weights: WeightFormat;
  /** What it writes keys and values to. */
  readonly cache: CacheType;
  /** So many lanes load a row each and broadcast it; needs subgroups of them. 0: every lane loads every row. */
  readonly shared: number;
}

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const PARTS = ['x', 'y', 'z', 'w'] as const;

const loader = (name: string, vec4: boolean) =>
  vec4
    ? `fn load_${name}(row: u32, k: u32) -> vec4<f32> { return ${name}[(row * p.inner + k) >> 2u]; }`
    : `fn load_${name}(row: u32, k: u32) -> vec4<f32> {
  let at = row * p.inner;
  return vec4<f32>(${range(4)
    .map((t) => `select(0.0, ${name}[at + min(k + ${t}u, p.inner - 1u)], k + ${t}u < p.inner)`)
    .join(', ')});
}`;

/** acc = fma(a, b, acc) over four parts in order. */
const chain = (acc: string, a: string, b: string) =>
  PARTS.map((c) => `${acc} = fma(${a}.${c}, ${b}.${c}, ${acc});`).join(' ');

/**
 * Bindings, norm: x [rows, inner], g [inner] (norm weights), w [columns, inner], bias (one row, or one per row of x),
 * rows (see `step.ts`), table (rotary), o, cache. Otherwise x, w, rows, o.
 */
export function decodeLinearProgram(variant: DecodeLinearVariant): Program {
  const { norm, tileRows, vec4, weights, cache, shared } = variant;
  const operand = vec4 ? 'array<vec4<f32>>' : 'array<f32>';
  const read = (name: string, type: string): StorageBinding => ({ name, type, access: 'r' });
  const write = (name: string): StorageBinding => ({ name, type: 'array<f32>', access: 'rw' });
  const rows = read('rows', 'array<vec4<u32>>');
  return {
    key: `decode-linear-${norm ? 'norm' : 'add'}-${tileRows}-${vec4 ? 'vec4' : 'scalar'}${
      weights === 'f32' ? '' : `-${weights}`
    }${shared > 0 ? `-shared${shared}` : ''}${norm ? cacheSuffix(cache) : ''}`,
    ...(shared > 0 ? { enables: ['subgroups'] as const } : {}),
    storage: norm
      ? [
          read('x', operand),
          read('g', operand),
          weightBinding('w', weights, operand),
          read('bias', 'array<f32>'),
          rows,
          read('table', 'array<vec2<f32>>'),
          write('o'),
          writeBinding(cache),
        ]
      : [read('x', operand), weightBinding('w', weights, operand), rows, write('o')],
    uniforms: [
      { name: 'inner', type: 'u32' },
      { name: 'pairs', type: 'u32' },
      { name: 'columns', type: 'u32' },
      { name: 'block', type: 'u32' },
      { name: 'stride', type: 'u32' },
      { name: 'apart', type: 'u32' },
      { name: 'ldo', type: 'u32' },
      ...(norm
        ? ([
            { name: 'o0', type: 'u32' },
            { name: 'epilogue', type: 'u32' },
            { name: 'drawn', type: 'u32' },
            { name: 'biased', type: 'u32' },
            { name: 'ldbias', type: 'u32' },
            { name: 'heads', type: 'u32' },
            { name: 'kv', type: 'u32' },
            { name: 'hd', type: 'u32' },
            { name: 'eps', type: 'f32' },
          ] as const)
        : ([{ name: 'adds', type: 'u32' }] as const)),
    ],
    workgroup: [SHARED_LANES, 1, 1],
    body: body(variant),
  };
}

function body({ norm, tileRows, vec4, weights, cache, shared }: DecodeLinearVariant): string {
  const tile = range(tileRows);
  const columns = range(2 * LANE_PAIRS);
  const pairs = range(LANE_PAIRS);
  const gain = vec4
    ? 'fn load_g(k: u32) -> vec4<f32> { return g[k >> 2u]; }'
    : `fn load_g(k: u32) -> vec4<f32> { return vec4<f32>(${range(4)
        .map((t) => `g[min(k + ${t}u, p.inner - 1u)]`)
        .join(', ')}); }`;
  // Rows that this lane loads: with shared loads only its own, whose squares it sums.
  const own = shared > 0 ? range(tileRows / shared) : tile;
  const load = `${norm ? 'let gain = load_g(k);' : ''}
    ${own
      .map((g) =>
        norm
          ? `let v${g} = load_x(own${g}, k); ${chain(`squares${g}`, `v${g}`, `v${g}`)} let s${g} = v${g} * gain;`
          : `let s${g} = load_x(own${g}, k);`,
      )
      .join('\n    ')}`;
  const ofRow = (name: string, i: number) =>
    shared > 0 ? `subgroupBroadcast(${name}${Math.floor(i / shared)}, ${i % shared}u)` : `${name}${i}`;
  // A broadcast right before its use keeps few values in registers.
  const row = (i: number) =>
    `let x${i} = ${ofRow('s', i)};
    ${columns.map((j) => chain(`c${i}_${j}`, `x${i}`, `y${j}`)).join('\n    ')}`;
  return `
${loader('x', vec4)}
${
  weights === 'f32'
    ? loader('w', vec4)
    : `${packedQuad('w', weights)}
fn load_w(row: u32, k: u32) -> vec4<f32> { return quad_w(row, k, p.inner); }`
}
${norm ? gain : ''}
${norm ? WRITE_PAIR[cache] + finish : add}
@compute @workgroup_size(${SHARED_LANES}, 1, 1)
fn main(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) wid: vec3<u32>) {
  let n = ${norm ? 'select(rows[0].x, rows[0].y, p.drawn == 1u)' : 'rows[0].x'};
  let row = wid.y * ${tileRows}u;
  if (row >= n) { return; }
  ${tile.map((i) => `let r${i} = min(row + ${i}u, n - 1u);`).join(' ')}
  ${own
    .map((g) => (shared > 0 ? `min(row + ${g * shared}u + lane % ${shared}u, n - 1u)` : `r${g}`))
    .map((at, g) => `let own${g} = ${at};${norm ? ` var squares${g} = 0.0;` : ''}`)
    .join(' ')}
  ${pairs
    .map(
      (q) => `let t${q} = wid.x * ${TILE_PAIRS}u + lane * ${LANE_PAIRS}u + ${q}u;
  let u${q} = min(t${q}, p.pairs - 1u);
  let n${2 * q} = (u${q} / p.block) * p.stride + u${q} % p.block;
  let n${2 * q + 1} = min(n${2 * q} + p.apart, p.columns - 1u);`,
    )
    .join('\n  ')}
  ${tile.map((i) => columns.map((j) => `var c${i}_${j} = 0.0;`).join(' ')).join('\n  ')}
  for (var k = 0u; k < p.inner; k += 4u) {
    ${load}
    ${columns.map((j) => `let y${j} = load_w(n${j}, k);`).join('\n    ')}
    ${tile.map(row).join('\n    ')}
  }
  ${
    norm
      ? [
          ...own.map((g) => `let scale${g} = 1.0 / sqrt(squares${g} / f32(p.inner) + p.eps);`),
          ...tile.map((i) => `let rstd${i} = ${ofRow('scale', i)};`),
        ].join('\n  ')
      : ''
  }
  ${tile
    .map(
      (i) =>
        `if (row + ${i}u < n) { ${pairs
          .map(
            (q) =>
              `finish(r${i}, t${q}, n${2 * q}, n${2 * q + 1}, vec2<f32>(c${i}_${2 * q}, c${i}_${2 * q + 1})${norm ? ` * rstd${i}` : ''});`,
          )
          .join(' ')} }`,
    )
    .join('\n  ')}
}`;
}

const add = `
fn finish(row: u32, t: u32, a: u32, b: u32, v: vec2<f32>) {
  if (t >= p.pairs) { return; }
  let at = row * p.ldo;
  if (p.adds == 0u) {
    o[at + a] = v.x;
    o[at + b] = v.y;
    return;
  }
  o[at + a] += v.x;
  if (b != a) { o[at + b] += v.y; }
}`;

const finish = `
fn finish(row: u32, t: u32, a: u32, b: u32, product: vec2<f32>) {
  if (t >= p.pairs) { return; }
  var v = product;
  if (p.biased == 1u) { v += vec2<f32>(bias[row * p.ldbias + a], bias[row * p.ldbias + b]); }
  if (p.epilogue == ${EPILOGUE.gate}u) {
    o[row * p.ldo + t] = v.x / (1.0 + exp(-v.x)) * v.y;
    return;
  }
  if (p.epilogue == ${EPILOGUE.gateGelu}u) {
    let g = v.x;
    o[row * p.ldo + t] = g / (1.0 + exp(-(${GATE.gelu_tanh.v}))) * v.y;
    return;
  }
  if (p.epilogue == ${EPILOGUE.plain}u) {
    let at = row * p.ldo + p.o0;
    o[at + a] = v.x;
    o[at + b] = v.y;
    return;
  }
  let token = rows[row + 1u];
  let head = a / p.hd;
  if (head < p.heads + p.kv) {
    let turn = table[token.z * (p.hd / 2u) + a % p.hd];
    v = vec2<f32>(v.x * turn.x - v.y * turn.y, v.y * turn.x + v.x * turn.y);
  }
  if (head < p.heads) {
    let at = row * p.heads * p.hd;
    o[at + a] = v.x;
    o[at + b] = v.y;
  } else {
    keep(token.w, head - p.heads, a % p.hd, v);
  }
}`;
