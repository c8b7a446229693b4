/** Teacher-forced numbers on sequences that are never trained on. */
import type { TrainablePolicy } from '../../src/engine/types';
import { passesOf, SAMPLED, totalWeight } from './batches';
import type { TrainingSequence } from './format';

/** Log-probs as the model gives them. */
export const PLAIN = { temperature: 1 } as const;

/** True only if the token is the model's first choice: no other can have half of the probability as well. */
export function likelyFirst(logp: number): boolean {
  return logp > -Math.LN2;
}

/** The scored tokens of one sequence, nats. */
export interface SequenceScores {
  readonly logprobs: readonly number[];
}

export interface HeldOutNumbers extends Readonly<Record<string, number>> {
  /** Mean over tokens that the policy writes, nats. */
  readonly nll: number;
  /** Share of these tokens with more than half of the probability: at least so many are the first choice. */
  readonly tokenAccuracy: number;
  /** Share of sequences whose every token has: a lower bound of what greedy decoding reproduces. */
  readonly certainSequences: number;
  /** Mean probability of a whole sequence's tokens: a lower bound of success at temperature 1. */
  readonly sequenceProbability: number;
}

export function heldOutNumbers(sequences: readonly SequenceScores[]): HeldOutNumbers {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
  const all = sequences.flatMap(({ logprobs }) => [...logprobs]);
  return {
    nll: -mean(all),
    tokenAccuracy: mean(all.map((logp) => Number(likelyFirst(logp)))),
    certainSequences: mean(sequences.map(({ logprobs }) => Number(logprobs.every(likelyFirst)))),
    sequenceProbability: mean(sequences.map(({ logprobs }) => Math.exp(logprobs.reduce((a, b) => a + b, 0)))),
  };
}

export async function measureHeldOut(
  policy: Pick<TrainablePolicy, 'score'>,
  sequences: readonly TrainingSequence[],
  passTokens: number,
): Promise<HeldOutNumbers> {
  // Context is not asked for, and only the policy's tokens count alike.
  const asked = sequences.map(({ ids, weights }) => ({
    ids,
    weights: weights.map((w) => (w >= SAMPLED ? 1 : 0)),
  }));
  const scores: SequenceScores[] = [];
  for (const { forest, rows, nodes, members, nodeOf } of passesOf(asked, totalWeight(asked), passTokens)) {
    const logprobs = await policy.score(forest, rows, { adapter: true, ...PLAIN });
    const logpOf = new Map(nodes.map((node, r) => [node, logprobs[r] as number]));
    members.forEach((index, s) => {
      const { weights } = asked[index] as TrainingSequence;
      const path = Array.from(nodeOf[s] as Int32Array);
      const own = path.filter((_, t) => t > 0 && (weights[t] as number) > 0);
      scores.push({ logprobs: own.map((node) => logpOf.get(node) as number) });
    });
  }
  return heldOutNumbers(scores);
}
