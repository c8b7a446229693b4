/**
 * What all projections of a token step have in common: operands, uniforms, loads, and what becomes of a pair of columns
 * of the product.
 */
import type { Program, StorageBinding } from '../program';
import { WRITE_PAIR, writeBinding } from './cache-type';
import { packedQuad, weightBinding } from '../weights/format';
import { GATE } from '../swiglu/swiglu';
import type { CacheType, WeightFormat } from '../../settings/choices';

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

/** Facts of a projection that its text depends on, whatever the tile. */
export interface DecodeLinearTask {
  /** RMSNorm of the input, and {@link EPILOGUE}; without it the product is added to `o`, or written. */
  readonly norm: boolean;
  /** Inner lengths are multiples of four. */
  readonly vec4: boolean;
  readonly weights: WeightFormat;
  /** What it writes keys and values to. */
  readonly cache: CacheType;
}

/** Names of the parts of a vec4. */
export const PARTS = ['x', 'y', 'z', 'w'] as const;
export const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** acc = fma(a, b, acc) over four parts in order. */
export const chain = (acc: string, a: string, b: string) =>
  PARTS.map((c) => `${acc} = fma(${a}.${c}, ${b}.${c}, ${acc});`).join(' ');

const loader = (name: string, vec4: boolean) =>
  vec4
    ? `fn load_${name}(row: u32, k: u32) -> vec4<f32> { return ${name}[row * (p.inner >> 2u) + (k >> 2u)]; }`
    : `fn load_${name}(row: u32, k: u32) -> vec4<f32> {
  let at = row * p.inner;
  return vec4<f32>(${range(4)
    .map((t) => `select(0.0, ${name}[at + min(k + ${t}u, p.inner - 1u)], k + ${t}u < p.inner)`)
    .join(', ')});
}`;

const gain = (vec4: boolean) =>
  vec4
    ? 'fn load_g(k: u32) -> vec4<f32> { return g[k >> 2u]; }'
    : `fn load_g(k: u32) -> vec4<f32> { return vec4<f32>(${range(4)
        .map((t) => `g[min(k + ${t}u, p.inner - 1u)]`)
        .join(', ')}); }`;

/**
 * WGSL of `load_x(row, k)`, `load_w(column, k)`, with a norm `load_g(k)`: four numbers from the inner index k on, k a
 * multiple of four below `p.inner`; and of `finish(row, t, a, b, v)`: what becomes of columns a and b of a row, pair t.
 */
export const linearFunctions = ({ norm, vec4, weights, cache }: DecodeLinearTask): string => `
${loader('x', vec4)}
${
  weights === 'f32'
    ? loader('w', vec4)
    : `${packedQuad('w', weights)}
fn load_w(row: u32, k: u32) -> vec4<f32> { return quad_w(row, k, p.inner); }`
}
${norm ? gain(vec4) : ''}
${norm ? WRITE_PAIR[cache] + FINISH : ADD}`;

/** WGSL that declares `n`, the rows there are. */
export const ROW_COUNT = (norm: boolean): string =>
  `let n = ${norm ? 'select(rows[0].x, rows[0].y, p.drawn == 1u)' : 'rows[0].x'};`;

/** WGSL that declares pair `t`, cut to those there are, and its columns. */
export const pairColumns = (t: string, q: number): string => `let t${q} = ${t};
  let u${q} = min(t${q}, p.pairs - 1u);
  let n${2 * q} = (u${q} / p.block) * p.stride + u${q} % p.block;
  let n${2 * q + 1} = min(n${2 * q} + p.apart, p.columns - 1u);`;

/**
 * Bindings, norm: x [rows, inner], g [inner] (norm weights), w [columns, inner], bias (one row, or one per row of x),
 * rows (see `step.ts`), table (rotary), o, cache. Otherwise x, w, rows, o.
 */
export function linearInterface({
  norm,
  vec4,
  weights,
  cache,
}: DecodeLinearTask): Pick<Program, 'storage' | 'uniforms'> {
  const operand = vec4 ? 'array<vec4<f32>>' : 'array<f32>';
  const read = (name: string, type: string): StorageBinding => ({ name, type, access: 'r' });
  const write = (name: string): StorageBinding => ({ name, type: 'array<f32>', access: 'rw' });
  const rows = read('rows', 'array<vec4<u32>>');
  return {
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
  };
}

/** WGSL of `finish` where the product is added to `o`, or written. */
const ADD = `
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

/** WGSL of `finish` behind a norm: bias, {@link EPILOGUE}, and where the result goes. */
const FINISH = `
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
