import { clippedSurrogate } from './clipped';
import type { Objective } from './types';

/** Mean over the tokens of a micro-batch, then over micro-batches; equal to `dapo` where there is one (TRL's `bnpo`). */
export const bnpo: Objective = {
  ...clippedSurrogate,
  tokenWeight: ({ microBatches, ofMicroBatch }) => 1 / (microBatches * ofMicroBatch),
};
