/**
 * A linear layer with a low-rank part (LoRA, Hu et al. 2021), forward and backward:
 * y = x·Wᵀ + bias + scale·(x·Aᵀ)·Bᵀ + residual. Projections that read the same input may lie one under the other in
 * W; each such block of outputs has its own columns of the low-rank activations and its own rows of B, or no low-rank part.
 * Products that are `rank` wide are computed as transposes, whose tiles they fill.
 */
import type { Gpu, Slice } from '../gpu';
import { matmul } from '../matmul/matmul';
import { columnSum } from '../reduce/scatter';

export interface LinearShape {
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** Consecutive outputs of one projection. */
export interface LinearBlock {
  readonly firstRow: number;
  readonly rows: number;
  readonly lora: LowRankBlock | null;
}

/** The low-rank part of a block. */
export interface LowRankBlock {
  /** First column in the low-rank activations. */
  readonly u0: number;
  /** First row in B. */
  readonly l0: number;
  readonly scale: number;
}

export interface LowRank {
  /** [columns, inputs] */
  readonly a: Slice;
  /** [Σ rows of blocks with a low-rank part, rank] */
  readonly b: Slice;
  /** Of every block; a block of a lower rank has rows of A and columns of B that are zero, and stay so. */
  readonly rank: number;
  /** rank times the number of blocks with a low-rank part. */
  readonly columns: number;
  /** All outputs, in order; at most three (`MAX_MODULES`). */
  readonly blocks: readonly LinearBlock[];
}

/**
 * Blocks whose low-rank parts count equally, since one product has one scale; blocks without go with the first of them.
 * Every block is an output of its own, so parting them changes no sum.
 */
function byScale(blocks: readonly LinearBlock[]): { scale: number; blocks: LinearBlock[] }[] {
  const groups: { scale: number; blocks: LinearBlock[] }[] = [];
  const first = blocks.find(({ lora }) => lora !== null)?.lora?.scale ?? 0;
  for (const block of blocks) {
    const scale = block.lora?.scale ?? first;
    const group = groups.find((g) => g.scale === scale);
    if (group === undefined) groups.push({ scale, blocks: [block] });
    else group.blocks.push(block);
  }
  return groups;
}

/** u [rows, columns] = x·Aᵀ. */
export function lowRankActivations(gpu: Gpu, x: Slice, low: LowRank, u: Slice, shape: LinearShape): void {
  matmul(gpu, {
    layout: 'nt',
    a: low.a,
    b: x,
    out: u,
    lda: shape.inputs,
    ldb: shape.inputs,
    ldo: low.columns,
    transposed: true,
    modules: [{ width: shape.rows, height: low.columns, inner: shape.inputs }],
  });
}

/** @param args.low the low-rank part with its activations, from {@link lowRankActivations}; `residual` may not be `out`. */
export function linear(
  gpu: Gpu,
  args: {
    x: Slice;
    weight: Slice;
    bias: Slice | null;
    residual: Slice | null;
    low: (LowRank & { readonly u: Slice }) | null;
    out: Slice;
  },
  shape: LinearShape,
): void {
  const { low } = args;
  const { rows, inputs, outputs } = shape;
  const product = {
    layout: 'nt',
    a: args.x,
    b: args.weight,
    out: args.out,
    lda: inputs,
    ldb: inputs,
    ldo: outputs,
    bias: args.bias,
    residual: args.residual,
  } as const;
  if (low === null) {
    matmul(gpu, { ...product, modules: [{ width: outputs, height: rows, inner: inputs }] });
    return;
  }
  for (const { scale, blocks } of byScale(low.blocks)) {
    matmul(gpu, {
      ...product,
      lora: { u: low.u, l: low.b, ldu: low.columns, ldl: low.rank, rank: low.rank, scale },
      modules: blocks.map((block) => ({
        width: block.rows,
        height: rows,
        inner: inputs,
        b0: block.firstRow,
        o0: block.firstRow,
        ...(block.lora === null ? {} : { lora: block.lora }),
      })),
    });
  }
}

/** du [rows, columns] = scale·dy·B; adds dyᵀ·u·scale to db and duᵀ·x to da. */
export function lowRankGradient(
  gpu: Gpu,
  args: { x: Slice; dy: Slice; u: Slice; low: LowRank; du: Slice; da: Slice; db: Slice },
  shape: LinearShape,
): void {
  const { low, du } = args;
  const { rows, inputs, outputs } = shape;
  for (const { scale, blocks } of byScale(low.blocks)) {
    const adapted = blocks.flatMap(({ firstRow, rows: height, lora }) =>
      lora === null ? [] : [{ firstRow, height, ...lora }],
    );
    matmul(gpu, {
      layout: 'tt',
      a: low.b,
      b: args.dy,
      out: du,
      lda: low.rank,
      ldb: outputs,
      ldo: low.columns,
      alpha: scale,
      transposed: true,
      modules: adapted.map(({ firstRow, height, u0, l0 }) => ({
        width: rows,
        height: low.rank,
        inner: height,
        aRow0: l0,
        bCol0: firstRow,
        o0: u0,
      })),
    });
    matmul(gpu, {
      layout: 'tn',
      a: args.u,
      b: args.dy,
      out: args.db,
      lda: low.columns,
      ldb: outputs,
      ldo: low.rank,
      alpha: scale,
      accumulate: true,
      transposed: true,
      modules: adapted.map(({ firstRow, height, u0, l0 }) => ({
        width: height,
        height: low.rank,
        inner: rows,
        a0: u0,
        b0: firstRow,
        oRow0: l0,
      })),
    });
  }
  matmul(gpu, {
    layout: 'tn',
    a: du,
    b: args.x,
    out: args.da,
    lda: low.columns,
    ldb: inputs,
    ldo: inputs,
    accumulate: true,
    modules: [{ width: inputs, height: low.columns, inner: rows }],
  });
}

/** dx = dy·W, plus du·A with the low-rank part's gradient from {@link lowRankGradient}. */
export function linearInputGradient(
  gpu: Gpu,
  args: { dy: Slice; weight: Slice; dx: Slice; low: (LowRank & { readonly du: Slice }) | null },
  shape: LinearShape,
): void {
  const { low } = args;
  const { rows, inputs, outputs } = shape;
  matmul(gpu, {
    layout: 'nn',
    a: args.dy,
    b: args.weight,
    out: args.dx,
    lda: outputs,
    ldb: inputs,
    ldo: inputs,
    lora:
      low === null
        ? null
        : { u: low.du, l: low.a, ldu: low.columns, ldl: inputs, rank: low.columns, scale: 1 },
    modules: [
      {
        width: inputs,
        height: rows,
        inner: outputs,
        ...(low === null ? {} : { lora: { u0: 0, l0: 0 } }),
      },
    ],
  });
}

/** dw += dyᵀ·x. */
export function linearWeightGradient(
  gpu: Gpu,
  args: { x: Slice; dy: Slice; dw: Slice },
  shape: LinearShape,
): void {
  const { rows, inputs, outputs } = shape;
  matmul(gpu, {
    layout: 'tn',
    a: args.dy,
    b: args.x,
    out: args.dw,
    lda: outputs,
    ldb: inputs,
    ldo: inputs,
    accumulate: true,
    modules: [{ width: inputs, height: outputs, inner: rows }],
  });
}

/** dbias += column sums of dy. */
export function linearBiasGradient(gpu: Gpu, dy: Slice, dbias: Slice, shape: LinearShape): void {
  columnSum(gpu, dy, dbias, shape.rows, shape.outputs);
}
