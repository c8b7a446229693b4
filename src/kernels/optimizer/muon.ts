/**
 * Muon (Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks",
 * https://kellerjordan.github.io/posts/muon/): Nesterov momentum whose matrices are made nearly orthogonal by a quintic
 * Newton-Schulz iteration. In float32 throughout. For matrices only; embeddings, head and norms belong to Adam.
 *
 *     m ← μ·m + g     x = g + μ·m     x ← x / (‖x‖ + 1e-7)
 *     five times: a = x·xᵀ, x ← 3.4445·x + (−4.7750·a + 2.0315·a²)·x     (with x transposed where it is tall)
 *     w ← w·(1 − η·λ) − η·√max(1, rows/cols)·x
 */
import { GpuError } from '../errors';
import type { Gpu, Slice } from '../gpu';
import { matmul, type MatmulModule } from '../matmul/matmul';
import { MAX_MODULES } from '../matmul/interface';
import type { Program } from '../program';
import { ELEMENTWISE_SIZE, elementwise } from '../wgsl/common';
import { FLAT_ALIGNMENT, part } from './adamw';

/** Coefficients of x, x·xᵀ·x and (x·xᵀ)²·x: steep at 0, so that small singular values grow fast. */
export const QUINTIC = [3.4445, -4.775, 2.0315] as const;
export const ITERATIONS = 5;
/** Added to the norm that x is divided by. */
export const NORM_EPS = 1e-7;

/** A matrix in flat buffers, row-major. */
export interface FlatMatrix {
  /** Elements before it. */
  readonly offset: number;
  readonly rows: number;
  readonly cols: number;
}

/** Flat buffers of one layout. */
export interface MuonState {
  readonly parameters: Slice;
  readonly gradient: Slice;
  readonly momentum: Slice;
}

/** One step of Muon. */
export interface MuonStep {
  readonly learningRate: number;
  /** μ; 0.95 by custom. */
  readonly momentum: number;
  /** λ; a step shrinks the weights by learningRate·weightDecay. */
  readonly weightDecay: number;
}

/** Learning rate of a shape: an orthogonal matrix that is tall changes outputs less than a square one. */
export function muonRate(learningRate: number, { rows, cols }: Pick<FlatMatrix, 'rows' | 'cols'>): number {
  return learningRate * Math.sqrt(Math.max(1, rows / cols));
}

const TABLE = 'table: per matrix its offset, rows, cols, and whether it is read transposed';
/** Workgroups of one matrix at most; longer matrices are walked in strides. */
const MATRIX_GROUPS = 256;

/** One matrix per z, its elements in the order of x: `j` in x, `at` in the flat buffers. */
const perMatrix = (body: string): string => `// ${TABLE}
@compute @workgroup_size(${ELEMENTWISE_SIZE}, 1, 1)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  if ((bitcast<u32>(norm[0]) & 0x7f800000u) == 0x7f800000u) { return; }
  let matrix = table[wid.z];
  let rows = matrix.y;
  let cols = matrix.z;
  let base = wid.z * p.stride;
  for (var j = wid.x * ${ELEMENTWISE_SIZE}u + lid; j < rows * cols; j += groups.x * ${ELEMENTWISE_SIZE}u) {
    var at = matrix.x + j;
    if (matrix.w != 0u) { at = matrix.x + (j % rows) * cols + j / rows; }
    ${body}
  }
}`;

const momentumProgram: Program = {
  key: 'muon-momentum',
  storage: [
    { name: 'g', type: 'array<f32>', access: 'rw' },
    { name: 'm', type: 'array<f32>', access: 'rw' },
    { name: 'x', type: 'array<f32>', access: 'rw' },
    { name: 'table', type: 'array<vec4<u32>>', access: 'r' },
    { name: 'norm', type: 'array<f32>', access: 'r' },
  ],
  uniforms: [
    { name: 'stride', type: 'u32' },
    { name: 'momentum', type: 'f32' },
  ],
  workgroup: [ELEMENTWISE_SIZE, 1, 1],
  body: perMatrix(`let d = g[at];
    g[at] = 0.0;
    let moved = p.momentum * m[at] + d;
    m[at] = moved;
    x[base + j] = d + p.momentum * moved;`),
};

const applyProgram: Program = {
  key: 'muon-apply',
  storage: [
    { name: 'w', type: 'array<f32>', access: 'rw' },
    { name: 'x', type: 'array<f32>', access: 'r' },
    { name: 'table', type: 'array<vec4<u32>>', access: 'r' },
    { name: 'norm', type: 'array<f32>', access: 'r' },
  ],
  uniforms: [
    { name: 'stride', type: 'u32' },
    { name: 'rate', type: 'f32' },
    { name: 'keep', type: 'f32' },
  ],
  workgroup: [ELEMENTWISE_SIZE, 1, 1],
  body: perMatrix('w[at] = w[at] * p.keep - p.rate * x[base + j];'),
};

const NORMALISE_SIZE = 64;
/** Divides each matrix by its norm: one workgroup per matrix, sums in a fixed order. */
const normaliseProgram: Program = {
  key: 'muon-normalise',
  storage: [{ name: 'x', type: 'array<f32>', access: 'rw' }],
  uniforms: [
    { name: 'stride', type: 'u32' },
    { name: 'length', type: 'u32' },
    { name: 'eps', type: 'f32' },
  ],
  workgroup: [NORMALISE_SIZE, 1, 1],
  body: `var<workgroup> partial: array<f32, ${NORMALISE_SIZE}>;
@compute @workgroup_size(${NORMALISE_SIZE}, 1, 1)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let base = wid.x * p.stride;
  var sum = 0.0;
  for (var j = lid; j < p.length; j += ${NORMALISE_SIZE}u) {
    let value = x[base + j];
    sum += value * value;
  }
  partial[lid] = sum;
  workgroupBarrier();
  var total = 0.0;
  for (var j = 0u; j < ${NORMALISE_SIZE}u; j++) { total += partial[j]; }
  let factor = 1.0 / (sqrt(total) + p.eps);
  for (var j = lid; j < p.length; j += ${NORMALISE_SIZE}u) { x[base + j] *= factor; }
}`,
};

/** x ← a·x + b·y */
const combineProgram: Program = {
  key: 'muon-combine',
  storage: [
    { name: 'x', type: 'array<f32>', access: 'rw' },
    { name: 'y', type: 'array<f32>', access: 'r' },
  ],
  uniforms: [
    { name: 'count', type: 'u32' },
    { name: 'a', type: 'f32' },
    { name: 'b', type: 'f32' },
  ],
  workgroup: [ELEMENTWISE_SIZE, 1, 1],
  body: elementwise(ELEMENTWISE_SIZE, 'x[i] = p.a * x[i] + p.b * y[i];'),
};

/** Matrices that are orthogonalised together, all `rows` × `cols` once the tall ones are transposed: rows ≤ cols. */
interface Batch {
  readonly rows: number;
  readonly cols: number;
  readonly matrices: readonly FlatMatrix[];
  /** The range of the flat buffers that holds them. */
  readonly from: number;
  readonly count: number;
}

/** Elements from one matrix to the next where each begins with a row and at a place that can be bound. */
function strideOf(rows: number, cols: number): number {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
  const unit = FLAT_ALIGNMENT / gcd(FLAT_ALIGNMENT, cols);
  return Math.ceil(rows / unit) * unit * cols;
}

/** Matrices of one shape and rate together, as many as fit one binding here and there. */
function batchesOf(gpu: Gpu, matrices: readonly FlatMatrix[]): Batch[] {
  const most = gpu.maxBindingElements;
  const open = new Map<string, Batch>();
  const done: Batch[] = [];
  for (const matrix of [...matrices].sort((a, b) => a.offset - b.offset)) {
    const rows = Math.min(matrix.rows, matrix.cols);
    const cols = Math.max(matrix.rows, matrix.cols);
    const from = Math.floor(matrix.offset / FLAT_ALIGNMENT) * FLAT_ALIGNMENT;
    const end = matrix.offset + rows * cols;
    if (Math.max(end - from, strideOf(rows, cols)) > most) {
      throw GpuError.of('gpu/muon-matrix', { rows: matrix.rows, cols: matrix.cols, limit: most });
    }
    const key = `${matrix.rows} ${matrix.cols}`;
    const last = open.get(key);
    if (last !== undefined) {
      const fits = end - last.from <= most && (last.matrices.length + 1) * strideOf(rows, cols) <= most;
      if (fits) {
        open.set(key, { ...last, matrices: [...last.matrices, matrix], count: end - last.from });
        continue;
      }
      done.push(last);
    }
    open.set(key, { rows, cols, matrices: [matrix], from, count: end - from });
  }
  return [...done, ...open.values()];
}

/**
 * Updates the matrices in place and zeroes their gradient; what lies between them stays. `norm` holds the norm of the
 * whole gradient: where it is not finite, parameters and momentum stay as they are.
 */
export function muon(
  gpu: Gpu,
  state: MuonState,
  matrices: readonly FlatMatrix[],
  norm: Slice,
  step: MuonStep,
): void {
  for (const batch of batchesOf(gpu, matrices)) updateBatch(gpu, state, batch, norm, step);
}

function updateBatch(gpu: Gpu, state: MuonState, batch: Batch, norm: Slice, step: MuonStep): void {
  const { rows, cols, matrices, from, count } = batch;
  const stride = strideOf(rows, cols);
  const within = (slice: Slice) => part(slice, from, count);
  const table = gpu.upload(
    Uint32Array.from(matrices.flatMap((m) => [m.offset - from, m.rows, m.cols, Number(m.rows > m.cols)])),
    'matrices',
  );
  const x = gpu.alloc(stride * matrices.length, 'orthogonalised');
  const groups = [
    Math.min(MATRIX_GROUPS, Math.ceil((rows * cols) / ELEMENTWISE_SIZE)),
    1,
    matrices.length,
  ] as const;
  gpu.run(
    momentumProgram,
    [within(state.gradient), within(state.momentum), x, table, norm],
    [stride, step.momentum],
    groups,
  );
  orthogonalise(gpu, x, { rows, cols, count: matrices.length });
  const rate = muonRate(step.learningRate, matrices[0] as FlatMatrix);
  gpu.run(
    applyProgram,
    [within(state.parameters), x, table, norm],
    [stride, rate, 1 - step.learningRate * step.weightDecay],
    groups,
  );
  gpu.free(table, x);
}

/** In place: `count` matrices, `strideOf(rows, cols)` elements apart. */
function orthogonalise(gpu: Gpu, x: Slice, shape: { rows: number; cols: number; count: number }): void {
  const { rows, cols, count } = shape;
  const xStride = strideOf(rows, cols);
  const aStride = strideOf(rows, rows);
  const a = gpu.alloc(aStride * count, 'gram matrices');
  const square = gpu.alloc(aStride * count, 'their squares');
  const moved = gpu.alloc(xStride * count, 'products');
  const combine = (to: Slice, other: Slice, elements: number, factor: number, otherFactor: number) =>
    gpu.run(
      combineProgram,
      [to, other],
      [elements, factor, otherFactor],
      gpu.grid(elements, ELEMENTWISE_SIZE),
    );
  const [linear, cubic, quintic] = QUINTIC;
  gpu.run(normaliseProgram, [x], [xStride, rows * cols, NORM_EPS], [count, 1, 1]);
  for (let i = 0; i < ITERATIONS; i++) {
    products(count, (first, size) => {
      const modules = blocks(size, { a: xStride, b: xStride / cols, out: aStride }, rows, rows, cols);
      const own = part(x, first * xStride, size * xStride);
      const out = part(a, first * aStride, size * aStride);
      matmul(gpu, { layout: 'nt', a: own, b: own, out, modules, lda: cols, ldb: cols, ldo: rows });
    });
    products(count, (first, size) => {
      // a is symmetric, so a·aᵀ is its square.
      const modules = blocks(size, { a: aStride, b: aStride / rows, out: aStride }, rows, rows, rows);
      const own = part(a, first * aStride, size * aStride);
      const out = part(square, first * aStride, size * aStride);
      matmul(gpu, { layout: 'nt', a: own, b: own, out, modules, lda: rows, ldb: rows, ldo: rows });
    });
    combine(a, square, aStride * count, cubic, quintic);
    products(count, (first, size) => {
      const modules = blocks(size, { a: aStride, b: xStride, out: xStride }, rows, cols, rows);
      matmul(gpu, {
        layout: 'nn',
        a: part(a, first * aStride, size * aStride),
        b: part(x, first * xStride, size * xStride),
        out: part(moved, first * xStride, size * xStride),
        modules,
        lda: rows,
        ldb: cols,
        ldo: cols,
      });
    });
    combine(x, moved, xStride * count, linear, 1);
  }
  gpu.free(a, square, moved);
}

/** Calls `run` for as many matrices at a time as one matrix product takes. */
function products(count: number, run: (first: number, size: number) => void): void {
  for (let first = 0; first < count; first += MAX_MODULES) run(first, Math.min(MAX_MODULES, count - first));
}

/** One block per matrix; `step` is how far the next one lies, for b in rows (nt) or in elements (nn). */
function blocks(
  size: number,
  step: { a: number; b: number; out: number },
  height: number,
  width: number,
  inner: number,
): MatmulModule[] {
  return Array.from({ length: size }, (_, i) => ({
    height,
    width,
    inner,
    a0: i * step.a,
    b0: i * step.b,
    o0: i * step.out,
  }));
}
