/** Training steps of ours, as contestants. */
import { GpuPolicy, type Training } from '../../src/engine/gpu-policy';
import type { AdamWParams, LossConfig, ModelConfig, LoraConfig } from '../../src/engine/types';
import type { HostTensors } from '../../src/formats/tensors';
import { clippedTerm } from '../../src/grpo/objectives/clipped';
import { languageModelRows, type TokenBatch } from './batch';
import { compare } from './check';
import { timed } from './measure';
import { meter } from './meter';
import type { Session } from './session';
import type { Check, Contestant } from './types';

/** A contestant that trains one step per run on the same batch, and tells the loss of every step. */
export interface StepContestant extends Contestant {
  /** Mean negative log-prob before each step, nats. */
  readonly losses: readonly number[];
}

export interface StepModel {
  readonly config: ModelConfig;
  readonly tensors: HostTensors;
}

/** Plain Adam: what every peer has. */
export const ADAM: AdamWParams = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.999,
  eps: 1e-8,
  weightDecay: 0,
  maxGradNorm: Infinity,
};

export const LOSS: LossConfig = {
  term: clippedTerm({ epsilonLow: 0.2, epsilonHigh: 0.2, delta: 0 }),
  beta: 0,
  temperature: 1,
  entropyCoef: 0,
};

export const LORA: LoraConfig = {
  r: 16,
  alpha: 32,
  targets: ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'],
};

export const FULL: Training = { kind: 'full' };
export const ADAPTER: Training = { kind: 'adapter', lora: LORA, seed: 3 };

const CARD_KEPT_BYTES = 8 * 1024 ** 3;

export function ourStep(
  { opened, software }: Pick<Session, 'opened' | 'software'>,
  name: string,
  model: StepModel,
  batch: TokenBatch,
  training: Training,
): StepContestant {
  // As runs on a card would be told by cacheMegabytes; peers there keep everything, too.
  const kept = software ? {} : { keptBytes: CARD_KEPT_BYTES };
  const policy = new GpuPolicy(opened.gpu, model.config, model.tensors, training, kept);
  const { forest, rows } = languageModelRows(batch);
  const losses: number[] = [];
  return {
    name,
    losses,
    run: () =>
      meter.as(name, () =>
        timed(async () => {
          const { logprobs } = await policy.accumulate(forest, rows, LOSS);
          await policy.update(ADAM);
          losses.push(-logprobs.reduce((sum, logp) => sum + logp, 0) / logprobs.length);
        }),
      ),
    dispose: () => policy.dispose(),
  };
}

/** Losses of both over the same steps: what differs in a gradient or an update shows in the next ones. */
export function sameLosses(a: StepContestant, b: StepContestant, bound = 2e-3): Check {
  const steps = Math.min(a.losses.length, b.losses.length);
  const what = `losses of ${steps} steps (${a.losses.map((loss) => loss.toFixed(4)).join(', ')})`;
  return compare(what, a.losses.slice(0, steps), b.losses.slice(0, steps), bound);
}

/** The same tokens in every step: whoever learns knows them better after each. */
export function fallingLosses({ losses }: StepContestant): Check {
  return {
    ok: losses.every((loss, i) => i === 0 || loss < (losses[i - 1] as number)),
    what: `its losses fall: ${losses.map((loss) => loss.toFixed(4)).join(', ')}`,
  };
}
