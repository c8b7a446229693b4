import { clippedSurrogate } from './clipped';
import type { Objective } from './types';

/** Every sequence counts alike: mean over its tokens, then over sequences (Shao et al., "DeepSeekMath", 2024). */
export const grpo: Objective = {
  ...clippedSurrogate,
  tokenWeight: ({ sequences, ofSequence }) => 1 / (sequences * ofSequence),
};
