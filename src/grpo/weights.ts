/** Weights of trained tokens in the loss, per loss type. */
import type { LossType } from '../settings/choices';

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
 * Weight of each trained token, one number per trajectory, for a whole optimiser step. T_t trained tokens of the
 * trajectory, B trajectories, M trained tokens of all, m those of its micro-batch, K micro-batches:
 * `grpo` 1/(B·T_t), `dapo` 1/M, `bnpo` 1/(K·m) (the mean of the micro-batches' means; 1/M when there is one),
 * `dr_grpo` 1/(B·maxCompletionLength). Trajectories without trained tokens weigh 0 and leave B and K.
 */
export function trajectoryWeights(
  trajectories: readonly WeightedTrajectory[],
  lossType: LossType,
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
  return Float64Array.from(trajectories, ({ microBatch }, i) => {
    const count = trained[i] as number;
    if (count === 0) return 0;
    switch (lossType) {
      case 'grpo':
        return 1 / (sequences * count);
      case 'bnpo':
        return 1 / (perMicroBatch.size * (perMicroBatch.get(microBatch) as number));
      case 'dapo':
        return 1 / tokens;
      case 'dr_grpo':
        return 1 / (sequences * maxCompletionLength);
    }
  });
}
