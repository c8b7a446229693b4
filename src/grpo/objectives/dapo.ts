import { clippedSurrogate } from './clipped';
import type { Objective } from './types';

/** Every token of the step counts alike (Yu et al., "DAPO", 2025). */
export const dapo: Objective = { ...clippedSurrogate, tokenWeight: ({ tokens }) => 1 / tokens };
