/** GRPO updates on recorded trajectories, as contestants. */
import { lossConfig } from '../../src/grpo/loss-config';
import { buildLossRows } from '../../src/grpo/loss-rows';
import { maxCompletionLength, updateOnBatch } from '../../src/grpo/train-step';
import type { ScoredTrajectory } from '../../src/grpo/types';
import { trajectoryWeights } from '../../src/grpo/weights';
import { buildForest } from '../../src/tokens/forest';
import { type TrainablePolicy } from '../../src/engine/types';
import { TOKEN_SOURCE } from '../../src/tokens/types';
import type { Settings } from '../../src/settings/settings';
import { chains } from './batch';
import { compare, together } from './check';
import { timed } from './measure';
import { meter } from './meter';
import type { Check, Contestant } from './types';

/** A contestant that updates on the same trajectories in every run. */
export interface GrpoContestant extends Contestant {
  readonly losses: number[];
  readonly norms: number[];
}

/** What an update needs of a trajectory. */
export type TrainedTokens = Pick<
  ScoredTrajectory,
  'ids' | 'source' | 'logprobs' | 'lossMask' | 'tokenAdvantages'
>;

/** What a loss over separate sequences needs. Arrays per token. */
export interface GrpoSequence {
  readonly ids: readonly number[];
  readonly advantages: Float32Array;
  /** Weight in the loss; 0 where nothing is trained. */
  readonly weights: Float32Array;
  /** Log-prob when it was sampled. */
  readonly old: Float32Array;
}

export interface GrpoBatch {
  readonly sequences: readonly GrpoSequence[];
}

export function sequencesOf(batch: readonly TrainedTokens[], settings: Settings): GrpoBatch {
  const weights = trajectoryWeights(
    batch.map(({ lossMask }) => ({ lossMask, microBatch: 0 })),
    settings.lossType,
    maxCompletionLength(settings),
  );
  return {
    sequences: batch.map(({ ids, lossMask, tokenAdvantages, logprobs }, i) => ({
      ids,
      advantages: tokenAdvantages,
      weights: Float32Array.from(lossMask, (mask) => (mask === 1 ? (weights[i] as number) : 0)),
      old: logprobs,
    })),
  };
}

/** The trainer's own step. */
export function trainerStep(
  name: string,
  policy: TrainablePolicy & { dispose(): void },
  batch: readonly ScoredTrajectory[],
  settings: Settings,
): GrpoContestant {
  const contestant: GrpoContestant = {
    name,
    losses: [],
    norms: [],
    run: () =>
      meter.as(name, () =>
        timed(async () => {
          const metrics = await updateOnBatch(policy, batch, settings, settings.learningRate);
          if (metrics === null) throw new Error('The recorded trajectories train nothing.');
          contestant.losses.push(metrics.loss);
          contestant.norms.push(metrics.gradNorm);
        }),
      ),
    dispose: () => policy.dispose(),
  };
  return contestant;
}

/** The same update in one pass, on a forest or on separate chains side by side. */
export function passStep(
  name: string,
  layout: 'forest' | 'packed',
  policy: TrainablePolicy & { dispose(): void },
  batch: readonly TrainedTokens[],
  settings: Settings,
): GrpoContestant & { readonly tokens: number; readonly pairs: number } {
  const { sequences } = sequencesOf(batch, settings);
  const { forest, nodeOf } =
    layout === 'forest' ? buildForest(sequences) : chains(sequences.map(({ ids }) => ids));
  const { rows } = buildLossRows(
    forest,
    nodeOf,
    batch.map(({ lossMask, source }, i) => {
      const { advantages, weights, old } = sequences[i] as GrpoSequence;
      return {
        lossMask,
        tokenAdvantages: advantages,
        old: old.map((logp, t) => (source[t] === TOKEN_SOURCE.sampled ? logp : NaN)),
        tokenWeights: weights,
      };
    }),
  );
  const contestant = {
    name,
    /** Distinct tokens. */
    tokens: forest.n,
    /** Pairs of tokens of which one sees the other, itself included: the work of attention. */
    pairs: forest.depth.reduce((sum, depth) => sum + depth + 1, 0),
    losses: [] as number[],
    norms: [] as number[],
    run: () =>
      meter.as(name, () =>
        timed(async () => {
          const { loss } = await policy.accumulate(forest, rows, lossConfig(settings));
          const { gradNorm } = await policy.update({
            ...{ beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: settings.weightDecay },
            learningRate: settings.learningRate,
            maxGradNorm: settings.maxGradNorm,
          });
          contestant.losses.push(loss);
          contestant.norms.push(gradNorm);
        }),
      ),
    dispose: () => policy.dispose(),
  };
  return contestant;
}

/**
 * Losses and gradient norms of both over their first steps. Later ones are left out: Adam's first updates are the
 * signs of gradients, so rounding decides where a gradient is almost nothing, and the two drift apart.
 */
export function sameUpdates(a: GrpoContestant, b: GrpoContestant, steps = 2, bound = 5e-3): Check {
  const shown = (values: readonly number[]) =>
    values
      .slice(0, steps)
      .map((value) => value.toPrecision(4))
      .join(', ');
  return together(
    compare(`losses (${shown(a.losses)})`, a.losses.slice(0, steps), b.losses.slice(0, steps), bound),
    compare(`gradient norms (${shown(a.norms)})`, a.norms.slice(0, steps), b.norms.slice(0, steps), bound),
  );
}
