/**
 * The GRPO loss in float64 on the CPU, twice: over separate sequences, written from the formulas
 * (Shao et al., "DeepSeekMath", 2024; Yu et al., "DAPO", 2025; Liu et al., "Understanding R1-Zero-like training",
 * 2025), and over forest rows. The first is the yardstick for the second, the second for the GPU kernels.
 */
import type { LossRows } from '../engine/types';
import type { LossType } from '../settings/choices';

export interface ReferenceSequence {
  readonly lossMask: ArrayLike<number>;
  readonly tokenAdvantages: ArrayLike<number>;
  /** Log-prob of token t given the tokens before it, nats; entry 0 is unused. */
  readonly logprobs: ArrayLike<number>;
  readonly refLogprobs: ArrayLike<number>;
  /** NaN: the current policy. */
  readonly old: ArrayLike<number>;
  /** Micro-batch the sequence belongs to; decides for `bnpo` only. */
  readonly microBatch: number;
}

export interface ReferenceConfig {
  readonly lossType: LossType;
  readonly epsilonLow: number;
  readonly epsilonHigh: number;
  readonly beta: number;
  /** Tokens, for `dr_grpo`. */
  readonly maxCompletionLength: number;
}

export interface ReferenceLoss {
  readonly loss: number;
  /** Mean k3 over trained tokens, unweighted. */
  readonly kl: number;
  /** Share of trained tokens whose gradient the clip removes. */
  readonly clipFraction: number;
  /** d loss / d logprobs, per sequence and token. */
  readonly gradient: readonly Float64Array[];
}

/** k3 estimator of KL(policy || reference) (Schulman, 2020): exp(ref - logp) - (ref - logp) - 1, at least 0. */
export function k3(logprob: number, refLogprob: number): number {
  const difference = refLogprob - logprob;
  return Math.expm1(difference) - difference;
}

/** exp(logprob - old); 1 when old is NaN. */
export function ratioOf(logprob: number, old: number): number {
  return Number.isNaN(old) ? 1 : Math.exp(logprob - old);
}

/** Loss and gradient of separate sequences, with the mean of each loss type taken literally. */
export function referenceLoss(
  sequences: readonly ReferenceSequence[],
  config: ReferenceConfig,
): ReferenceLoss {
  const trained = sequences.map((s) =>
    Array.from(s.lossMask, (mask, t) => (mask && t > 0 ? t : 0)).filter((t) => t > 0),
  );
  const count = (of: (s: ReferenceSequence, i: number) => boolean) =>
    sequences.reduce((sum, s, i) => sum + (of(s, i) ? (trained[i] as number[]).length : 0), 0);
  const total = count(() => true);
  const sequencesTrained = trained.filter((tokens) => tokens.length > 0).length;
  const microBatches = new Set(
    sequences.filter((_, i) => (trained[i] as number[]).length > 0).map((s) => s.microBatch),
  ).size;

  let loss = 0;
  let kl = 0;
  let clipped = 0;
  const gradient = sequences.map((s) => new Float64Array(s.lossMask.length));
  sequences.forEach((s, i) => {
    const tokens = trained[i] as number[];
    for (const t of tokens) {
      const logprob = s.logprobs[t] as number;
      const refLogprob = s.refLogprobs[t] as number;
      const advantage = s.tokenAdvantages[t] as number;
      const ratio = ratioOf(logprob, s.old[t] as number);
      const plain = ratio * advantage;
      const bounded = Math.min(Math.max(ratio, 1 - config.epsilonLow), 1 + config.epsilonHigh) * advantage;
      const isClipped = bounded < plain;
      let scale: number;
      switch (config.lossType) {
        case 'grpo':
          scale = 1 / tokens.length / sequencesTrained;
          break;
        case 'bnpo':
          scale = 1 / count((other) => other.microBatch === s.microBatch) / microBatches;
          break;
        case 'dapo':
          scale = 1 / total;
          break;
        case 'dr_grpo':
          scale = 1 / (sequencesTrained * config.maxCompletionLength);
          break;
      }
      loss += scale * (-Math.min(plain, bounded) + config.beta * k3(logprob, refLogprob));
      kl += k3(logprob, refLogprob) / total;
      clipped += isClipped ? 1 : 0;
      (gradient[i] as Float64Array)[t] =
        scale * ((isClipped ? 0 : -plain) + config.beta * (1 - Math.exp(refLogprob - logprob)));
    }
  });
  return { loss, kl, clipFraction: total === 0 ? 0 : clipped / total, gradient };
}

/** The same loss from forest rows; `logprobs` and `refLogprobs` per row. The gradient is per row. */
export function rowLoss(
  rows: LossRows,
  logprobs: ArrayLike<number>,
  refLogprobs: ArrayLike<number>,
  config: Pick<ReferenceConfig, 'epsilonLow' | 'epsilonHigh' | 'beta'>,
): { readonly loss: number; readonly policyLoss: number; readonly gradient: Float64Array } {
  const gradient = new Float64Array(rows.count);
  const high = 1 + config.epsilonHigh;
  const low = 1 - config.epsilonLow;
  let policyLoss = 0;
  let klLoss = 0;
  for (let row = 0; row < rows.count; row++) {
    const logprob = logprobs[row] as number;
    const ratio = ratioOf(logprob, rows.old[row] as number);
    const pos = rows.pos[row] as number;
    const neg = rows.neg[row] as number;
    policyLoss -= Math.min(ratio, high) * pos + Math.max(ratio, low) * neg;
    let slope = -((ratio <= high ? pos : 0) + (ratio >= low ? neg : 0)) * ratio;
    if (config.beta !== 0) {
      const scale = config.beta * (rows.weight[row] as number);
      klLoss += scale * k3(logprob, refLogprobs[row] as number);
      slope += scale * (1 - Math.exp((refLogprobs[row] as number) - logprob));
    }
    gradient[row] = slope;
  }
  return { loss: policyLoss + klLoss, policyLoss, gradient };
}
