/** Row-wise moves between a picked set of rows and all rows, without atomics. */
import type { Gpu, Slice } from '../gpu';
import type { Program } from '../program';
import { ELEMENTWISE_SIZE, elementwise, ROW_SIZE, rowwise } from '../wgsl/common';

const scatterProgram: Program = {
  key: 'scatter-rows',
  storage: [
    { name: 'starts', type: 'array<u32>', access: 'r' },
    { name: 'x', type: 'array<f32>', access: 'r' },
    { name: 'o', type: 'array<f32>', access: 'rw' },
  ],
  uniforms: [
    { name: 'count', type: 'u32' },
    { name: 'width', type: 'u32' },
  ],
  workgroup: [ELEMENTWISE_SIZE, 1, 1],
  body: elementwise(
    ELEMENTWISE_SIZE,
    `let row = i / p.width;
  let c = i % p.width;
  var sum = 0.0;
  for (var r = starts[row]; r < starts[row + 1u]; r++) { sum += x[r * p.width + c]; }
  o[i] = sum;`,
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
  gpu.run(scatterProgram, [starts, x, out], [rows * width, width], gpu.grid(rows * width, ELEMENTWISE_SIZE));
}

const gatherProgram: Program = {
  key: 'gather-rows',
  storage: [
    { name: 'index', type: 'array<u32>', access: 'r' },
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
    `let source = index[row];
  for (var c = lid; c < p.width; c += ${ROW_SIZE}u) { o[row * p.width + c] = x[source * p.width + c]; }`,
  ),
};

/** out[r] = x[index[r]], rows of `width`; out is [rows, width]. */
export function gatherRows(gpu: Gpu, index: Slice, x: Slice, out: Slice, rows: number, width: number): void {
  gpu.run(gatherProgram, [index, x, out], [rows, width], gpu.grid(rows, 1));
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
  gpu.run(columnSumProgram, [x, out], [width, rows], gpu.grid(width, ROW_SIZE));
}
