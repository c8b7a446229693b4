import type { Gpu, Slice } from '../../gpu';
import * as raw from '../../rotary/rotary';

/** Row r writes slot r of the cache, as in training. */
export function rotary(
  gpu: Gpu,
  args: {
    qkv: Slice;
    table: Slice;
    position: Slice;
    q: Slice;
    cache: Slice;
    norm: raw.QkNorm | null;
  },
  shape: raw.RotaryShape,
): void {
  const slot = gpu.upload(Uint32Array.from({ length: shape.rows }, (_, row) => row));
  raw.rotary(gpu, { ...args, slot }, shape);
  gpu.free(slot);
}

export const { rotaryGradient } = raw;
