/**
 * Matmul with tiles in named registers, rows by columns per invocation, fully unrolled; no workgroup memory, no
 * barriers. For software GPUs, and for narrow or odd products anywhere. All lanes of a workgroup share their rows, so
 * loads along the rows have one address per workgroup: a broadcast on real GPUs and on software ones, where such a load
 * also compiles and runs many times cheaper than a gather.
 */
import type { Program } from '../program';
import {
  checkTask,
  isDot,
  keyOf,
  LETTERS,
  loaders,
  loadsAcross,
  lowRankOperands,
  mainOperands,
  type MatmulTask,
  moduleFields,
  type Operands,
  range,
  storageOf,
  UNIFORMS,
} from './interface';

export interface RegisterTile {
  readonly kind: 'registers';
  /** Rows and columns per invocation. */
  readonly tileRows: number;
  readonly tileCols: number;
  /** Invocations of a workgroup, side by side along the columns. */
  readonly lanes: number;
  /** Lanes load different rows of A and broadcast them; needs a subgroup of all lanes, and tile rows in multiples of them. */
  readonly shared: boolean;
}

type MatmulVariant = MatmulTask & RegisterTile;

/** @throws Error for tiles that do not fit the task. */
export function registerProgram(task: MatmulTask, tile: RegisterTile): Program {
  const { tileRows, tileCols, lanes, shared } = tile;
  checkTask(task);
  if (tileCols % 4 !== 0) throw new Error('Matmul needs tile columns in fours.');
  if (tileRows % 4 !== 0 && (loadsAcross(task.layout) || (task.transposed && task.vec4))) {
    throw new Error(`Matmul ${task.layout} needs tile rows in fours.`);
  }
  if (shared && (tileRows % lanes !== 0 || (4 * lanes) % tileRows !== 0)) {
    throw new Error(`A matmul tile of ${tileRows} rows and ${lanes} lanes cannot share its loads.`);
  }
  return {
    key: keyOf(task, `${tileRows}x${tileCols}-${lanes}${shared ? '-shared' : ''}`),
    ...(shared ? { enables: ['subgroups'] as const } : {}),
    storage: storageOf(task),
    uniforms: UNIFORMS,
    workgroup: [lanes, 1, 1],
    body: body({ ...task, ...tile }),
  };
}

function body(variant: MatmulVariant): string {
  const { layout, vec4, tileRows: TM, tileCols: TN, lanes } = variant;
  const rows = range(TM);
  const scaleLora = accumulators(variant)
    .map((c) => `${c} *= p.loraScale;`)
    .join(' ');
  return `
${loaders(variant)}
@compute @workgroup_size(${lanes}, 1, 1)
fn main(@builtin(local_invocation_id) lid: vec3<u32>, @builtin(workgroup_id) wid: vec3<u32>) {
  ${moduleFields()}
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
    ${product(variant, lowRankOperands(layout))}
    ${scaleLora}
  }`
      : ''
  }
  ${product(variant, mainOperands(layout))}
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

/** Names of the rows that this lane loads for all: `mine0`, `mine1`, … */
function sharedRows({ layout, shared, lanes, tileRows }: MatmulVariant): string {
  if (!shared || loadsAcross(layout)) return '';
  return range(tileRows / lanes)
    .map((g) => `let mine${g} = min(row + ${g * lanes}u + lid.x, height - 1u);`)
    .join(' ');
}

/** Declares the operands of the tile's rows, four consecutive inner elements each: x0 … or, shared, s0 … in the lanes. */
function loadRows({ shared, lanes, tileRows }: MatmulVariant, x: Operands): string {
  const load = (row: string) => `load_${x.a}(${row}, ${x.a0} + k, ${x.lda}, ${x.a0} + ${x.inner})`;
  return shared
    ? range(tileRows / lanes)
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
function rowElement({ shared, lanes }: MatmulVariant, i: number, c: string): string {
  return shared ? `subgroupBroadcast(s${Math.floor(i / lanes)}.${c}, ${i % lanes}u)` : `x${i}.${c}`;
}

function product(variant: MatmulVariant, x: Operands): string {
  const { layout, lanes, tileRows: TM, tileCols: TN } = variant;
  const rows = range(TM);
  const lane = (i: number) => `${LETTERS[i % 4]}`;
  // Lane l loads inner index k + l / parts, rows 4(l % parts) …; what lies beyond the inner length counts as zero.
  const parts = TM / 4;
  const steps = lanes / parts;
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
      if (layout === 'nt') return rowElement(variant, i, LETTERS[t] as string);
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
    ${LETTERS.map((c, t) =>
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
    ${LETTERS.map((c, t) => `${loadB(t, `${x.brow0} + min(k + ${t}u, ${x.inner} - 1u)`)}\n    ${outer(t, (i) => rowElement(variant, i, c))}`).join('\n    ')}
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
  isDot(layout) ? `c_${i}_${j}` : `c_${i}_${Math.floor(j / 4)}.${LETTERS[j % 4]}`;

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
