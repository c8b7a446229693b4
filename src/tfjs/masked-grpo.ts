/**
 * The masked GRPO loss for people who bring their own model: from token sequences with a mask to the rows that are
 * trained, and from hidden states at those rows to one number with gradients.
 */
import * as tf from '@tensorflow/tfjs';
import { clippedTerm } from '../grpo/objectives/clipped';
import { trajectoryWeights } from '../grpo/weights';
import type { SequenceFault } from '../errors/texts/en/op';
import { OpError } from '../kernels/errors';
import { embedding, grpoLoss, lossTerms, vocabularyLogProbs } from '../kernels/ops';
import type { LossType } from '../settings/objective';

/** One sampled sequence: prompt and completion, with tool results in between if there were any. */
export interface MaskedSequence {
  /** Token ids, the prompt's first. */
  readonly ids: ArrayLike<number>;
  /** One number per token: 1 where the policy wrote it and it is trained, else 0. Token 0 never trains. */
  readonly mask: ArrayLike<number>;
  /** How much better than its group: one number for the sequence, or one per token. */
  readonly advantage: number | ArrayLike<number>;
  /** Log-probs under the policy that sampled, nats, one per token; read where the mask is 1. The current policy when not given. */
  readonly old?: ArrayLike<number>;
}

/** What {@link maskedGrpoRows} takes beside the sequences. */
export interface MaskedGrpoRowsOptions {
  /**
   * How tokens are weighed, by TRL's names: `grpo` (default) gives every sequence the same weight, `dapo` and `bnpo`
   * every trained token of the batch, `dr_grpo` divides by `maxCompletionLength` whatever the length.
   */
  readonly lossType?: Exclude<LossType, 'cispo' | 'sapo'>;
  /** Only for `dr_grpo`: most tokens of a completion. */
  readonly maxCompletionLength?: number;
  /**
   * Distance of two sequences' first tokens in the hidden states, in tokens. For padded batches [batch, length], length.
   * When not given, sequences lie one right behind the other.
   */
  readonly stride?: number;
}

/** The trained tokens of a batch as rows of the loss. Owns tensors: dispose it. */
export interface MaskedGrpoRows {
  /** Number of trained tokens. */
  readonly count: number;
  /** int32 [count]: index of the hidden state that predicts the token. */
  readonly predictor: tf.Tensor1D;
  /** int32 [count]: the token. */
  readonly target: tf.Tensor1D;
  /** float32 [count, 4]: old log-prob, weight·max(advantage, 0), weight·min(advantage, 0), weight. */
  readonly terms: tf.Tensor2D;
  /** Frees the tensors. */
  dispose(): void;
}

/**
 * The rows of the loss: one per trained token, and none for prompts, tool results and padding, which therefore cost
 * nothing in the vocabulary projection.
 * @throws OpError for arrays of unequal length, values that are not finite, or `dr_grpo` without a length
 */
export function maskedGrpoRows(
  sequences: readonly MaskedSequence[],
  options: MaskedGrpoRowsOptions = {},
): MaskedGrpoRows {
  const { lossType = 'grpo', maxCompletionLength = 0 } = options;
  if (lossType === 'dr_grpo' && !(maxCompletionLength > 0)) {
    throw OpError.of('op/length-to-divide-by', { found: maxCompletionLength });
  }
  sequences.forEach((sequence, index) => checkSequence(sequence, index, options.stride ?? Infinity));
  const weights = trajectoryWeights(
    sequences.map(({ mask }) => ({ lossMask: mask, microBatch: 0 })),
    lossType,
    maxCompletionLength,
  );
  const predictor: number[] = [];
  const target: number[] = [];
  const terms = { old: [] as number[], pos: [] as number[], neg: [] as number[], weight: [] as number[] };
  let first = 0;
  sequences.forEach(({ ids, mask, advantage, old }, s) => {
    const weight = weights[s] as number;
    for (let t = 1; t < ids.length; t++) {
      if (!mask[t]) continue;
      const value = typeof advantage === 'number' ? advantage : (advantage[t] as number);
      predictor.push(first + t - 1);
      target.push(ids[t] as number);
      terms.old.push(old === undefined ? NaN : (old[t] as number));
      terms.pos.push(weight * Math.max(value, 0));
      terms.neg.push(weight * Math.min(value, 0));
      terms.weight.push(weight);
    }
    first += options.stride ?? ids.length;
  });
  const tensors = {
    predictor: tf.tensor1d(Int32Array.from(predictor), 'int32'),
    target: tf.tensor1d(Int32Array.from(target), 'int32'),
    terms: lossTerms(terms),
  };
  return { count: predictor.length, ...tensors, dispose: () => tf.dispose(tensors) };
}

/** What {@link maskedGrpoLoss} computes with; everything may be left out. */
export interface MaskedGrpoConfig {
  /** The ratio counts down to 1 − this where the advantage is below zero. 0.2 when not given. */
  readonly epsilonLow?: number;
  /** The ratio counts up to 1 + this where the advantage is above zero. 0.2 when not given. */
  readonly epsilonHigh?: number;
  /** Weight of the k3 KL term against the reference; 0 when not given. */
  readonly beta?: number;
  /** Weight of the entropy bonus; 0 when not given. */
  readonly entropyCoef?: number;
  /** Of the policy that sampled; logits are divided by it. 1 when not given. */
  readonly temperature?: number;
}

/** The tensors of {@link maskedGrpoLoss}. */
export interface MaskedGrpoInputs {
  /** Last hidden states, [tokens, width], after the final norm. */
  readonly hidden: tf.Tensor;
  /** The vocabulary projection, [vocabulary, width]. */
  readonly head: tf.Tensor;
  /** Log-probs of the rows under the reference policy, [count], nats; needed when `beta` is above zero. */
  readonly reference?: tf.Tensor;
}

/**
 * GRPO's clipped surrogate (Shao et al. 2024, DeepSeekMath, eq. 3; TRL's `loss_type`s), summed over the trained tokens:
 * −Σ w·min(r·A, clip(r, 1−epsilonLow, 1+epsilonHigh)·A) + beta·Σ w·k3 − entropyCoef·Σ w·entropy, with r the ratio of
 * new to old probability and w from {@link maskedGrpoRows}. Differentiable in `hidden` and `head`, without ever holding
 * tokens × vocabulary. epsilonLow and epsilonHigh are 0.2 when not given, beta and entropyCoef 0.
 * @returns a scalar to minimise; 0 when no token is trained
 * @throws OpError when shapes do not fit, or `beta` is above zero without `reference`
 */
export function maskedGrpoLoss(
  { hidden, head, reference }: MaskedGrpoInputs,
  rows: MaskedGrpoRows,
  config: MaskedGrpoConfig = {},
): tf.Scalar {
  const { temperature = 1, epsilonLow = 0.2, epsilonHigh = 0.2, beta = 0, entropyCoef = 0 } = config;
  if (beta > 0 && reference === undefined) {
    throw OpError.of('op/no-reference', { beta });
  }
  return tf.tidy(() => {
    const predictors = embedding(rows.predictor, hidden);
    const { logp, entropy } = vocabularyLogProbs(predictors, head, rows.target, temperature);
    const args = { logp, entropy, reference: reference ?? tf.zeros([rows.count]), terms: rows.terms };
    const term = clippedTerm({ epsilonLow, epsilonHigh, delta: 0 });
    return grpoLoss(args, { term, beta, entropyCoef }).sum().asScalar();
  });
}

/** @throws OpError */
function checkSequence({ ids, mask, advantage, old }: MaskedSequence, index: number, stride: number): void {
  const fail = (fault: SequenceFault): never => {
    throw OpError.of('op/sequence', { sequence: index, fault });
  };
  if (ids.length > stride) fail({ tokens: ids.length, stride });
  const parts = { mask, advantage: typeof advantage === 'number' ? undefined : advantage, old };
  for (const [name, values] of Object.entries(parts)) {
    if (values !== undefined && values.length !== ids.length)
      fail({ tokens: ids.length, name, numbers: values.length });
  }
  for (let t = 1; t < ids.length; t++) {
    if (!mask[t]) continue;
    const value = typeof advantage === 'number' ? advantage : advantage[t];
    if (!Number.isFinite(value)) fail({ token: t, advantage: String(value) });
    if (old !== undefined && Number.isNaN(old[t])) fail({ token: t, lacks: 'old' });
  }
}
