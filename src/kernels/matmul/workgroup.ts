/**
 * Matmul with tiles in workgroup memory, for GPUs whose many lanes share a fast memory: every element of A and B is
 * loaded once per workgroup, and each invocation keeps rows x columns of the output in registers.
 */
import type { Program, UniformField } from '../program';
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

export interface WorkgroupTile {
  readonly kind: 'workgroup';
  /** Invocations along columns and rows. */
  readonly threads: readonly [number, number];
  /** Rows and columns per invocation, in fours. */
  readonly rows: number;
  readonly cols: number;
  /** Inner length of a tile, in fours: with 128 rows and columns and 16, A and B fill the 16 KiB that every device has. */
  readonly depth: number;
  /** Loads the next tile into registers before it computes with the present one, so that memory is not waited for. */
  readonly ahead: boolean;
}

/** Rows and columns of one workgroup. */
export function workgroupExtent({ threads, rows, cols }: WorkgroupTile): { rows: number; cols: number } {
  return { rows: threads[1] * rows, cols: threads[0] * cols };
}

/** Whether tiles in workgroup memory compute a task; the others are narrow or odd and belong to registers. */
export function suitsWorkgroups({ layout, vec4, transposed }: MatmulTask): boolean {
  return vec4 && !transposed && layout !== 'tt';
}

/** Where workgroups take parts of the inner index, what differs from one that takes it all. */
export interface PartOfInner {
  /** Beside {@link UNIFORMS}. */
  readonly uniforms: readonly UniformField[];
  /** WGSL number of the module. */
  readonly module: string;
  /** WGSL condition for the one part that adds the low-rank part. */
  readonly isFirst: string;
  /** WGSL numbers: the first term, and the one after the last. */
  readonly from: string;
  readonly to: string;
  /** Statements that keep the sums of row `row + 4g + …` and column `n<q> + …`, which accumulators `c_<i>_<q>` hold. */
  readonly store: (tile: WorkgroupTile) => string;
}

/** @throws Error for tasks that do not suit, and tiles not in fours. */
export function workgroupProgram(task: MatmulTask, tile: WorkgroupTile, part?: PartOfInner): Program {
  const { threads, rows, cols, depth, ahead } = tile;
  checkTask(task);
  if (!task.vec4 || (part === undefined && !suitsWorkgroups(task)))
    throw new Error(`Matmul tiles in workgroup memory do not suit ${keyOf(task, '')}.`);
  if ([rows, cols, depth].some((n) => n % 4 !== 0))
    throw new Error('Matmul tiles in workgroup memory come in fours.');
  const name = `${threads.join('x')}-${rows}x${cols}x${depth}${ahead ? '-ahead' : ''}`;
  return {
    key: keyOf(task, `${part === undefined ? 'workgroup' : 'split'}-${name}`),
    storage: storageOf(task),
    uniforms: [...UNIFORMS, ...(part?.uniforms ?? [])],
    workgroup: [threads[0], threads[1], 1],
    body: body(task, tile, part),
  };
}

function body(task: MatmulTask, tile: WorkgroupTile, part: PartOfInner | undefined): string {
  const { threads, rows, cols, depth } = tile;
  const [tx, ty] = threads;
  const { rows: high, cols: wide } = workgroupExtent(tile);
  const cells = range(rows).flatMap((i) => range(cols / 4).map((q) => ({ i, q, id: `${i}_${q}` })));
  const { layout } = task;
  return `
${loaders(task)}
var<workgroup> ta: array<vec4<f32>, ${(depth * high) / 4}>;
var<workgroup> tb: array<vec4<f32>, ${(depth * wide) / 4}>;
@compute @workgroup_size(${tx}, ${ty}, 1)
fn main(@builtin(local_invocation_id) lid: vec3<u32>, @builtin(local_invocation_index) me: u32, @builtin(workgroup_id) wid: vec3<u32>) {
  ${moduleFields(part?.module)}
  let top = wid.y * ${high}u;
  let left = wid.x * ${wide}u;
  if (top >= height || left >= width) { return; }
  let row = top + lid.y * ${rows}u;
  ${cells.map(({ id }) => `var c_${id} = vec4<f32>(0.0);`).join(' ')}
  ${
    task.lora
      ? `if (mc.z == 1u${part === undefined ? '' : ` && ${part.isFirst}`}) {
    ${product(tile, layout, lowRankOperands(layout))}
    ${cells.map(({ id }) => `c_${id} *= p.loraScale;`).join(' ')}
  }`
      : ''
  }
  ${product(tile, layout, mainOperands(layout), part)}
  ${range(cols / 4)
    .map((q) => `let n${q} = left + ${4 * q * tx}u + 4u * lid.x;`)
    .join(' ')}
  ${part === undefined ? cells.map(({ i, q, id }) => store(task, i, q, id)).join('\n  ') : part.store(tile)}
}`;
}

/** One operand's way into workgroup memory: what an invocation loads of it for a tile that begins at `k`, and keeps. */
interface Fill {
  /** Declares the registers that hold it. */
  readonly declare: string;
  readonly load: (k: string) => string;
  readonly keep: string;
}

/** Where the inner index lies along the rows of memory, blocks of 4 x 4 are turned on their way. */
function turned(
  tile: WorkgroupTile,
  memory: string,
  extent: number,
  to: string,
  load: (line: string, k: string) => string,
): Fill {
  const deep = tile.depth / 4;
  const slots = fillSlots(tile, memory, deep * (extent / 4));
  const value = (id: string, t: number) => `${id}_${t}`;
  return {
    declare: slots
      .flatMap(({ id }) => range(4).map((t) => `var ${value(id, t)} = vec4<f32>(0.0);`))
      .join(' '),
    load: (k) =>
      slots
        .map(
          ({
            id,
            at,
            guard,
          }) => `${guard}{ let i = ${at}; let k = ${k} + (i % ${deep}u) * 4u; let line = (i / ${deep}u) * 4u;
      ${range(4)
        .map(
          (t) =>
            `${value(id, t)} = select(vec4<f32>(0.0), ${load(`line + ${t}u`, `min(k, ${to} - 4u)`)}, k < ${to});`,
        )
        .join(' ')} }`,
        )
        .join('\n    '),
    keep: slots
      .map(
        ({
          id,
          at,
          guard,
        }) => `${guard}{ let i = ${at}; let quad = i % ${deep}u; let line = (i / ${deep}u) ^ (${swirl(extent, 'quad')});
      ${LETTERS.map(
        (c, t) =>
          `${memory}[(quad * 4u + ${t}u) * ${extent / 4}u + line] = vec4<f32>(${range(4)
            .map((r) => `${value(id, r)}.${c}`)
            .join(', ')});`,
      ).join(' ')} }`,
      )
      .join('\n    '),
  };
}

/**
 * Neighbouring invocations write one line's fours of inner elements below each other, which would be one bank of
 * memory; so the place of a line changes from four to four. Only where a row holds eight places.
 */
const swirl = (extent: number, quad: string) => (extent % 32 === 0 ? `(${quad} & 3u) << 1u` : '0u');

function straight(
  tile: WorkgroupTile,
  memory: string,
  extent: number,
  to: string,
  load: (k: string, line: string) => string,
): Fill {
  const slots = fillSlots(tile, memory, tile.depth * (extent / 4));
  return {
    declare: slots.map(({ id }) => `var ${id} = vec4<f32>(0.0);`).join(' '),
    load: (k) =>
      slots
        .map(
          ({
            id,
            at,
            guard,
          }) => `${guard}{ let i = ${at}; let k = ${k} + i / ${extent / 4}u; let line = (i % ${extent / 4}u) * 4u;
      ${id} = select(vec4<f32>(0.0), ${load(`min(k, ${to} - 1u)`, 'line')}, k < ${to}); }`,
        )
        .join('\n    '),
    keep: slots.map(({ id, at, guard }) => `${guard}{ ${memory}[${at}] = ${id}; }`).join('\n    '),
  };
}

/** Blocks of an operand's tile that an invocation moves: its register's name, the block, and whether there is one. */
function fillSlots({ threads }: WorkgroupTile, memory: string, blocks: number) {
  const count = threads[0] * threads[1];
  return range(Math.ceil(blocks / count)).map((s) => ({
    id: `${memory}${s}`,
    at: `(me + ${s * count}u)`,
    guard: (s + 1) * count > blocks ? `if (me + ${s * count}u < ${blocks}u) ` : '',
  }));
}

/** Adds the product of two operands, or a part of its terms, to the accumulators, tile by tile along the inner index. */
function product(
  tile: WorkgroupTile,
  layout: MatmulTask['layout'],
  x: Operands,
  { from, to }: Pick<PartOfInner, 'from' | 'to'> = { from: '0u', to: x.inner },
): string {
  const { threads, rows, cols, depth, ahead } = tile;
  const { rows: high, cols: wide } = workgroupExtent(tile);
  const [tx] = threads;
  const [straightA, turnedB] = [loadsAcross(layout), isDot(layout)];
  // Lines beyond the edge repeat the last ones; what they give is never stored.
  const fillA = straightA
    ? straight(tile, 'ta', high, to, (k, line) => {
        return `load_${x.a}(${x.arow0} + ${k}, ${x.a0} + min(top + ${line}, height - 4u), ${x.lda}, 0u)`;
      })
    : turned(tile, 'ta', high, to, (line, k) => {
        return `load_${x.a}(min(top + ${line}, height - 1u), ${x.a0} + ${k}, ${x.lda}, 0u)`;
      });
  const fillB = turnedB
    ? turned(tile, 'tb', wide, to, (line, k) => {
        return `load_${x.b}(${x.b0} + min(left + ${line}, width - 1u), ${x.bcol0} + ${k}, ${x.ldb}, 0u)`;
      })
    : straight(tile, 'tb', wide, to, (k, line) => {
        return `load_${x.b}(${x.brow0} + ${k}, ${x.b0} + min(left + ${line}, width - 4u), ${x.ldb}, 0u)`;
      });
  const load = (k: string) => `${fillA.load(k)}
    ${fillB.load(k)}`;
  const place = (isTurned: boolean, extent: number, at: string) =>
    isTurned ? `((${at}) ^ (${swirl(extent, '(k >> 2u)')}))` : at;
  const placeA = (at: string) => place(!straightA, high, at);
  const placeB = (at: string) => place(turnedB, wide, at);
  return `{
    ${fillA.declare}
    ${fillB.declare}
    ${ahead ? load(from) : ''}
    for (var k0 = ${from}; k0 < ${to}; k0 += ${depth}u) {
    ${ahead ? '' : load('k0')}
    workgroupBarrier();
    ${fillA.keep}
    ${fillB.keep}
    workgroupBarrier();
    ${ahead ? load(`k0 + ${depth}u`) : ''}
    for (var k = 0u; k < ${depth}u; k++) {
      ${range(rows / 4)
        .map((g) => `let x${g} = ta[k * ${high / 4}u + ${placeA(`lid.y * ${rows / 4}u + ${g}u`)}];`)
        .join(' ')}
      ${range(cols / 4)
        .map((q) => `let y${q} = tb[k * ${wide / 4}u + ${placeB(`${q * tx}u + lid.x`)}];`)
        .join(' ')}
      ${range(rows)
        .map((i) =>
          range(cols / 4)
            .map((q) => {
              const factor = `vec4<f32>(x${Math.floor(i / 4)}.${LETTERS[i % 4]})`;
              return `c_${i}_${q} = fma(${factor}, y${q}, c_${i}_${q});`;
            })
            .join(' '),
        )
        .join('\n      ')}
    }
  } }`;
}

function store({ add, accumulate }: MatmulTask, i: number, q: number, id: string): string {
  const terms = [`p.alpha * c_${id}`];
  if (add) terms.push(`s[((orow0 + row + ${i}u) * p.lds + o0 + n${q}) >> 2u]`);
  if (accumulate) terms.push('o[at]');
  return `if (row + ${i}u < height && n${q} < width) { let at = ((orow0 + row + ${i}u) * p.ldo + o0 + n${q}) >> 2u; o[at] = ${terms.join(' + ')}; }`;
}
