/** Weights of trained tokens in the loss, per objective. */
import { OBJECTIVES } from './objectives/registry';
import type { ObjectiveName } from './objectives/types';

/** Number of trained tokens; the first token of a sequence has no predictor and never counts. */
export function countTrained(lossMask: ArrayLike<number>): number {
  let count = 0;
  for (let t = 1; t < lossMask.length; t++) if (lossMask[t]) count++;
  return count;
}

export interface WeightedTrajectory {
  readonly lossMask: ArrayLike<number>;
  /** Index of its micro-batch inside the optimiser step. */
  readonly microBatch: number;
}

/**
 * Weight of each trained token, one number per trajectory, for a whole optimiser step: `Objective.tokenWeight`.
 * Trajectories without trained tokens weigh 0 and are not counted.
 * @param maxCompletionLength tokens
 */
export function trajectoryWeights(
  trajectories: readonly WeightedTrajectory[],
  objective: ObjectiveName,
  maxCompletionLength: number,
): Float64Array {
  const trained = trajectories.map((trajectory) => countTrained(trajectory.lossMask));
  const perMicroBatch = new Map<number, number>();
  let tokens = 0;
  let sequences = 0;
  trajectories.forEach(({ microBatch }, i) => {
    const count = trained[i] as number;
    if (count === 0) return;
    tokens += count;
    sequences++;
    perMicroBatch.set(microBatch, (perMicroBatch.get(microBatch) ?? 0) + count);
  });
  const { tokenWeight } = OBJECTIVES[objective];
  return Float64Array.from(trajectories, ({ microBatch }, i) => {
    const ofSequence = trained[i] as number;
    if (ofSequence === 0) return 0;
    const ofMicroBatch = perMicroBatch.get(microBatch) as number;
    const microBatches = perMicroBatch.size;
    return tokenWeight({ sequences, microBatches, tokens, ofSequence, ofMicroBatch, maxCompletionLength });
  });
}
