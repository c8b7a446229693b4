/** Matrix products with their neighbours fused: bias, low-rank part, residual, accumulation. */
import type { Gpu, Slice } from '../gpu';
import { GpuError } from '../errors';
import {
  isDot,
  loadsAcross,
  LONGEST_CHAIN,
  type MatmulLayout,
  type MatmulTask,
  MAX_MODULES,
} from './interface';
import { type ProductShape, runSplit } from './split';
import { matmulProgram, tileExtent, tileFor } from './tiles';

/**
 * One block of a product. Lengths and offsets in elements.
 * nt: O[r, o0+n] = Σk A[r, a0+k]·B[b0+n, k]
 * nn: O[r, o0+n] = Σk A[r, a0+k]·B[bRow0+k, b0+n]
 * tn: O[oRow0+r, o0+n] = Σk A[k, a0+r]·B[bRow0+k, b0+n]
 * tt: O[oRow0+r, o0+n] = Σk A[aRow0+k, a0+r]·B[b0+n, bCol0+k]
 * with 0 <= r < height, 0 <= n < width, 0 <= k < inner; `transposed` writes the same sum to O[oRow0+n, o0+r].
 */
export interface MatmulModule {
  readonly width: number;
  readonly height: number;
  readonly inner: number;
  readonly a0?: number;
  readonly b0?: number;
  readonly o0?: number;
  readonly bRow0?: number;
  readonly aRow0?: number;
  readonly bCol0?: number;
  readonly oRow0?: number;
  /** Low-rank part: adds loraScale · Σj U[r, u0+j]·L[l0+n, j] (nt) or Σj U[r, u0+j]·L[j, b0+n] (nn). */
  readonly lora?: { readonly u0: number; readonly l0: number };
}

export interface MatmulArgs {
  readonly layout: MatmulLayout;
  readonly a: Slice;
  /** May be packed in nt and nn. `ldb` then still counts weights, and columns of an nn module begin at 0. */
  readonly b: Slice;
  readonly out: Slice;
  readonly modules: readonly MatmulModule[];
  /** Row strides in elements. */
  readonly lda: number;
  readonly ldb: number;
  readonly ldo: number;
  /** Factor of the main product and of the low-rank part, not of bias, residual or what is accumulated. */
  readonly alpha?: number;
  /** Added to the output: one number per output column. */
  readonly bias?: Slice | null;
  /** Added to the output, whose layout it has. Not together with `bias`. */
  readonly residual?: Slice | null;
  /** Adds to what the output holds. */
  readonly accumulate?: boolean;
  /** Writes the transpose: for products with many rows and few columns, computed the other way round in full tiles. */
  readonly transposed?: boolean;
  readonly lora?: {
    readonly u: Slice;
    readonly l: Slice;
    readonly ldu: number;
    readonly ldl: number;
    readonly rank: number;
    readonly scale: number;
  } | null;
}

/** @throws GpuError for more than {@link MAX_MODULES} modules, or bias and residual at once */
export function matmul(gpu: Gpu, args: MatmulArgs): void {
  const { modules } = args;
  const longest = args.layout === 'nn' ? Math.max(0, ...modules.map(({ inner }) => inner)) : 0;
  if (longest <= LONGEST_CHAIN || tileFor(gpu, taskOf(args), shapeOf(modules)).kind === 'split') {
    runMatmul(gpu, args);
    return;
  }
  runMatmul(gpu, { ...args, modules: modules.map((m) => chainFrom(m, 0)) });
  for (let from = LONGEST_CHAIN; from < longest; from += LONGEST_CHAIN) {
    const rest = modules.filter(({ inner }) => inner > from).map((m) => chainFrom(m, from));
    runMatmul(gpu, { ...args, modules: rest, accumulate: true, bias: null, residual: null, lora: null });
  }
}

/** Terms `from` … of an nn module's sums. */
function chainFrom(m: MatmulModule, from: number): MatmulModule {
  const inner = Math.min(m.inner - from, LONGEST_CHAIN);
  return { ...m, inner, a0: (m.a0 ?? 0) + from, bRow0: (m.bRow0 ?? 0) + from };
}

function runMatmul(gpu: Gpu, args: MatmulArgs): void {
  const { modules } = args;
  if (modules.length === 0) return;
  if (modules.length > MAX_MODULES) {
    throw GpuError.of('gpu/matmul-modules', { most: MAX_MODULES, given: modules.length });
  }
  const shape = shapeOf(modules);
  const { height, width } = shape;
  if (height === 0 || width === 0) return;
  const { bias = null, residual = null, lora = null } = args;
  if (bias !== null && residual !== null) throw GpuError.of('gpu/matmul-added');
  const added = bias ?? residual;
  const task = taskOf(args);
  const tile = tileFor(gpu, task, shape);
  const lowRank = lora === null ? [] : [lora.u, lora.l];
  const uniforms: number[] = [];
  for (let z = 0; z < MAX_MODULES; z++) {
    const m = modules[z];
    if (m === undefined) {
      uniforms.push(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
      continue;
    }
    uniforms.push(m.a0 ?? 0, m.b0 ?? 0, m.o0 ?? 0, m.width);
    uniforms.push(m.inner, m.bRow0 ?? m.aRow0 ?? 0, m.oRow0 ?? 0, m.height);
    uniforms.push(m.lora?.u0 ?? 0, m.lora?.l0 ?? 0, m.lora === undefined ? 0 : 1, m.bCol0 ?? 0);
  }
  uniforms.push(args.lda, args.ldb, args.ldo, lora?.ldu ?? 0, lora?.ldl ?? 0, lora?.rank ?? 0);
  uniforms.push(residual !== null ? args.ldo : 0, args.alpha ?? 1, lora?.scale ?? 0);
  const { a, b, out } = args;
  if (tile.kind === 'split') {
    runSplit(gpu, task, tile, { a, b, out, added, lowRank }, uniforms, shape);
    return;
  }
  const extent = tileExtent(tile);
  const slices = [a, b, out, ...(added === null ? [] : [added]), ...lowRank];
  gpu.run(matmulProgram(task, tile), slices, uniforms, [
    Math.ceil(width / extent.cols),
    Math.ceil(height / extent.rows),
    modules.length,
  ]);
}

function taskOf(args: MatmulArgs): MatmulTask {
  const { layout, bias = null, residual = null, lora = null, accumulate = false, transposed = false } = args;
  return {
    layout,
    lora: lora !== null,
    add: (bias ?? residual) !== null,
    accumulate,
    transposed,
    vec4: fitsVec4(args),
    weights: args.b.format ?? 'f32',
  };
}

const shapeOf = (modules: readonly MatmulModule[]): ProductShape => ({
  height: Math.max(...modules.map((m) => m.height)),
  width: Math.max(...modules.map((m) => m.width)),
  inner: Math.max(...modules.map((m) => m.inner)),
  modules: modules.length,
});

/** Whether all that moves in fours begins at, and runs for, multiples of four. */
function fitsVec4({ layout, transposed = false, lda, ldb, ldo, lora, modules }: MatmulArgs): boolean {
  const numbers: number[] = [lda, ldb, ldo];
  if (lora) numbers.push(lora.ldu, lora.ldl, lora.rank);
  for (const m of modules) {
    numbers.push(m.a0 ?? 0, m.o0 ?? 0);
    if (layout !== 'tn') numbers.push(m.inner);
    if (isDot(layout)) numbers.push(m.bCol0 ?? 0);
    else numbers.push(m.b0 ?? 0);
    if (loadsAcross(layout) || transposed) numbers.push(m.height);
    if (!isDot(layout) || !transposed) numbers.push(m.width);
    if (m.lora !== undefined) numbers.push(m.lora.u0);
  }
  return numbers.every((n) => n % 4 === 0);
}
