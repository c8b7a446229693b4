/** The micro-batches of a step: forests, and log-probs of all of them before anything is accumulated. */
import type { TokenScores, TrainablePolicy } from '../engine/types';
import type { Forest, TokenId } from '../tokens/types';
import { buildForest } from '../tokens/forest';
import { buildLossRows, scatterRows } from './loss-rows';

/** One micro-batch. */
export interface ForestPart {
  /** Indices of its sequences in the step. */
  readonly members: readonly number[];
  readonly forest: Forest;
  readonly nodeOf: readonly Int32Array[];
}

export function forestPart(
  sequences: readonly { readonly ids: readonly TokenId[] }[],
  members: readonly number[],
): ForestPart {
  const own = members.map((i) => sequences[i] as { readonly ids: readonly TokenId[] });
  return { members, ...buildForest(own) };
}

/**
 * Log-probs and entropies per sequence and token under the policy as it is now; 0 where nothing is trained.
 * @param parts together every sequence once
 */
export async function scoreParts(
  policy: Pick<TrainablePolicy, 'scoreWithEntropy'>,
  parts: readonly ForestPart[],
  sequences: readonly { readonly lossMask: ArrayLike<number> }[],
  temperature: number,
  onPart: () => void = () => undefined,
): Promise<TokenScores[]> {
  const scores = new Array<TokenScores>(sequences.length);
  for (const { members, forest, nodeOf } of parts) {
    const masks = members.map((i) => sequences[i]?.lossMask as ArrayLike<number>);
    const { rows, rowOf } = buildLossRows(forest, nodeOf, masks.map(onlyScored));
    const found = await policy.scoreWithEntropy(forest, rows, { adapter: true, temperature });
    const logprobs = scatterRows(rowOf, found.logprobs, 0);
    const entropy = scatterRows(rowOf, found.entropy, 0);
    members.forEach((i, k) => {
      scores[i] = { logprobs: logprobs[k] as Float32Array, entropy: entropy[k] as Float32Array };
    });
    onPart();
  }
  return scores;
}

/** Tokens that are looked at and weigh nothing. */
export function onlyScored(lossMask: ArrayLike<number>) {
  const nothing = new Float32Array(lossMask.length);
  return { lossMask, tokenAdvantages: nothing, old: nothing, tokenWeights: nothing };
}
