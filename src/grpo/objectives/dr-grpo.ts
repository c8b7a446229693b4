import { clippedSurrogate } from './clipped';
import type { Objective } from './types';

/** Divides by a constant, so that no length is favoured (Liu et al., "Understanding R1-Zero-like training", 2025). */
export const drGrpo: Objective = {
  ...clippedSurrogate,
  tokenWeight: ({ sequences, maxCompletionLength }) => 1 / (sequences * maxCompletionLength),
};
