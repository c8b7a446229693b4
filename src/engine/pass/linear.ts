/** One linear unit with its low-rank part: forward, and backward to inputs, adapter and (full training) weights. */
import type { Gpu, Slice } from '../../kernels/gpu';
import {
  linear,
  linearBiasGradient,
  linearInputGradient,
  linearWeightGradient,
  lowRankActivations,
  lowRankGradient,
  type LowRank,
} from '../../kernels/linear/linear';
import { type LoraUnit, loraSlices } from '../model/lora';
import type { LinearUnit } from '../model/units';

/** The adapter's share in a unit: what it holds and where. */
export interface LinearAdapter {
  readonly unit: LoraUnit;
  readonly parameters: Slice;
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

/** The low-rank part of a unit as the kernels take it. */
export function lowRank(unit: LinearUnit, adapter: LinearAdapter): LowRank {
  return {
    ...loraSlices(adapter.parameters, adapter.unit),
    rank: adapter.unit.rank,
    columns: adapter.unit.columns,
    blocks: unit.modules.map(({ target, firstRow, rows }) => ({
      firstRow,
      rows,
      lora: adapter.unit.modules.find((l) => l.module.target === target) ?? null,
    })),
  };
}

/** out = x·Wᵀ + bias + scale·(x·Aᵀ)·Bᵀ + residual. Answers the low-rank activations, to be freed by the caller. */
export function linearForward(gpu: Gpu, f: LinearForward): Slice | null {
  const { x, weight, bias, out } = f;
  const shape = { rows: f.rows, inputs: f.unit.inputs, outputs: f.unit.outputs };
  const residual = f.residual ?? null;
  if (f.adapter === null) {
    linear(gpu, { x, weight, bias, residual, low: null, out }, shape);
    return null;
  }
  const u = linearActivations(gpu, f) as Slice;
  const low = { ...lowRank(f.unit, f.adapter), u };
  linear(gpu, { x, weight, bias, residual, low, out }, shape);
  return u;
}

/** The low-rank activations of {@link linearForward} alone, bit for bit; null without an adapter. */
export function linearActivations(
  gpu: Gpu,
  f: Pick<LinearForward, 'unit' | 'adapter' | 'x' | 'rows'>,
): Slice | null {
  if (f.adapter === null) return null;
  const low = lowRank(f.unit, f.adapter);
  const u = gpu.alloc(f.rows * low.columns, 'low-rank activations');
  lowRankActivations(gpu, f.x, low, u, { rows: f.rows, inputs: f.unit.inputs, outputs: f.unit.outputs });
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
  const { adapter, adapterGradient, u, x, dy, dx, weight } = f;
  const shape = { rows: f.rows, inputs: f.unit.inputs, outputs: f.unit.outputs };
  let low: (LowRank & { readonly du: Slice }) | null = null;
  if (adapter !== null && u !== null && adapterGradient !== null) {
    const du = gpu.alloc(f.rows * adapter.unit.columns, 'low-rank gradient');
    low = { ...lowRank(f.unit, adapter), du };
    const { a: da, b: db } = loraSlices(adapterGradient, adapter.unit);
    lowRankGradient(gpu, { x, dy, u, low, du, da, db }, shape);
  }
  if (f.dWeight !== null) linearWeightGradient(gpu, { x, dy, dw: f.dWeight }, shape);
  if (f.dBias !== null) linearBiasGradient(gpu, dy, f.dBias, shape);
  if (dx !== null) linearInputGradient(gpu, { dy, weight, dx, low }, shape);
  if (low !== null) gpu.free(low.du);
}
