import type { Gpu, Slice } from '../../gpu';
import * as raw from '../../linear/linear';

export function linear(
  gpu: Gpu,
  args: {
    x: Slice;
    weight: Slice;
    bias: Slice | null;
    residual: Slice | null;
    low: raw.LowRank | null;
    out: Slice;
  },
  shape: raw.LinearShape,
): void {
  const { low } = args;
  if (low === null) {
    raw.linear(gpu, { ...args, low }, shape);
    return;
  }
  const u = gpu.alloc(shape.rows * low.columns, 'low-rank activations');
  raw.lowRankActivations(gpu, args.x, low, u, shape);
  raw.linear(gpu, { ...args, low: { ...low, u } }, shape);
  gpu.free(u);
}

export function linearInputGradient(
  gpu: Gpu,
  args: { weight: Slice; dy: Slice; dx: Slice },
  shape: raw.LinearShape,
): void {
  raw.linearInputGradient(gpu, { ...args, low: null }, shape);
}

export function linearWeightGradient(
  gpu: Gpu,
  args: { x: Slice; dy: Slice; dw: Slice },
  shape: raw.LinearShape,
): void {
  gpu.clear(args.dw);
  raw.linearWeightGradient(gpu, args, shape);
}

export function linearBiasGradient(gpu: Gpu, dy: Slice, dbias: Slice, shape: raw.LinearShape): void {
  gpu.clear(dbias);
  raw.linearBiasGradient(gpu, dy, dbias, shape);
}

export function loraGradient(
  gpu: Gpu,
  args: {
    x: Slice;
    weight: Slice;
    dy: Slice;
    low: raw.LowRank;
    dx: Slice;
    da: Slice;
    db: Slice;
  },
  shape: raw.LinearShape,
): void {
  const { x, weight, dy, low, dx, da, db } = args;
  const u = gpu.alloc(shape.rows * low.columns, 'low-rank activations');
  const du = gpu.alloc(shape.rows * low.columns, 'low-rank gradient');
  gpu.clear(da);
  gpu.clear(db);
  raw.lowRankActivations(gpu, x, low, u, shape);
  raw.lowRankGradient(gpu, { x, dy, u, low, du, da, db }, shape);
  raw.linearInputGradient(gpu, { dy, weight, dx, low: { ...low, du } }, shape);
  gpu.free(u, du);
}
