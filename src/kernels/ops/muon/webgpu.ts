import type { Gpu, Slice } from '../../gpu';
import { gradientNorm } from '../../optimizer/adamw';
import * as raw from '../../optimizer/muon';

/** The raw kernel works in place and zeroes the gradient; a tfjs kernel leaves its inputs alone. */
export function muon(
  gpu: Gpu,
  inputs: { parameters: Slice; gradient: Slice; momentum: Slice },
  outputs: { parameters: Slice; momentum: Slice },
  { count, rows, cols }: { count: number; rows: number; cols: number },
  step: raw.MuonStep,
): void {
  const elements = count * rows * cols;
  const gradient = gpu.alloc(elements, 'gradient');
  const norm = gpu.alloc(1, 'gradient norm');
  gpu.copy(inputs.gradient, gradient, elements * 4);
  gpu.copy(inputs.parameters, outputs.parameters, elements * 4);
  gpu.copy(inputs.momentum, outputs.momentum, elements * 4);
  gradientNorm(gpu, gradient, elements, norm);
  const matrices = Array.from({ length: count }, (_, i) => ({ offset: i * rows * cols, rows, cols }));
  raw.muon(gpu, { ...outputs, gradient }, matrices, norm, step);
  gpu.free(gradient, norm);
}
