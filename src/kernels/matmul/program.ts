/**
 * WGSL of the matmul family. Every output element is one chain of fused multiply-adds over the inner index in order,
 * whatever the tile, so that sampling (few rows) and training (many rows) agree to the last bits.
 *
 * Tiles live in named registers, rows by columns per invocation, fully unrolled; no workgroup memory, no barriers.
 * All lanes of a workgroup share their rows, so loads along the rows have one address per workgroup: a broadcast on
 * real GPUs and on software ones, where such a load also compiles and runs many times cheaper than a gather.
 * Workgroup z is a module: a block with offsets of its own into the operands (`MatmulModule`).
 */
import { SHARED_LANES } from '../gpu';
import type { Program, StorageBinding, UniformField } from '../program';
import { packedQuad, weightBinding, type WeightFormat } from '../weights/format';

/** nt: A[m,k]·B[n,k]ᵀ; nn: A[m,k]·B[k,n]; tn: A[k,m]ᵀ·B[k,n]; tt: A[k,m]ᵀ·B[n,k]ᵀ. */
export type MatmulLayout = 'nt' | 'nn' | 'tn' | 'tt';

export interface MatmulVariant {
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
  /** Rows and columns per invocation. */
  readonly tileRows: number;
  readonly tileCols: number;
  /** Invocations of a workgroup, side by side along the columns. */
  readonly lanes: number;
  /** Format of B; packed B only in nt and nn, and with columns from 0 (nn). The low-rank part is always f32. */
  readonly weights: WeightFormat;
  /** Lanes load different rows of A and broadcast them; needs subgroups, lanes = 8 and tile rows in eights. */
  readonly shared: boolean;
}

/** Most modules one dispatch may hold. */
export const MAX_MODULES = 3;

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
/** Rows of the tile lie side by side in A, so that one load serves four of them. */
const loadsAcross = (layout: MatmulLayout) => layout === 'tn' || layout === 'tt';
/** Columns of the tile are rows of B: sums are scalars, one per column, rather than vec4 over four columns. */
const isDot = (layout: MatmulLayout) => layout === 'nt' || layout === 'tt';
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
  { name: 'lds', type: 'u32' },
  { name: 'alpha', type: 'f32' },
  { name: 'loraScale', type: 'f32' },
];

export function matmulProgram(variant: MatmulVariant): Program {
  const { layout, vec4, tileRows, tileCols, lanes, lora, add, accumulate, transposed, weights, shared } =
    variant;
  if (weights !== 'f32' && (loadsAcross(layout) || transposed)) {
    throw new Error('Only matmul nt and nn that store as they are take packed weights.');
  }
  if (tileCols % 4 !== 0) throw new Error('Matmul needs tile columns in fours.');
  if (loadsAcross(layout) && (tileRows % 4 !== 0 || lora)) {
    throw new Error(`Matmul ${layout} needs tile rows in fours and has no low-rank part.`);
  }
  if (transposed && ((vec4 && tileRows % 4 !== 0) || add)) {
    throw new Error(
      'A transposed matmul needs tile rows in fours to move them as vec4, and adds no third operand.',
    );
  }
  if (shared && (lanes !== SHARED_LANES || tileRows % SHARED_LANES !== 0 || tileRows > 16)) {
    throw new Error(`A matmul tile of ${tileRows} rows and ${lanes} lanes cannot share its loads.`);
  }
  const operand = vec4 ? 'array<vec4<f32>>' : 'array<f32>';
  const storage: StorageBinding[] = [
    { name: 'a', type: operand, access: 'r' },
    weightBinding('b', weights, operand),
    { name: 'o', type: operand, access: 'rw' },
  ];
  if (add) storage.push({ name: 's', type: operand, access: 'r' });
  if (lora)
    storage.push({ name: 'u', type: operand, access: 'r' }, { name: 'l', type: operand, access: 'r' });
  return {
    key: [
      `matmul-${layout}`,
      ...(lora ? ['lora'] : []),
      ...(add ? ['add'] : []),
      ...(accumulate ? ['accumulate'] : []),
      ...(transposed ? ['transposed'] : []),
      ...(weights === 'f32' ? [] : [weights]),
      `${vec4 ? 'vec4' : 'scalar'}-${tileRows}x${tileCols}-${lanes}`,
      ...(shared ? ['shared'] : []),
    ].join('-'),
    ...(shared ? { enables: ['subgroups'] as const } : {}),
    storage,
    uniforms: UNIFORMS,
    workgroup: [lanes, 1, 1],
    body: body(variant),
  };
}

/** `load_x(row, col, stride, end)`: four consecutive elements of a row; zero from column `end` on (scalar variant). */
function loader(name: string, vec4: boolean): string {
  const head = `fn load_${name}(row: u32, col: u32, stride: u32, end: u32) -> vec4<f32>`;
  if (vec4) return `${head} { return ${name}[(row * stride + col) >> 2u]; }`;
  const at = (i: number) =>
    `select(0.0, ${name}[row * stride + min(col + ${i}u, end - 1u)], col + ${i}u < end)`;
  return `${head} { return vec4<f32>(${range(4).map(at).join(', ')}); }`;
}

/** `load_b`: unpacked where it is loaded. A packed row is padded with zeros, so only columns past the padding are cut. */
function weightLoader({ weights, vec4 }: MatmulVariant): string {
  if (weights === 'f32') return loader('b', vec4);
  const at = vec4 ? 'col' : 'min(col, (end - 1u) & ~3u)';
  return `${packedQuad('b', weights)}
fn load_b(row: u32, col: u32, stride: u32, end: u32) -> vec4<f32> { return quad_b(row, ${at}, stride); }`;
}

function body(variant: MatmulVariant): string {
  const { layout, vec4, tileRows: TM, tileCols: TN, lanes } = variant;
  const rows = range(TM);
  const operands = variant.lora ? ['a', 'u', 'l'] : ['a'];
  const scaleLora = accumulators(variant)
    .map((c) => `${c} *= p.loraScale;`)
    .join(' ');
  return `
${operands.map((name) => loader(name, vec4)).join('\n')}
${weightLoader(variant)}
@compute @workgroup_size(${lanes}, 1, 1)
fn main(@builtin(local_invocation_id) lid: vec3<u32>, @builtin(workgroup_id) wid: vec3<u32>) {
  var ma = p.ma0; var mb = p.mb0; var mc = p.mc0;
  if (wid.z == 1u) { ma = p.ma1; mb = p.mb1; mc = p.mc1; }
  if (wid.z == 2u) { ma = p.ma2; mb = p.mb2; mc = p.mc2; }
  let a0 = ma.x; let b0 = ma.y; let o0 = ma.z; let width = ma.w;
  let inner = mb.x; let krow0 = mb.y; let orow0 = mb.z; let height = mb.w;
  let row = wid.y * ${TM}u;
  if (row >= height || wid.x * ${TN * lanes}u >= width) { return; }
  // Rows and columns beyond the edge repeat the last ones: same sums, written twice, no branch.
  ${rows.map((i) => `let r${i} = min(row + ${i}u, height - 1u);`).join(' ')}
  ${sharedRows(variant)}
  let col = (wid.x * ${lanes}u + lid.x) * ${TN}u;
  ${columnNames(variant)}
  ${accumulators(variant)
    .map((c) => `var ${c} = ${isDot(layout) ? '0.0' : 'vec4<f32>(0.0)'};`)
    .join(' ')}
  ${
    variant.lora
      ? `if (mc.z == 1u) {
    ${product(variant, { a: 'u', b: 'l', a0: 'mc.x', lda: 'p.ldu', ldb: 'p.ldl', b0: layout === 'nt' ? 'mc.y' : 'b0', arow0: '0u', bcol0: '0u', brow0: '0u', inner: 'p.rank' })}
    ${scaleLora}
  }`
      : ''
  }
  ${product(variant, { a: 'a', b: 'b', a0: 'a0', lda: 'p.lda', ldb: 'p.ldb', b0: 'b0', arow0: layout === 'tt' ? 'krow0' : '0u', bcol0: layout === 'tt' ? 'mc.w' : '0u', brow0: 'krow0', inner: 'inner' })}
  ${vec4 ? (variant.transposed ? storesTransposedVec4(variant) : storesVec4(variant)) : storesScalar(variant)}
}`;
}

/** One name per column where they are rows of B; otherwise one per four columns. */
function columnNames({ layout, vec4, transposed, tileCols: TN }: MatmulVariant): string {
  const step = isDot(layout) ? 1 : 4;
  const last = (j: number): string | null => {
    if (!vec4) return isDot(layout) ? 'width - 1u' : null;
    if (!isDot(layout)) return 'width - 4u';
    return transposed ? 'width - 1u' : `width - ${4 - (j % 4)}u`;
  };
  return range(TN / step)
    .map((j) => {
      const at = `col + ${j * step}u`;
      const end = last(j);
      return `let n${j} = ${end === null ? at : `min(${at}, ${end})`};`;
    })
    .join(' ');
}

/** Names of the accumulators: scalars `c_i_j`, or vec4 over four columns `c_i_q`; see {@link isDot}. */
function accumulators({ layout, tileRows, tileCols }: MatmulVariant): string[] {
  const columns = isDot(layout) ? tileCols : tileCols / 4;
  return range(tileRows).flatMap((i) => range(columns).map((j) => `c_${i}_${j}`));
}

interface Operands {
  readonly a: string;
  readonly b: string;
  readonly a0: string;
  readonly lda: string;
  readonly ldb: string;
  readonly b0: string;
  readonly arow0: string;
  readonly bcol0: string;
  readonly brow0: string;
  readonly inner: string;
}

/** Names of the rows that this lane loads for all: `mine0`, `mine1`, … */
function sharedRows({ layout, shared, tileRows }: MatmulVariant): string {
  if (!shared || loadsAcross(layout)) return '';
  return range(tileRows / SHARED_LANES)
    .map((g) => `let mine${g} = min(row + ${g * SHARED_LANES}u + lid.x, height - 1u);`)
    .join(' ');
}

/** Declares the operands of the tile's rows, four consecutive inner elements each: x0 … or, shared, s0 … in the lanes. */
function loadRows({ shared, tileRows }: MatmulVariant, x: Operands): string {
  const load = (row: string) => `load_${x.a}(${row}, ${x.a0} + k, ${x.lda}, ${x.a0} + ${x.inner})`;
  return shared
    ? range(tileRows / SHARED_LANES)
        .map((g) => `let s${g} = ${load(`mine${g}`)};`)
        .join(' ')
    : range(tileRows)
        .map((i) => `let x${i} = ${load(`r${i}`)};`)
        .join('\n    ');
}

/**
 * Inner element `c` of row i. Broadcast where it is used: named ahead of all multiplications, the values of a tile
 * spill, which costs a CPU more than the broadcasts.
 */
function rowElement({ shared }: MatmulVariant, i: number, c: string): string {
  return shared
    ? `subgroupBroadcast(s${Math.floor(i / SHARED_LANES)}.${c}, ${i % SHARED_LANES}u)`
    : `x${i}.${c}`;
}

function product(variant: MatmulVariant, x: Operands): string {
  const { layout, tileRows: TM, tileCols: TN } = variant;
  const rows = range(TM);
  const lane = (i: number) => `${LANES[i % 4]}`;
  // Lane l loads inner index k + l / parts, rows 4(l % parts) …; what lies beyond the inner length counts as zero.
  const parts = TM / 4;
  const steps = SHARED_LANES / parts;
  const across = (name: string, k: string) => `let mine${name} = ${k} + lid.x / ${parts}u;
    let part${name} = load_${x.a}(${x.arow0} + min(mine${name}, ${x.inner} - 1u), ${x.a0} + row + 4u * (lid.x % ${parts}u), ${x.lda}, ${x.a0} + height);
    let s${name} = select(vec4<f32>(0.0), part${name}, mine${name} < ${x.inner});`;
  const loadAcross = (t: number) =>
    range(TM / 4)
      .map(
        (g) =>
          `let x${t}_${g} = load_${x.a}(${x.arow0} + min(k + ${t}u, ${x.inner} - 1u), ${x.a0} + row + ${4 * g}u, ${x.lda}, ${x.a0} + height);`,
      )
      .join('\n    ');
  if (isDot(layout)) {
    const element = (i: number, t: number) => {
      if (layout === 'nt') return rowElement(variant, i, LANES[t] as string);
      if (!variant.shared) return `x${t}_${Math.floor(i / 4)}.${lane(i)}`;
      return `subgroupBroadcast(s${Math.floor(t / steps)}.${lane(i)}, ${parts * (t % steps) + Math.floor(i / 4)}u)`;
    };
    const loads = () => {
      if (layout === 'nt') return loadRows(variant, x);
      return variant.shared
        ? range(4 / steps).map((g) => across(`${g}`, `k + ${g * steps}u`))
        : range(4).map(loadAcross);
    };
    return `for (var k = 0u; k < ${x.inner}; k += 4u) {
    ${[loads()].flat().join('\n    ')}
    ${range(TN)
      .map(
        (j) => `let y${j} = load_${x.b}(${x.b0} + n${j}, ${x.bcol0} + k, ${x.ldb}, ${x.bcol0} + ${x.inner});`,
      )
      .join('\n    ')}
    ${LANES.map((c, t) =>
      rows
        .map((i) => {
          const chain = range(TN).map((j) => `c_${i}_${j} = fma(e, y${j}.${c}, c_${i}_${j});`);
          return `{ let e = ${element(i, t)}; ${chain.join(' ')} }`;
        })
        .join('\n    '),
    ).join('\n    ')}
  }`;
  }
  const quads = range(TN / 4);
  const loadB = (t: number, brow: string) =>
    quads
      .map((q) => `let y${t}_${q} = load_${x.b}(${brow}, ${x.b0} + n${q}, ${x.ldb}, ${x.b0} + width);`)
      .join(' ');
  const outer = (t: number, scalar: (i: number) => string) =>
    rows
      .map((i) => {
        const chain = quads.map((q) => `c_${i}_${q} = fma(e, y${t}_${q}, c_${i}_${q});`);
        return `{ let e = vec4<f32>(${scalar(i)}); ${chain.join(' ')} }`;
      })
      .join('\n    ');
  if (layout === 'nn') {
    return `for (var k = 0u; k < ${x.inner}; k += 4u) {
    ${loadRows(variant, x)}
    ${LANES.map((c, t) => `${loadB(t, `${x.brow0} + min(k + ${t}u, ${x.inner} - 1u)`)}\n    ${outer(t, (i) => rowElement(variant, i, c))}`).join('\n    ')}
  }`;
  }
  if (variant.shared) {
    return `for (var k = 0u; k < ${x.inner}; k += ${steps}u) {
    ${across('', 'k')}
    ${range(steps)
      .map((t) => {
        const brow = `${x.brow0} + min(k + ${t}u, ${x.inner} - 1u)`;
        const element = (i: number) => `subgroupBroadcast(s.${lane(i)}, ${parts * t + Math.floor(i / 4)}u)`;
        return `${loadB(t, brow)}\n    ${outer(t, element)}`;
      })
      .join('\n    ')}
  }`;
  }
  return `for (var k = 0u; k < ${x.inner}; k++) {
    ${loadAcross(0)}
    ${loadB(0, `${x.brow0} + k`)}
    ${outer(0, (i) => `x0_${Math.floor(i / 4)}.${lane(i)}`)}
  }`;
}

/** Value of row i, columns 4q … 4q+3 of the tile. */
function quad({ layout }: MatmulVariant, i: number, q: number): string {
  return layout === 'nt'
    ? `vec4<f32>(${range(4)
        .map((t) => `c_${i}_${4 * q + t}`)
        .join(', ')})`
    : `c_${i}_${q}`;
}

/** Each invocation reads what it adds to before it writes anything, so that its repeated rows and columns stay exact. */
function storesVec4(variant: MatmulVariant): string {
  const { layout, tileRows, tileCols, add, accumulate } = variant;
  const cells = range(tileRows).flatMap((i) => range(tileCols / 4).map((q) => ({ i, q, id: `${i}_${q}` })));
  const column = (q: number) => (layout === 'nt' ? `n${4 * q}` : `n${q}`);
  const read = cells.map(({ i, q, id }) => {
    const terms = [`p.alpha * ${quad(variant, i, q)}`];
    if (add) terms.push(`s[((orow0 + r${i}) * p.lds + o0 + ${column(q)}) >> 2u]`);
    if (accumulate) terms.push(`o[at_${id}]`);
    return `let at_${id} = ((orow0 + r${i}) * p.ldo + o0 + ${column(q)}) >> 2u; let v_${id} = ${terms.join(' + ')};`;
  });
  // In tn the rows are lanes of a load and cannot repeat: those beyond the edge hold other sums. Columns beyond the edge
  // belong to other invocations, which may have added to the same cell already.
  const guard = (i: number, q: number) => {
    const inside = [
      ...(layout === 'tn' ? [`row + ${i}u < height`] : []),
      ...(accumulate ? [`col + ${4 * q}u < width`] : []),
    ];
    return inside.length === 0 ? '' : `if (${inside.join(' && ')}) `;
  };
  const writes = cells.map(({ i, q, id }) => `${guard(i, q)}{ o[at_${id}] = v_${id}; }`);
  return `${read.join('\n  ')}\n  ${writes.join('\n  ')}`;
}

/** A row of the output is a column of the tile: four rows of the tile lie side by side. */
function storesTransposedVec4(variant: MatmulVariant): string {
  const { tileRows, tileCols, accumulate } = variant;
  return range(tileCols)
    .flatMap((j) =>
      range(tileRows / 4).map((q) => {
        const sums = range(4).map((t) => element(variant, 4 * q + t, j));
        const at = `((orow0 + col + ${j}u) * p.ldo + o0 + row + ${4 * q}u) >> 2u`;
        const value = `p.alpha * vec4<f32>(${sums.join(', ')})`;
        return `if (row + ${4 * q}u < height && col + ${j}u < width) { o[${at}] ${accumulate ? '+' : ''}= ${value}; }`;
      }),
    )
    .join('\n  ');
}

/** The sum of a row and a column of the tile. */
const element = ({ layout }: MatmulVariant, i: number, j: number) =>
  isDot(layout) ? `c_${i}_${j}` : `c_${i}_${Math.floor(j / 4)}.${LANES[j % 4]}`;

function storesScalar(variant: MatmulVariant): string {
  const { tileRows, tileCols, add, accumulate, transposed } = variant;
  const statement = (i: number, j: number) => {
    const at = transposed
      ? `(orow0 + col + ${j}u) * p.ldo + o0 + r${i}`
      : `(orow0 + r${i}) * p.ldo + o0 + col + ${j}u`;
    const terms = [`p.alpha * ${element(variant, i, j)}`];
    if (add) terms.push(`s[(orow0 + r${i}) * p.lds + o0 + col + ${j}u]`);
    if (accumulate) terms.push(`o[${at}]`);
    return `if (row + ${i}u < height && col + ${j}u < width) { o[${at}] = ${terms.join(' + ')}; }`;
  };
  return range(tileRows)
    .flatMap((i) => range(tileCols).map((j) => statement(i, j)))
    .join('\n  ');
}
