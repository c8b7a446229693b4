/** One supervised update on an expert's conversations. */
import type { AdamWParams, LossConfig, TrainablePolicy } from '../engine/types';
import type { Settings } from '../settings/settings';
import type { Demonstration } from './demonstrations';
import { buildLossRows } from './loss-rows';
import { cutMicroBatches } from './micro-batch';
import { supervised, supervisedTokens } from './objectives/supervised';
import type { ObjectiveSettings } from './objectives/types';
import { forestPart } from './step-parts';
import { ADAM } from './train-step';
import { TrainingError } from '../errors/training';
import { countTrained } from './weights';

export type SupervisedSettings = Pick<Settings, 'microBatchTokens' | 'weightDecay' | 'maxGradNorm'> &
  ObjectiveSettings;

export interface SupervisedUpdate {
  /** Mean of −log p over the expert's tokens, nats. */
  readonly loss: number;
  /** Tokens of the expert. */
  readonly trainedTokens: number;
  readonly totalTokens: number;
  readonly gradNorm: number;
}

/**
 * Cross-entropy of what the expert wrote, at temperature 1, every one of its tokens alike; then one AdamW step.
 * @throws TrainingError when a loss or gradient is not finite; the policy is then as it was before
 */
export async function supervisedUpdate(
  policy: TrainablePolicy,
  demonstrations: readonly Demonstration[],
  settings: SupervisedSettings,
  learningRate: number,
): Promise<SupervisedUpdate> {
  // One expert for all: sequences need no groups, but equal beginnings are still computed once.
  const sequences = demonstrations.map((demonstration) => ({ ...demonstration, group: 0 }));
  const config: LossConfig = {
    term: supervised.term(settings),
    beta: 0,
    temperature: 1,
    entropyCoef: 0,
  };
  const tokens = supervisedTokens(demonstrations);
  let loss = 0;
  for (const members of cutMicroBatches(sequences, settings.microBatchTokens)) {
    const { forest, nodeOf } = forestPart(sequences, members);
    const { rows } = buildLossRows(
      forest,
      nodeOf,
      members.map((i) => tokens[i] as (typeof tokens)[number]),
    );
    loss += (await policy.accumulate(forest, rows, config)).loss;
    if (Number.isFinite(loss)) continue;
    policy.zeroGradient();
    throw TrainingError.of('training/warm-start-loss', { loss: String(loss) });
  }
  const adamW: AdamWParams = {
    ...ADAM,
    learningRate,
    weightDecay: settings.weightDecay,
    maxGradNorm: settings.maxGradNorm,
  };
  const { gradNorm } = await policy.update(adamW);
  return {
    loss,
    trainedTokens: demonstrations.reduce((sum, { lossMask }) => sum + countTrained(lossMask), 0),
    totalTokens: demonstrations.reduce((sum, { ids }) => sum + ids.length, 0),
    gradNorm,
  };
}
