/** Sums along columns, shared by workgroups and their lanes: parts of the rows first, then the parts in order. */
import type { Gpu, Slice } from '../gpu';
import type { Program, StorageBinding } from '../program';
import { joinLanes } from './lanes';

/** Lanes of a workgroup: side by side along the columns, and below each other. */
const COLUMNS = 32;
const LANES = 256;
/** Rows of a part, at least, and parts at most. */
const PART_ROWS = 64;
const MOST_PARTS = 64;

/** What is summed. */
export interface ColumnTerm {
  /** Unique per text. */
  readonly name: string;
  /** What the text reads. */
  readonly storage: readonly StorageBinding[];
  /** u32 numbers that it reads as `p.<name>`, beside `p.rows` and `p.width`. */
  readonly uniforms: readonly string[];
  /** WGSL number of row `r`, column `c`. */
  readonly value: string;
}

const PLAIN: ColumnTerm = {
  name: 'column',
  storage: [{ name: 'x', type: 'array<f32>', access: 'r' }],
  uniforms: [],
  value: 'x[r * p.width + c]',
};

/** o [parts, width] = sums of parts of the rows, or += them. */
const program = ({ name, storage, uniforms, value }: ColumnTerm, adds: boolean): Program => ({
  key: `${name}-sums${adds ? '-add' : ''}`,
  storage: [...storage, { name: 'o', type: 'array<f32>', access: 'rw' }],
  uniforms: ['rows', 'width', 'part', ...uniforms].map((field) => ({ name: field, type: 'u32' })),
  workgroup: [LANES, 1, 1],
  body: `var<workgroup> sums: array<f32, ${LANES}>;
@compute @workgroup_size(${LANES}, 1, 1)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let column = wid.x * ${COLUMNS}u + lid % ${COLUMNS}u;
  let c = min(column, p.width - 1u);
  let end = min((wid.y + 1u) * p.part, p.rows);
  var sum = 0.0;
  for (var r = wid.y * p.part + lid / ${COLUMNS}u; r < end; r += ${LANES / COLUMNS}u) { sum += ${value}; }
  sums[lid] = sum;
  ${joinLanes('sums', LANES, undefined, COLUMNS)}
  if (lid < ${COLUMNS}u && column < p.width) { o[wid.y * p.width + column] ${adds ? '+=' : '='} sums[lid]; }
}`,
});

/** out [width] += Σrows of a term. @param numbers one for each of its uniforms */
export function addColumnSums(
  gpu: Gpu,
  term: ColumnTerm,
  slices: readonly Slice[],
  numbers: readonly number[],
  out: Slice,
  { rows, width }: { rows: number; width: number },
): void {
  const across = Math.ceil(width / COLUMNS);
  const part = Math.max(PART_ROWS, Math.ceil(rows / MOST_PARTS));
  const parts = Math.ceil(rows / part);
  if (parts <= 1) {
    gpu.run(program(term, true), [...slices, out], [rows, width, rows, ...numbers], [across, 1, 1]);
    return;
  }
  const sums = gpu.alloc(parts * width, 'sums of parts');
  gpu.run(program(term, false), [...slices, sums], [rows, width, part, ...numbers], [across, parts, 1]);
  gpu.run(program(PLAIN, true), [sums, out], [parts, width, parts], [across, 1, 1]);
  gpu.free(sums);
}

/** out += column sums of x [rows, width]. */
export function addColumns(gpu: Gpu, x: Slice, out: Slice, rows: number, width: number): void {
  addColumnSums(gpu, PLAIN, [x], [], out, { rows, width });
}
