/**
 * WGSL of the matmul family. Every output element is one chain of fused multiply-adds over the inner index in order,
 * whatever the tile, so that sampling (few rows) and training (many rows) agree to the last bits.
 *
 * Tiles live in named registers, rows by columns per invocation, fully unrolled; no workgroup memory, no barriers.
 * Workgroup z is a module: a block with offsets of its own into the operands (`MatmulModule`).
 */
import type { Program, StorageBinding, UniformField } from '../program';

/** nt: A[m,k]·B[n,k]ᵀ; nn: A[m,k]·B[k,n]; tn: A[k,m]ᵀ·B[k,n]. */
export type MatmulLayout = 'nt' | 'nn' | 'tn';

export interface MatmulVariant {
  readonly layout: MatmulLayout;
  readonly bias: boolean;
  /** Adds a second product U·Lᵀ (nt) or U·L (nn), the low-rank part. */
  readonly lora: boolean;
  readonly residual: boolean;
  /** Adds to what the output holds. */
  readonly accumulate: boolean;
  /** Inner and column offsets, lengths and strides are multiples of four, so operands load as vec4. */
  readonly vec4: boolean;
  readonly tileRows: number;
  readonly tileCols: number;
  readonly workgroup: readonly [number, number];
}

/** Most modules one dispatch may hold. */
export const MAX_MODULES = 3;

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const LANES = ['x', 'y', 'z', 'w'] as const;

/** Twelve numbers per module (see `MatmulModule` in `index.ts` for their order), then the scalars. */
const UNIFORMS: readonly UniformField[] = [
  ...range(MAX_MODULES).flatMap((z): UniformField[] => [
    { name: `ma${z}`, type: 'vec4u' },
    { name: `mb${z}`, type: 'vec4u' },
    { name: `mc${z}`, type: 'vec4u' },
  ]),
  { name: 'lda', type: 'u32' },
  { name: 'ldb', type: 'u32' },
  { name: 'ldo', type: 'u32' },
  { name: 'ldu', type: 'u32' },
  { name: 'ldl', type: 'u32' },
  { name: 'rank', type: 'u32' },
  { name: 'alpha', type: 'f32' },
  { name: 'loraScale', type: 'f32' },
];

export function matmulProgram(variant: MatmulVariant): Program {
  const { layout, vec4, tileRows, tileCols, workgroup } = variant;
  if (layout !== 'nt' && tileCols % 4 !== 0) throw new Error(`Matmul ${layout} needs tile columns in fours.`);
  if (layout === 'tn' && (tileRows % 4 !== 0 || variant.lora)) {
    throw new Error('Matmul tn needs tile rows in fours and has no low-rank part.');
  }
  const flags = [
    variant.bias && 'bias',
    variant.lora && 'lora',
    variant.residual && 'residual',
    variant.accumulate && 'accumulate',
  ];
  const operand = vec4 ? 'array<vec4<f32>>' : 'array<f32>';
  const storage: StorageBinding[] = [
    { name: 'a', type: operand, access: 'r' },
    { name: 'b', type: operand, access: 'r' },
    { name: 'o', type: 'array<f32>', access: 'rw' },
  ];
  if (variant.bias) storage.push({ name: 'bias', type: 'array<f32>', access: 'r' });
  if (variant.lora) {
    storage.push({ name: 'u', type: operand, access: 'r' }, { name: 'l', type: operand, access: 'r' });
  }
  if (variant.residual) storage.push({ name: 'residual', type: 'array<f32>', access: 'r' });
  return {
    key: ['matmul', layout, ...flags, vec4 ? 'vec4' : 'scalar', `${tileRows}x${tileCols}`, workgroup.join('x')]
      .filter(Boolean)
      .join('-'),
    storage,
    uniforms: UNIFORMS,
    workgroup: [workgroup[0], workgroup[1], 1],
    body: body(variant),
  };
}

/** `load_x(row, col, stride, end)`: four consecutive elements of a row; zero from column `end` on (scalar variant). */
function loader(name: string, vec4: boolean): string {
  const head = `fn load_${name}(row: u32, col: u32, stride: u32, end: u32) -> vec4<f32>`;
  if (vec4) return `${head} { return ${name}[(row * stride + col) >> 2u]; }`;
  const at = (i: number) => `select(0.0, ${name}[row * stride + min(col + ${i}u, end - 1u)], col + ${i}u < end)`;
  return `${head} { return vec4<f32>(${range(4).map(at).join(', ')}); }`;
}

function body(variant: MatmulVariant): string {
  const { layout, vec4, tileRows: TM, tileCols: TN, workgroup } = variant;
  const rows = range(TM);
  const operands = variant.lora ? ['a', 'b', 'u', 'l'] : ['a', 'b'];
  const scaleLora = accumulators(variant)
    .map((c) => `${c} *= p.loraScale;`)
    .join(' ');
  return `
${operands.map((name) => loader(name, vec4)).join('\n')}
@compute @workgroup_size(${workgroup[0]}, ${workgroup[1]}, 1)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(workgroup_id) wid: vec3<u32>) {
  var ma = p.ma0; var mb = p.mb0; var mc = p.mc0;
  if (wid.z == 1u) { ma = p.ma1; mb = p.mb1; mc = p.mc1; }
  if (wid.z == 2u) { ma = p.ma2; mb = p.mb2; mc = p.mc2; }
  let a0 = ma.x; let b0 = ma.y; let o0 = ma.z; let width = ma.w;
  let inner = mb.x; let brow0 = mb.y; let orow0 = mb.z; let height = mb.w;
  let col = gid.x * ${TN}u;
  let row = gid.y * ${TM}u;
  if (col >= width || row >= height) { return; }
  ${layout === 'tn' ? '' : rows.map((i) => `let r${i} = min(row + ${i}u, height - 1u);`).join(' ')}
  ${layout === 'nt' ? range(TN).map((j) => `let n${j} = min(col + ${j}u, width - 1u);`).join(' ') : ''}
  ${accumulators(variant)
    .map((c) => `var ${c} = ${layout === 'nt' ? '0.0' : 'vec4<f32>(0.0)'};`)
    .join(' ')}
  ${
    variant.lora
      ? `if (mc.z == 1u) {
    ${product(variant, { a: 'u', b: 'l', a0: 'mc.x', lda: 'p.ldu', ldb: 'p.ldl', b0: layout === 'nt' ? 'mc.y' : 'b0', brow0: '0u', inner: 'p.rank' })}
    ${scaleLora}
  }`
      : ''
  }
  ${product(variant, { a: 'a', b: 'b', a0: 'a0', lda: 'p.lda', ldb: 'p.ldb', b0: 'b0', brow0: 'brow0', inner: 'inner' })}
  ${stores(variant)}
}`;
}

/** Names of the accumulators: scalars `c_i_j` for nt, vec4 over four columns `c_i_q` otherwise. */
function accumulators({ layout, tileRows, tileCols }: MatmulVariant): string[] {
  const columns = layout === 'nt' ? tileCols : tileCols / 4;
  return range(tileRows).flatMap((i) => range(columns).map((j) => `c_${i}_${j}`));
}

interface Operands {
  readonly a: string;
  readonly b: string;
  readonly a0: string;
  readonly lda: string;
  readonly ldb: string;
  readonly b0: string;
  readonly brow0: string;
  readonly inner: string;
}

function product({ layout, tileRows: TM, tileCols: TN }: MatmulVariant, x: Operands): string {
  const rows = range(TM);
  if (layout === 'nt') {
    const chain = (i: number, j: number) =>
      LANES.map((c) => `c_${i}_${j} = fma(x${i}.${c}, y${j}.${c}, c_${i}_${j});`).join(' ');
    return `for (var k = 0u; k < ${x.inner}; k += 4u) {
    ${rows.map((i) => `let x${i} = load_${x.a}(r${i}, ${x.a0} + k, ${x.lda}, ${x.a0} + ${x.inner});`).join('\n    ')}
    ${range(TN)
      .map((j) => `let y${j} = load_${x.b}(${x.b0} + n${j}, k, ${x.ldb}, ${x.inner});`)
      .join('\n    ')}
    ${rows.map((i) => range(TN).map((j) => chain(i, j)).join(' ')).join('\n    ')}
  }`;
  }
  const quads = range(TN / 4);
  const loadB = (t: number, brow: string) =>
    quads
      .map((q) => `let y${t}_${q} = load_${x.b}(${brow}, ${x.b0} + col + ${4 * q}u, ${x.ldb}, ${x.b0} + width);`)
      .join(' ');
  const outer = (t: number, scalar: (i: number) => string) =>
    rows
      .map((i) => quads.map((q) => `c_${i}_${q} = fma(vec4<f32>(${scalar(i)}), y${t}_${q}, c_${i}_${q});`).join(' '))
      .join('\n    ');
  if (layout === 'nn') {
    return `for (var k = 0u; k < ${x.inner}; k += 4u) {
    ${rows.map((i) => `let x${i} = load_${x.a}(r${i}, ${x.a0} + k, ${x.lda}, ${x.a0} + ${x.inner});`).join('\n    ')}
    ${LANES.map((c, t) => `${loadB(t, `${x.brow0} + min(k + ${t}u, ${x.inner} - 1u)`)}\n    ${outer(t, (i) => `x${i}.${c}`)}`).join('\n    ')}
  }`;
  }
  return `for (var k = 0u; k < ${x.inner}; k++) {
    ${range(TM / 4)
      .map((g) => `let x${g} = load_${x.a}(k, ${x.a0} + row + ${4 * g}u, ${x.lda}, ${x.a0} + height);`)
      .join('\n    ')}
    ${loadB(0, `${x.brow0} + k`)}
    ${outer(0, (i) => `x${Math.floor(i / 4)}.${LANES[i % 4]}`)}
  }`;
}

function stores(variant: MatmulVariant): string {
  const { layout, tileRows, tileCols } = variant;
  const value = (i: number, j: number) =>
    layout === 'nt' ? `c_${i}_${j}` : `c_${i}_${Math.floor(j / 4)}.${LANES[j % 4]}`;
  const statement = (i: number, j: number) => {
    const at = `at${i} + ${j}u`;
    const terms = [`p.alpha * ${value(i, j)}`];
    if (variant.bias) terms.push(`bias[o0 + col + ${j}u]`);
    if (variant.residual) terms.push(`residual[${at}]`);
    if (variant.accumulate) terms.push(`o[${at}]`);
    return `if (col + ${j}u < width) { o[${at}] = ${terms.join(' + ')}; }`;
  };
  return range(tileRows)
    .map(
      (i) => `if (row + ${i}u < height) {
    let at${i} = (orow0 + row + ${i}u) * p.ldo + o0 + col;
    ${range(tileCols)
      .map((j) => statement(i, j))
      .join('\n    ')}
  }`,
    )
    .join('\n  ');
}
