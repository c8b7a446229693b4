import type { Gpu, Slice } from '../../gpu';
import * as raw from '../../rms-norm/rms-norm';

export function rmsNorm(
  gpu: Gpu,
  { residual, ...args }: { x: Slice; w: Slice; residual: Slice | undefined; out: Slice },
  shape: raw.RmsNormShape,
): void {
  if (residual === undefined) raw.rmsNorm(gpu, args.x, args.w, args.out, shape);
  else raw.rmsNormAdd(gpu, { ...args, residual }, shape);
}

export function rmsNormGradient(
  gpu: Gpu,
  args: { x: Slice; w: Slice; dy: Slice; dx: Slice },
  shape: raw.RmsNormShape,
): void {
  raw.rmsNormGradient(gpu, args, shape);
}

export function rmsNormWeightGradient(
  gpu: Gpu,
  args: { x: Slice; dy: Slice; dw: Slice },
  shape: raw.RmsNormShape,
): void {
  gpu.clear(args.dw);
  raw.rmsNormWeightGradient(gpu, args, shape);
}
