/** One linear unit with its low-rank part: forward, and backward to inputs, adapter and (full training) weights. */
import type { Gpu, Slice } from '../kernels/gpu';
import { matmul } from '../kernels/matmul/matmul';
import { columnSum } from '../kernels/reduce/scatter';
import { type LoraUnit, loraSlices } from './lora';
import type { LinearUnit } from './units';

/** The adapter's share in a unit: where its matrices lie and how strongly they count. */
export interface LinearAdapter {
  readonly unit: LoraUnit;
  readonly parameters: Slice;
  readonly rank: number;
  readonly scale: number;
}

export interface LinearForward {
  readonly unit: LinearUnit;
  readonly weight: Slice;
  readonly bias: Slice | null;
  readonly adapter: LinearAdapter | null;
  /** [rows, inputs] */
  readonly x: Slice;
  /** [rows, outputs] */
  readonly out: Slice;
  /** Added to the output; may not be `out`. */
  readonly residual?: Slice;
  readonly rows: number;
}

/** out = x·Wᵀ + bias + scale·(x·Aᵀ)·Bᵀ + residual. Answers the low-rank activations, to be freed by the caller. */
export function linearForward(gpu: Gpu, f: LinearForward): Slice | null {
  const { unit, adapter, rows } = f;
  let u: Slice | null = null;
  if (adapter !== null) {
    u = gpu.alloc(rows * adapter.unit.columns, 'low-rank activations');
    matmul(gpu, {
      layout: 'nt',
      a: f.x,
      b: loraSlices(adapter.parameters, adapter.unit).a,
      out: u,
      lda: unit.inputs,
      ldb: unit.inputs,
      ldo: adapter.unit.columns,
      modules: [{ width: adapter.unit.columns, height: rows, inner: unit.inputs }],
    });
  }
  const low = u;
  matmul(gpu, {
    layout: 'nt',
    a: f.x,
    b: f.weight,
    out: f.out,
    lda: unit.inputs,
    ldb: unit.inputs,
    ldo: unit.outputs,
    bias: f.bias,
    residual: f.residual ?? null,
    lora:
      adapter === null || low === null
        ? null
        : {
            u: low,
            l: loraSlices(adapter.parameters, adapter.unit).b,
            ldu: adapter.unit.columns,
            ldl: adapter.rank,
            rank: adapter.rank,
            scale: adapter.scale,
          },
    modules:
      adapter === null
        ? [{ width: unit.outputs, height: rows, inner: unit.inputs }]
        : unit.modules.map((m) => {
            const lora = adapter.unit.modules.find((l) => l.module.target === m.target);
            return {
              width: m.rows,
              height: rows,
              inner: unit.inputs,
              b0: m.firstRow,
              o0: m.firstRow,
              ...(lora === undefined ? {} : { lora: { u0: lora.u0, l0: lora.l0 } }),
            };
          }),
  });
  return u;
}

export interface LinearBackward {
  readonly unit: LinearUnit;
  readonly weight: Slice;
  readonly adapter: LinearAdapter | null;
  /** Gradient arena of the adapter; same layout as its parameters. */
  readonly adapterGradient: Slice | null;
  /** Low-rank activations of the forward pass. */
  readonly u: Slice | null;
  readonly x: Slice;
  readonly dy: Slice;
  /** Receives the gradient of x; null when nothing below needs it. */
  readonly dx: Slice | null;
  /** Gradients of weight and bias, added to; null when they are frozen. */
  readonly dWeight: Slice | null;
  readonly dBias: Slice | null;
  readonly rows: number;
}

export function linearBackward(gpu: Gpu, f: LinearBackward): void {
  const { unit, adapter, rows, u, adapterGradient } = f;
  let du: Slice | null = null;
  if (adapter !== null && u !== null && adapterGradient !== null) {
    const { columns, modules } = adapter.unit;
    const parameters = loraSlices(adapter.parameters, adapter.unit);
    const gradient = loraSlices(adapterGradient, adapter.unit);
    du = gpu.alloc(rows * columns, 'low-rank gradient');
    // dU = scale · dY·B, per target.
    matmul(gpu, {
      layout: 'nn',
      a: f.dy,
      b: parameters.b,
      out: du,
      lda: unit.outputs,
      ldb: adapter.rank,
      ldo: columns,
      alpha: adapter.scale,
      modules: modules.map(({ module, u0, l0 }) => ({
        width: adapter.rank,
        height: rows,
        inner: module.rows,
        a0: module.firstRow,
        bRow0: l0,
        o0: u0,
      })),
    });
    // dB += scale · dYᵀ·U, per target.
    matmul(gpu, {
      layout: 'tn',
      a: f.dy,
      b: u,
      out: gradient.b,
      lda: unit.outputs,
      ldb: columns,
      ldo: adapter.rank,
      alpha: adapter.scale,
      accumulate: true,
      modules: modules.map(({ module, u0, l0 }) => ({
        width: adapter.rank,
        height: module.rows,
        inner: rows,
        a0: module.firstRow,
        b0: u0,
        oRow0: l0,
      })),
    });
    // dA += dUᵀ·X.
    matmul(gpu, {
      layout: 'tn',
      a: du,
      b: f.x,
      out: gradient.a,
      lda: columns,
      ldb: unit.inputs,
      ldo: unit.inputs,
      accumulate: true,
      modules: [{ width: unit.inputs, height: columns, inner: rows }],
    });
  }
  if (f.dWeight !== null) {
    matmul(gpu, {
      layout: 'tn',
      a: f.dy,
      b: f.x,
      out: f.dWeight,
      lda: unit.outputs,
      ldb: unit.inputs,
      ldo: unit.inputs,
      accumulate: true,
      modules: [{ width: unit.inputs, height: unit.outputs, inner: rows }],
    });
  }
  if (f.dBias !== null) columnSum(gpu, f.dy, f.dBias, rows, unit.outputs);
  if (f.dx !== null) {
    matmul(gpu, {
      layout: 'nn',
      a: f.dy,
      b: f.weight,
      out: f.dx,
      lda: unit.outputs,
      ldb: unit.inputs,
      ldo: unit.inputs,
      lora:
        adapter === null || du === null
          ? null
          : {
              u: du,
              l: loraSlices(adapter.parameters, adapter.unit).a,
              ldu: adapter.unit.columns,
              ldl: unit.inputs,
              rank: adapter.unit.columns,
              scale: 1,
            },
      modules: [
        {
          width: unit.inputs,
          height: rows,
          inner: unit.outputs,
          ...(adapter === null ? {} : { lora: { u0: 0, l0: 0 } }),
        },
      ],
    });
  }
  if (du !== null) gpu.free(du);
}
