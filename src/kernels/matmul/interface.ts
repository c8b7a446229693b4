/**
 * What all matmul programs have in common: operands, uniforms, loads. Every output element is one chain of fused
 * multiply-adds over the inner index in order (of long ones in nn several, see {@link LONGEST_CHAIN}), whatever the tile,
 * so that sampling (few rows) and training (many rows) agree to the last bits, and the choice of a tile changes speed
 * alone. Products that are split (`split.ts`) are sums of shorter chains, joined in order.
 * Workgroup z is a module: a block with offsets of its own into the operands (`MatmulModule`).
 */
import type { StorageBinding, UniformField } from '../program';
import { packedQuad, weightBinding } from '../weights/format';
import { type WeightFormat } from '../../settings/choices';

/** nt: A[m,k]·B[n,k]ᵀ; nn: A[m,k]·B[k,n]; tn: A[k,m]ᵀ·B[k,n]; tt: A[k,m]ᵀ·B[n,k]ᵀ. */
export type MatmulLayout = 'nt' | 'nn' | 'tn' | 'tt';

/** What is computed; a tile says how. */
export interface MatmulTask {
  readonly layout: MatmulLayout;
  /** Adds a second product U·Lᵀ (nt) or U·L (nn), the low-rank part. */
  readonly lora: boolean;
  /** Adds a third operand: a bias row or a residual. */
  readonly add: boolean;
  /** Adds to what the output holds. */
  readonly accumulate: boolean;
  /** Stores the product's transpose. With nt and tt, columns then need not come in fours even where `vec4` is set. */
  readonly transposed: boolean;
  /** Column offsets, lengths and strides are multiples of four, so everything moves as vec4. */
  readonly vec4: boolean;
  /** Format of B; packed B only in nt and nn, and with columns from 0 (nn). The low-rank part is always f32. */
  readonly weights: WeightFormat;
}

/**
 * Most terms of one chain of additions in nn. There a chain may run over a vocabulary: next to the sum of its likely
 * tokens each of 10,000 unlikely ones is too small to count in float32, and together they were a ten-thousandth of the
 * gradient. Longer sums are added up in the output, part by part. In nt a chain is as long as a model is wide, in tn and
 * tt terms are alike.
 */
export const LONGEST_CHAIN = 2048;

/** Most modules one dispatch may hold. */
export const MAX_MODULES = 3;

export const range = (n: number) => Array.from({ length: n }, (_, i) => i);
export const LETTERS = ['x', 'y', 'z', 'w'] as const;

/** Rows of a tile lie side by side in A, so that one load serves four of them. */
export const loadsAcross = (layout: MatmulLayout) => layout === 'tn' || layout === 'tt';
/** Columns of a tile are rows of B. */
export const isDot = (layout: MatmulLayout) => layout === 'nt' || layout === 'tt';

/** Twelve numbers per module (see `MatmulModule` for their order), then the scalars. */
export const UNIFORMS: readonly UniformField[] = [
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
  { name: 'lds', type: 'u32' },
  { name: 'alpha', type: 'f32' },
  { name: 'loraScale', type: 'f32' },
];

/** Declares the fields of a module, by default `wid.z`, under their names. */
export const moduleFields = (z = 'wid.z') => `var ma = p.ma0; var mb = p.mb0; var mc = p.mc0;
  if (${z} == 1u) { ma = p.ma1; mb = p.mb1; mc = p.mc1; }
  if (${z} == 2u) { ma = p.ma2; mb = p.mb2; mc = p.mc2; }
  let a0 = ma.x; let b0 = ma.y; let o0 = ma.z; let width = ma.w;
  let inner = mb.x; let krow0 = mb.y; let orow0 = mb.z; let height = mb.w;`;

export function storageOf({ vec4, add, lora, weights }: MatmulTask): StorageBinding[] {
  const type = vec4 ? 'array<vec4<f32>>' : 'array<f32>';
  const operand = (name: string): StorageBinding => ({ name, type, access: 'r' });
  return [
    operand('a'),
    weightBinding('b', weights, type),
    { name: 'o', type, access: 'rw' },
    ...(add ? [operand('s')] : []),
    ...(lora ? [operand('u'), operand('l')] : []),
  ];
}

export function keyOf(task: MatmulTask, tile: string): string {
  const { layout, lora, add, accumulate, transposed, vec4, weights } = task;
  return [
    `matmul-${layout}`,
    ...(lora ? ['lora'] : []),
    ...(add ? ['add'] : []),
    ...(accumulate ? ['accumulate'] : []),
    ...(transposed ? ['transposed'] : []),
    ...(weights === 'f32' ? [] : [weights]),
    vec4 ? 'vec4' : 'scalar',
    tile,
  ].join('-');
}

/**
 * `load_x(row, col, stride, end)` per operand: four consecutive elements of a row; zero from column `end` on (scalar).
 * Packed weights are unpacked where they are loaded.
 */
export function loaders({ vec4, lora, weights }: MatmulTask): string {
  const plain = (name: string) => {
    const head = `fn load_${name}(row: u32, col: u32, stride: u32, end: u32) -> vec4<f32>`;
    if (vec4) return `${head} { return ${name}[(row * stride + col) >> 2u]; }`;
    const at = (i: number) =>
      `select(0.0, ${name}[row * stride + min(col + ${i}u, end - 1u)], col + ${i}u < end)`;
    return `${head} { return vec4<f32>(${range(4).map(at).join(', ')}); }`;
  };
  const packed = (format: Exclude<WeightFormat, 'f32'>) => {
    // A packed row is padded with zeros, so only columns past the padding are cut.
    const at = vec4 ? 'col' : 'min(col, (end - 1u) & ~3u)';
    return `${packedQuad('b', format)}
fn load_b(row: u32, col: u32, stride: u32, end: u32) -> vec4<f32> { return quad_b(row, ${at}, stride); }`;
  };
  return [
    plain('a'),
    weights === 'f32' ? plain('b') : packed(weights),
    ...(lora ? [plain('u'), plain('l')] : []),
  ].join('\n');
}

/** Where a product finds its operands, as WGSL expressions. */
export interface Operands {
  readonly a: string;
  readonly b: string;
  readonly a0: string;
  readonly lda: string;
  readonly ldb: string;
  readonly b0: string;
  readonly bcol0: string;
  readonly arow0: string;
  readonly brow0: string;
  readonly inner: string;
}

export function mainOperands(layout: MatmulLayout): Operands {
  const isTt = layout === 'tt';
  return {
    a: 'a',
    b: 'b',
    a0: 'a0',
    lda: 'p.lda',
    ldb: 'p.ldb',
    b0: 'b0',
    bcol0: isTt ? 'mc.w' : '0u',
    arow0: isTt ? 'krow0' : '0u',
    brow0: 'krow0',
    inner: 'inner',
  };
}

export function lowRankOperands(layout: MatmulLayout): Operands {
  return {
    a: 'u',
    b: 'l',
    a0: 'mc.x',
    lda: 'p.ldu',
    ldb: 'p.ldl',
    b0: layout === 'nt' ? 'mc.y' : 'b0',
    bcol0: '0u',
    arow0: '0u',
    brow0: '0u',
    inner: 'p.rank',
  };
}

/** @throws Error for a task that no program computes. */
export function checkTask({ layout, transposed, weights, add, lora }: MatmulTask): void {
  if (weights !== 'f32' && (loadsAcross(layout) || transposed)) {
    throw new Error('Only matmul nt and nn that store as they are take packed weights.');
  }
  if (transposed && add) throw new Error('A transposed matmul adds no third operand.');
  if (loadsAcross(layout) && lora) throw new Error(`Matmul ${layout} has no low-rank part.`);
}
