import type { ScoredTokens } from '../loss-rows';
import { LINEAR_TERM } from './linear';
import type { Objective } from './types';

/** −log p of the expert's tokens, every token alike: ratio 1, advantage 1. Reads no setting. */
export const supervised: Objective = {
  reads: [],
  tokenWeight: ({ tokens }) => 1 / tokens,
  term: () => LINEAR_TERM,
  clips: () => () => false,
};

/** A conversation of an expert. Arrays have one entry per token. */
export interface ExpertSequence {
  /** 1 where the expert wrote; only that is learned. */
  readonly lossMask: ArrayLike<number>;
  /** How much a token counts beside others, 0 or more; 1 for all where not given. */
  readonly tokenWeights?: ArrayLike<number>;
}

/**
 * What the rows of a step need so that its loss is Σ w·(−log p) / Σ w over all trained tokens of `sequences`, however
 * they are cut into micro-batches. All weigh 0 where Σ w is 0.
 */
export function supervisedTokens(sequences: readonly ExpertSequence[]): ScoredTokens[] {
  const weightsOf = ({ lossMask, tokenWeights }: ExpertSequence) =>
    Float64Array.from(lossMask, (mask, t) => (mask && t > 0 ? (tokenWeights?.[t] ?? 1) : 0));
  const total = sequences.reduce((all, one) => weightsOf(one).reduce((a, b) => a + b, all), 0);
  return sequences.map((sequence) => {
    const { length } = sequence.lossMask;
    return {
      lossMask: sequence.lossMask,
      tokenAdvantages: new Float32Array(length).fill(1),
      // Not a sampler's: the log-ratio to it is the log-prob itself.
      old: new Float32Array(length),
      tokenWeights: weightsOf(sequence).map((weight) => (total > 0 ? weight / total : 0)),
    };
  });
}
