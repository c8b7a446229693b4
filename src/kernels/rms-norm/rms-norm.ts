/**
 * RMSNorm (Zhang & Sennrich 2019): y = w · x / sqrt(mean(x²) + eps), rows of `width`.
 * Rows may be picked by index, which fuses the gather of the rows that the vocabulary projection needs.
 */
import type { Gpu, Slice } from '../gpu';
import type { Program } from '../program';
import { addColumnSums, type ColumnTerm } from '../reduce/columns';
import { rowGrid, rowLanes, rowSums, rowWorkgroup, sharesSums } from '../reduce/lanes';
import { elementwise, ROW_SIZE } from '../wgsl/common';

const vec = (vec4: boolean) => (vec4 ? 'array<vec4<f32>>' : 'array<f32>');
const dot = (vec4: boolean, a: string, b: string) => (vec4 ? `dot(${a}, ${b})` : `(${a}) * (${b})`);

const lanesName = (lanes: number) => (lanes === 1 ? '' : `-${lanes}`);
/** Lanes that share a row of `width`. */
const lanesOf = (gpu: Gpu, width: number) => rowLanes(gpu, width % 4 === 0 ? width / 4 : width);

function forwardProgram(vec4: boolean, indexed: boolean, lanes: number, residual = false): Program {
  return {
    key: `rms-norm${indexed ? '-indexed' : ''}${residual ? '-residual' : ''}-${vec4 ? 'vec4' : 'scalar'}${lanesName(lanes)}`,
    storage: [
      { name: 'x', type: vec(vec4), access: 'r' },
      { name: 'w', type: vec(vec4), access: 'r' },
      { name: 'o', type: vec(vec4), access: 'rw' },
      ...(indexed ? [{ name: 'index', type: 'array<u32>', access: 'r' as const }] : []),
      ...(residual ? [{ name: 'residual', type: vec(vec4), access: 'r' as const }] : []),
    ],
    uniforms: [
      { name: 'count', type: 'u32' },
      { name: 'width', type: 'u32' },
      { name: 'eps', type: 'f32' },
    ],
    workgroup: rowWorkgroup(lanes),
    body: rowSums({
      lanes,
      setup: `let n = p.width${vec4 ? ' / 4u' : ''};
  let base = ${indexed ? 'index[row]' : 'row'} * n;`,
      sums: ['sum'],
      term: `let v = x[base + c]; sum += ${dot(vec4, 'v', 'v')};`,
      finish: (each) => `let scale = 1.0 / sqrt(sum / f32(p.width) + p.eps);
  ${each(`o[row * n + c] = x[base + c] * scale * w[c]${residual ? ' + residual[row * n + c]' : ''};`)}`,
    }),
  };
}

/**
 * dx (+)= rstd·(w∘dy) − x·rstd³/width·Σ(w∘dy∘x). With `rstd` given out, one number per row is kept for the
 * gradient of w.
 */
function backwardProgram(vec4: boolean, indexed: boolean, residual: boolean, lanes: number): Program {
  const zero = vec4 ? 'vec4<f32>(0.0)' : '0.0';
  return {
    key: `rms-norm-gradient${indexed ? '-indexed' : ''}${residual ? '-residual' : ''}-${vec4 ? 'vec4' : 'scalar'}${lanesName(lanes)}`,
    storage: [
      { name: 'x', type: vec(vec4), access: 'r' },
      { name: 'w', type: vec(vec4), access: 'r' },
      { name: 'dy', type: vec(vec4), access: 'r' },
      { name: 'dx', type: vec(vec4), access: 'rw' },
      ...(indexed ? [{ name: 'index', type: 'array<u32>', access: 'r' as const }] : []),
      ...(residual ? [{ name: 'residual', type: vec(vec4), access: 'r' as const }] : []),
    ],
    uniforms: [
      { name: 'count', type: 'u32' },
      { name: 'width', type: 'u32' },
      { name: 'eps', type: 'f32' },
    ],
    workgroup: rowWorkgroup(lanes),
    body: rowSums({
      lanes,
      setup: `let n = p.width${vec4 ? ' / 4u' : ''};
  let base = ${indexed ? 'index[row]' : 'row'} * n;`,
      sums: ['squares', 'along'],
      term: `let v = x[base + c];
    let g = dy[row * n + c] * w[c];
    squares += ${dot(vec4, 'v', 'v')};
    along += ${dot(vec4, 'g', 'v')};`,
      finish: (each) => `let rstd = 1.0 / sqrt(squares / f32(p.width) + p.eps);
  let back = along * rstd * rstd * rstd / f32(p.width);
  ${each(
    `dx[row * n + c] = dy[row * n + c] * w[c] * rstd - x[base + c] * back + ${residual ? 'residual[row * n + c]' : zero};`,
  )}`,
    }),
  };
}

const weightGradientProgram: Program = {
  key: 'rms-norm-weight-gradient',
  storage: [
    { name: 'x', type: 'array<f32>', access: 'r' },
    { name: 'dy', type: 'array<f32>', access: 'r' },
    { name: 'index', type: 'array<u32>', access: 'r' },
    { name: 'dw', type: 'array<f32>', access: 'rw' },
    { name: 'rstd', type: 'array<f32>', access: 'r' },
  ],
  uniforms: [
    { name: 'count', type: 'u32' },
    { name: 'width', type: 'u32' },
    { name: 'rows', type: 'u32' },
    { name: 'indexed', type: 'u32' },
  ],
  workgroup: [ROW_SIZE, 1, 1],
  body: elementwise(
    ROW_SIZE,
    `var sum = 0.0;
  for (var r = 0u; r < p.rows; r++) {
    let base = select(r, index[min(r, arrayLength(&index) - 1u)], p.indexed == 1u);
    sum += dy[r * p.width + i] * x[base * p.width + i] * rstd[r];
  }
  dw[i] += sum;`,
  ),
};

/** The same, shared by workgroups. */
const WEIGHT_GRADIENT: ColumnTerm = {
  name: 'rms-norm-weight-gradient',
  storage: weightGradientProgram.storage.filter(({ name }) => name !== 'dw'),
  uniforms: ['indexed'],
  value: `dy[r * p.width + c] * x[select(r, index[min(r, arrayLength(&index) - 1u)], p.indexed == 1u) * p.width + c] * rstd[r]`,
};

const rstdProgram = (lanes: number): Program => ({
  key: `rms-norm-rstd${lanesName(lanes)}`,
  storage: [
    { name: 'x', type: 'array<f32>', access: 'r' },
    { name: 'index', type: 'array<u32>', access: 'r' },
    { name: 'rstd', type: 'array<f32>', access: 'rw' },
  ],
  uniforms: [
    { name: 'count', type: 'u32' },
    { name: 'width', type: 'u32' },
    { name: 'eps', type: 'f32' },
    { name: 'indexed', type: 'u32' },
  ],
  workgroup: rowWorkgroup(lanes),
  body: rowSums({
    lanes,
    setup: `let n = p.width;
  let base = select(row, index[min(row, arrayLength(&index) - 1u)], p.indexed == 1u) * n;`,
    sums: ['sum'],
    term: 'let v = x[base + c]; sum += v * v;',
    finish: () =>
      `${lanes === 1 ? '' : 'if (lid == 0u) '}{ rstd[row] = 1.0 / sqrt(sum / f32(p.width) + p.eps); }`,
  }),
});

export interface RmsNormShape {
  readonly rows: number;
  readonly width: number;
  readonly eps: number;
}

/** out[r] = norm(x[index?.[r] ?? r]) ∘ w. */
export function rmsNorm(gpu: Gpu, x: Slice, w: Slice, out: Slice, shape: RmsNormShape, index?: Slice): void {
  const lanes = lanesOf(gpu, shape.width);
  const program = forwardProgram(shape.width % 4 === 0, index !== undefined, lanes);
  const slices = index === undefined ? [x, w, out] : [x, w, out, index];
  gpu.run(program, slices, [shape.rows, shape.width, shape.eps], rowGrid(gpu, lanes, shape.rows));
}

/** out = norm(x) ∘ w + residual: a norm on what a branch adds to the residual stream. */
export function rmsNormAdd(
  gpu: Gpu,
  args: { x: Slice; w: Slice; residual: Slice; out: Slice },
  shape: RmsNormShape,
): void {
  const lanes = lanesOf(gpu, shape.width);
  gpu.run(
    forwardProgram(shape.width % 4 === 0, false, lanes, true),
    [args.x, args.w, args.out, args.residual],
    [shape.rows, shape.width, shape.eps],
    rowGrid(gpu, lanes, shape.rows),
  );
}

/** dx = gradient through the norm, plus `residual` when given. `dx` has one row per output row even with an index. */
export function rmsNormGradient(
  gpu: Gpu,
  args: { x: Slice; w: Slice; dy: Slice; dx: Slice; residual?: Slice; index?: Slice },
  shape: RmsNormShape,
): void {
  const { index, residual } = args;
  const slices = [args.x, args.w, args.dy, args.dx];
  if (index !== undefined) slices.push(index);
  if (residual !== undefined) slices.push(residual);
  const lanes = lanesOf(gpu, shape.width);
  const program = backwardProgram(shape.width % 4 === 0, index !== undefined, residual !== undefined, lanes);
  gpu.run(program, slices, [shape.rows, shape.width, shape.eps], rowGrid(gpu, lanes, shape.rows));
}

/** dw += Σrows dy ∘ x·rstd. */
export function rmsNormWeightGradient(
  gpu: Gpu,
  args: { x: Slice; dy: Slice; dw: Slice; index?: Slice },
  shape: RmsNormShape,
): void {
  const rstd = gpu.alloc(shape.rows, 'rstd');
  const indexed = args.index === undefined ? 0 : 1;
  const index = args.index ?? rstdIndexPlaceholder(gpu);
  const lanes = rowLanes(gpu, shape.width);
  gpu.run(
    rstdProgram(lanes),
    [args.x, index, rstd],
    [shape.rows, shape.width, shape.eps, indexed],
    rowGrid(gpu, lanes, shape.rows),
  );
  if (sharesSums(gpu)) {
    addColumnSums(gpu, WEIGHT_GRADIENT, [args.x, args.dy, index, rstd], [indexed], args.dw, shape);
  } else {
    gpu.run(
      weightGradientProgram,
      [args.x, args.dy, index, args.dw, rstd],
      [shape.width, shape.width, shape.rows, indexed],
      gpu.grid(shape.width, ROW_SIZE),
    );
  }
  gpu.free(rstd);
  if (args.index === undefined) gpu.free(index);
}

/** A binding must exist even when the kernel does not read it. */
function rstdIndexPlaceholder(gpu: Gpu): Slice {
  return gpu.alloc(1, 'no index');
}
