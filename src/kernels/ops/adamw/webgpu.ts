import type { Gpu, Slice } from '../../gpu';
import * as raw from '../../optimizer/adamw';

/** The raw kernel works in place and zeroes the gradient; a tfjs kernel leaves its inputs alone. */
export function adamW(
  gpu: Gpu,
  inputs: { parameters: Slice; gradient: Slice; m: Slice; v: Slice },
  outputs: { parameters: Slice; m: Slice; v: Slice; norm: Slice },
  step: raw.AdamWStep,
): void {
  const bytes = inputs.parameters.size;
  const gradient = gpu.alloc(bytes / 4, 'gradient');
  gpu.copy(inputs.gradient, gradient, bytes);
  gpu.copy(inputs.parameters, outputs.parameters, bytes);
  gpu.copy(inputs.m, outputs.m, bytes);
  gpu.copy(inputs.v, outputs.v, bytes);
  raw.adamW(gpu, { ...outputs, gradient, length: bytes / 4 }, outputs.norm, step);
  gpu.free(gradient);
}
