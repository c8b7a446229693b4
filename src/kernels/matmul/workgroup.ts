/**
 * Matmul with tiles in workgroup memory, for GPUs whose many lanes share a fast memory: every element of A and B is
 * loaded once per workgroup, and each invocation keeps rows x columns of the output in registers.
 */
import type { Program } from '../program';
import {
  checkTask,
  keyOf,
  LETTERS,
  loaders,
  lowRankOperands,
  mainOperands,
  type MatmulTask,
  MODULE_FIELDS,
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
}

/** Inner length of a tile: with 128 rows and columns, A and B fill the 16 KiB that every device has. */
const DEPTH = 16;

/** Rows and columns of one workgroup. */
export function workgroupExtent({ threads, rows, cols }: WorkgroupTile): { rows: number; cols: number } {
  return { rows: threads[1] * rows, cols: threads[0] * cols };
}

/** Whether tiles in workgroup memory compute a task; the others are narrow or odd and belong to registers. */
export function suitsWorkgroups({ layout, vec4, transposed }: MatmulTask): boolean {
  return vec4 && !transposed && layout !== 'tt';
}

/** @throws Error for tasks that do not suit, and tiles not in fours. */
export function workgroupProgram(task: MatmulTask, tile: WorkgroupTile): Program {
  const { threads, rows, cols } = tile;
  checkTask(task);
  if (!suitsWorkgroups(task))
    throw new Error(`Matmul tiles in workgroup memory do not suit ${keyOf(task, '')}.`);
  if (rows % 4 !== 0 || cols % 4 !== 0) throw new Error('Matmul tiles in workgroup memory come in fours.');
  return {
    key: keyOf(task, `workgroup-${threads.join('x')}-${rows}x${cols}`),
    storage: storageOf(task),
    uniforms: UNIFORMS,
    workgroup: [threads[0], threads[1], 1],
    body: body(task, tile),
  };
}

function body(task: MatmulTask, tile: WorkgroupTile): string {
  const { threads, rows, cols } = tile;
  const [tx, ty] = threads;
  const { rows: high, cols: wide } = workgroupExtent(tile);
  const cells = range(rows).flatMap((i) => range(cols / 4).map((q) => ({ i, q, id: `${i}_${q}` })));
  const { layout } = task;
  return `
${loaders(task)}
var<workgroup> ta: array<vec4<f32>, ${(DEPTH * high) / 4}>;
var<workgroup> tb: array<vec4<f32>, ${(DEPTH * wide) / 4}>;
@compute @workgroup_size(${tx}, ${ty}, 1)
fn main(@builtin(local_invocation_id) lid: vec3<u32>, @builtin(local_invocation_index) me: u32, @builtin(workgroup_id) wid: vec3<u32>) {
  ${MODULE_FIELDS}
  let top = wid.y * ${high}u;
  let left = wid.x * ${wide}u;
  if (top >= height || left >= width) { return; }
  let row = top + lid.y * ${rows}u;
  ${cells.map(({ id }) => `var c_${id} = vec4<f32>(0.0);`).join(' ')}
  ${
    task.lora
      ? `if (mc.z == 1u) {
    ${product(tile, layout, lowRankOperands(layout))}
    ${cells.map(({ id }) => `c_${id} *= p.loraScale;`).join(' ')}
  }`
      : ''
  }
  ${product(tile, layout, mainOperands(layout))}
  ${range(cols / 4)
    .map((q) => `let n${q} = left + ${4 * q * tx}u + 4u * lid.x;`)
    .join(' ')}
  ${cells.map(({ i, q, id }) => store(task, i, q, id)).join('\n  ')}
}`;
}

/** Adds the product of two operands to the accumulators, tile by tile along the inner index. */
function product(tile: WorkgroupTile, layout: MatmulTask['layout'], x: Operands): string {
  const { threads, rows, cols } = tile;
  const { rows: high, cols: wide } = workgroupExtent(tile);
  const [tx, ty] = threads;
  const fill = (blocks: number, statements: string) =>
    `for (var i = me; i < ${blocks}u; i += ${tx * ty}u) { ${statements} }`;
  // Where the inner index lies along the rows of memory, blocks of 4 x 4 are turned on their way.
  const turned = (memory: string, extent: number, load: (line: string, k: string) => string) =>
    fill(
      (DEPTH / 4) * (extent / 4),
      `let k = (i % ${DEPTH / 4}u) * 4u; let line = (i / ${DEPTH / 4}u) * 4u;
      ${range(4)
        .map(
          (t) =>
            `let v${t} = select(vec4<f32>(0.0), ${load(`line + ${t}u`, `min(k0 + k, ${x.inner} - 4u)`)}, k0 + k < ${x.inner});`,
        )
        .join(' ')}
      ${LETTERS.map((c, t) => `${memory}[(k + ${t}u) * ${extent / 4}u + line / 4u] = vec4<f32>(v0.${c}, v1.${c}, v2.${c}, v3.${c});`).join(' ')}`,
    );
  const straight = (memory: string, extent: number, load: (k: string, line: string) => string) =>
    fill(
      DEPTH * (extent / 4),
      `let k = i / ${extent / 4}u; let line = (i % ${extent / 4}u) * 4u;
      ${memory}[i] = select(vec4<f32>(0.0), ${load(`min(k0 + k, ${x.inner} - 1u)`, 'line')}, k0 + k < ${x.inner});`,
    );
  // Lines beyond the edge repeat the last ones; what they give is never stored.
  const fillA =
    layout === 'tn'
      ? straight(
          'ta',
          high,
          (k, line) => `load_${x.a}(${k}, ${x.a0} + min(top + ${line}, height - 4u), ${x.lda}, 0u)`,
        )
      : turned(
          'ta',
          high,
          (line, k) => `load_${x.a}(min(top + ${line}, height - 1u), ${x.a0} + ${k}, ${x.lda}, 0u)`,
        );
  const fillB =
    layout === 'nt'
      ? turned(
          'tb',
          wide,
          (line, k) => `load_${x.b}(${x.b0} + min(left + ${line}, width - 1u), ${k}, ${x.ldb}, 0u)`,
        )
      : straight(
          'tb',
          wide,
          (k, line) =>
            `load_${x.b}(${x.brow0} + ${k}, ${x.b0} + min(left + ${line}, width - 4u), ${x.ldb}, 0u)`,
        );
  return `for (var k0 = 0u; k0 < ${x.inner}; k0 += ${DEPTH}u) {
    workgroupBarrier();
    ${fillA}
    ${fillB}
    workgroupBarrier();
    for (var k = 0u; k < ${DEPTH}u; k++) {
      ${range(rows / 4)
        .map((g) => `let x${g} = ta[k * ${high / 4}u + lid.y * ${rows / 4}u + ${g}u];`)
        .join(' ')}
      ${range(cols / 4)
        .map((q) => `let y${q} = tb[k * ${wide / 4}u + ${q * tx}u + lid.x];`)
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
  }`;
}

function store({ add, accumulate }: MatmulTask, i: number, q: number, id: string): string {
  const terms = [`p.alpha * c_${id}`];
  if (add) terms.push(`s[((orow0 + row + ${i}u) * p.lds + o0 + n${q}) >> 2u]`);
  if (accumulate) terms.push('o[at]');
  return `if (row + ${i}u < height && n${q} < width) { let at = ((orow0 + row + ${i}u) * p.ldo + o0 + n${q}) >> 2u; o[at] = ${terms.join(' + ')}; }`;
}
