/** Row-wise moves between a picked set of rows and all rows, without atomics. */
import type { Gpu, Slice } from '../gpu';
import type { Program } from '../program';
import { addColumns } from './columns';
import { sharesSums } from './lanes';
import { elementwise, ROW_SIZE, rowwise } from '../wgsl/common';

const scatterProgram: Program = {
  key: 'scatter-rows',
  storage: [
    { name: 'starts', type: 'array<u32>', access: 'r' },
    { name: 'x', type: 'array<f32>', access: 'r' },
    { name: 'o', type: 'array<f32>', access: 'rw' },
  ],
  uniforms: [
    { name: 'rows', type: 'u32' },
    { name: 'width', type: 'u32' },
  ],
  workgroup: [ROW_SIZE, 1, 1],
  body: rowwise(
    ROW_SIZE,
    `let begin = starts[row];
  let end = starts[row + 1u];
  for (var c = lid; c < p.width; c += ${ROW_SIZE}u) {
    var sum = 0.0;
    for (var r = begin; r < end; r++) { sum += x[r * p.width + c]; }
    o[row * p.width + c] = sum;
  }`,
  ),
};

/** out[row] = Σ x[r] over starts[row] <= r < starts[row+1]; zero where that range is empty. out is [rows, width]. */
export function scatterRows(
  gpu: Gpu,
  starts: Slice,
  x: Slice,
  out: Slice,
  rows: number,
  width: number,
): void {
  gpu.run(scatterProgram, [starts, x, out], [rows, width], gpu.grid(rows, 1));
}

const columnSumProgram: Program = {
  key: 'column-sum',
  storage: [
    { name: 'x', type: 'array<f32>', access: 'r' },
    { name: 'o', type: 'array<f32>', access: 'rw' },
  ],
  uniforms: [
    { name: 'count', type: 'u32' },
    { name: 'rows', type: 'u32' },
  ],
  workgroup: [ROW_SIZE, 1, 1],
  body: elementwise(
    ROW_SIZE,
    `var sum = 0.0;
  for (var r = 0u; r < p.rows; r++) { sum += x[r * p.count + i]; }
  o[i] += sum;`,
  ),
};

/** out += column sums of x [rows, width]. */
export function columnSum(gpu: Gpu, x: Slice, out: Slice, rows: number, width: number): void {
  if (sharesSums(gpu)) {
    addColumns(gpu, x, out, rows, width);
    return;
  }
  gpu.run(columnSumProgram, [x, out], [width, rows], gpu.grid(width, ROW_SIZE));
}
