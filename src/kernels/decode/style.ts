/** Which of two kinds of kernels a device's token steps take. */
import type { Gpu } from '../gpu';

/**
 * `lanes`: each invocation computes outputs of its own, in small workgroups; what suits a processor.
 * `cooperative`: the lanes of a workgroup share the work of an output, so that neighbours load neighbouring words and
 * enough loads are under way; what suits graphics cards. Both give the same numbers to rounding.
 */
export type DecodeStyle = 'lanes' | 'cooperative';

const chosen = new WeakMap<Gpu, DecodeStyle>();

export const decodeStyle = (gpu: Gpu): DecodeStyle =>
  chosen.get(gpu.real) ?? (gpu.isSoftware ? 'lanes' : 'cooperative');

/** Sets the style for a device, to try the other one there; null: by the rule above. */
export function setDecodeStyle(gpu: Gpu, style: DecodeStyle | null): void {
  if (style === null) chosen.delete(gpu.real);
  else chosen.set(gpu.real, style);
}

/** Lanes of a workgroup that copies or norms a row. */
export const rowLanes = (gpu: Gpu): number => (decodeStyle(gpu) === 'cooperative' ? 128 : 16);
