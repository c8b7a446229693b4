/** Weights that need the whole step's log-probs or entropies: ratios of turns and sequences, entropy quantiles. */
import type { RowTerm, TokenScores } from '../../engine/types';
import type { ScoredTokens } from '../loss-rows';
import { LINEAR_TERM } from './linear';
import { OBJECTIVES } from './registry';
import type { ObjectiveName, ObjectiveSettings } from './types';

/** One sequence of a step. */
export interface StepSequence extends ScoredTokens {
  /** Turn of every token; decides for `importanceSamplingLevel: turn` only. */
  readonly turnOf: ArrayLike<number>;
}

export interface PreparedStep {
  /** What the rows of an open objective's term are built from. */
  readonly sequences: readonly ScoredTokens[];
  /** The part of the step's loss that those rows do not carry. */
  readonly policyLoss: number;
  /** Per sequence and token, 1 where the clip decides (see `Objective.clips`). */
  readonly clipped: readonly Uint8Array[];
}

/** An objective with its settings. */
export interface OpenObjective {
  /** `scores`: {@link prepare} must be given log-probs and entropies of the whole step before rows can be built. */
  readonly needs: 'old' | 'scores';
  /** Term of the rows. */
  readonly term: RowTerm;
  readonly clips: (logRatio: number, advantage: number) => boolean;
  /** @param scores per sequence, one number per token, under the policy as it is now. */
  prepare(sequences: readonly StepSequence[], scores: readonly TokenScores[]): PreparedStep;
}

/** @param name `settings.lossType` where not given */
export function openObjective(
  settings: ObjectiveSettings,
  name: ObjectiveName = settings.lossType,
): OpenObjective {
  const objective = OBJECTIVES[name];
  const own = objective.term(settings);
  const clips = objective.clips(settings);
  // A term that is linear from the start (the warm start's) has no ratio to share and no policy to explore.
  const level = own === LINEAR_TERM ? 'token' : settings.importanceSamplingLevel;
  const share = own === LINEAR_TERM ? 1 : settings.topEntropyQuantile;
  const ofSpan = level !== 'token';
  return {
    needs: ofSpan || share < 1 ? 'scores' : 'old',
    term: ofSpan ? LINEAR_TERM : own,
    clips,
    prepare(given, scores) {
      const sequences = ofHighEntropy(given, scores, share);
      const spans = sequences.map((sequence) => spansOf(sequence, level));
      const logRatios = spans.map((list, i) =>
        list.map((span) => meanLogRatio(span, sequences[i] as StepSequence, scores[i] as TokenScores)),
      );
      const clipped = sequences.map(({ lossMask, tokenAdvantages }, i) => {
        const marks = new Uint8Array(lossMask.length);
        spans[i]?.forEach((span, k) => {
          for (const t of span)
            marks[t] = Number(clips(logRatios[i]?.[k] as number, tokenAdvantages[t] as number));
        });
        return marks;
      });
      if (!ofSpan) return { sequences, policyLoss: 0, clipped };
      let policyLoss = 0;
      const linear = sequences.map((sequence, i) => {
        const scored = scores[i] as TokenScores;
        const found = linearise(own, sequence, spans[i] ?? [], logRatios[i] ?? [], scored.logprobs);
        policyLoss += found.loss;
        return { ...sequence, tokenAdvantages: found.advantages, old: scored.logprobs };
      });
      return { sequences: linear, policyLoss, clipped };
    },
  };
}

/** Trained tokens; the first of a sequence has no predictor. */
function trainedTokens({ lossMask }: ScoredTokens): number[] {
  return Array.from(lossMask, (mask, t) => (mask ? t : 0)).filter((t) => t > 0);
}

/**
 * Advantage 0 for all but the share of trained tokens whose entropy is highest in the step (Wang et al., "Beyond the
 * 80/20 rule", 2025). Weights stay: KL and means are of all trained tokens, as in TRL.
 */
function ofHighEntropy(
  sequences: readonly StepSequence[],
  scores: readonly TokenScores[],
  share: number,
): readonly StepSequence[] {
  if (share >= 1) return sequences;
  const entropyOf = (i: number, t: number) => scores[i]?.entropy[t] as number;
  const least = quantile(
    sequences.flatMap((sequence, i) => trainedTokens(sequence).map((t) => entropyOf(i, t))),
    1 - share,
  );
  return sequences.map((sequence, i) => ({
    ...sequence,
    tokenAdvantages: Float64Array.from(sequence.tokenAdvantages, (advantage, t) =>
      entropyOf(i, t) >= least ? advantage : 0,
    ),
  }));
}

/** Between the two nearest values in proportion, as `torch.quantile` has it; 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? 0;
  return below + (place - Math.floor(place)) * ((sorted[Math.ceil(place)] ?? 0) - below);
}

/** Trained tokens by what shares a ratio. */
function spansOf(
  sequence: StepSequence,
  level: ObjectiveSettings['importanceSamplingLevel'],
): readonly (readonly number[])[] {
  const tokens = trainedTokens(sequence);
  switch (level) {
    case 'token':
      return tokens.map((t) => [t]);
    case 'sequence':
      return tokens.length === 0 ? [] : [tokens];
    case 'turn': {
      const turns = new Map<number, number[]>();
      for (const t of tokens) {
        const turn = sequence.turnOf[t] as number;
        turns.set(turn, [...(turns.get(turn) ?? []), t]);
      }
      return [...turns.values()];
    }
  }
}

/** Log of the geometric mean of a span's ratios (Zheng et al., "Group sequence policy optimization", 2025). */
function meanLogRatio(span: readonly number[], { old }: ScoredTokens, { logprobs }: TokenScores): number {
  const of = (t: number) => (Number.isNaN(old[t]) ? 0 : (logprobs[t] as number) - (old[t] as number));
  return span.reduce((sum, t) => sum + of(t), 0) / span.length;
}

/**
 * A span's loss is Σ of its tokens' terms at one log-ratio ℓ, the mean of theirs. Its slope by the log-prob of token u
 * is Σ ∂/∂ℓ / length + ∂/∂logp of u: the advantage that the linear term takes is that, negated and per unit of weight.
 */
function linearise(
  term: RowTerm,
  { tokenAdvantages, tokenWeights }: ScoredTokens,
  spans: readonly (readonly number[])[],
  logRatios: readonly number[],
  logprobs: ArrayLike<number>,
): { loss: number; advantages: Float64Array } {
  const advantages = new Float64Array(tokenAdvantages.length);
  let loss = 0;
  spans.forEach((span, k) => {
    const parts = span.map((t) => {
      const weighted = (tokenWeights[t] as number) * (tokenAdvantages[t] as number);
      return term.at(
        logRatios[k] as number,
        logprobs[t] as number,
        Math.max(weighted, 0),
        Math.min(weighted, 0),
      );
    });
    const shared = parts.reduce((sum, { byLogRatio }) => sum + byLogRatio, 0) / span.length;
    span.forEach((t, j) => {
      const { value, byLogprob } = parts[j] as (typeof parts)[number];
      loss += value;
      advantages[t] = -(shared + byLogprob) / (tokenWeights[t] as number);
    });
  });
  return { loss, advantages };
}
