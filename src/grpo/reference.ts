/** The loss of forest rows in float64 on the CPU: for metrics, and as the yardstick of the GPU kernels. */
import type { LossRows, RowTerm } from '../engine/types';
import { boundedExp, boundedExpSlope, MAX_EXPONENT } from './objectives/bounded-exp';

/**
 * k3 estimator of KL(policy || reference) (Schulman, 2020): exp(ref - logp) - (ref - logp) - 1, at least 0. Its
 * exponential is bounded (`objectives/bounded-exp.ts`).
 */
export function k3(logprob: number, refLogprob: number): number {
  const difference = refLogprob - logprob;
  return (difference <= MAX_EXPONENT ? Math.expm1(difference) : boundedExp(difference) - 1) - difference;
}

export interface RowLoss {
  readonly loss: number;
  /** Without KL. */
  readonly policyLoss: number;
  /** By the log-prob of every row. */
  readonly gradient: Float64Array;
}

/** @param logprobs and `refLogprobs` per row, nats */
export function rowLoss(
  rows: Pick<LossRows, 'count' | 'old' | 'pos' | 'neg' | 'weight'>,
  logprobs: ArrayLike<number>,
  refLogprobs: ArrayLike<number>,
  { term, beta }: { readonly term: RowTerm; readonly beta: number },
): RowLoss {
  const gradient = new Float64Array(rows.count);
  let policyLoss = 0;
  let klLoss = 0;
  for (let row = 0; row < rows.count; row++) {
    const logprob = logprobs[row] as number;
    const old = rows.old[row] as number;
    const found = term.at(
      Number.isNaN(old) ? 0 : logprob - old,
      logprob,
      rows.pos[row] as number,
      rows.neg[row] as number,
    );
    policyLoss += found.value;
    let slope = found.byLogRatio + found.byLogprob;
    if (beta !== 0) {
      const scale = beta * (rows.weight[row] as number);
      klLoss += scale * k3(logprob, refLogprobs[row] as number);
      slope += scale * (1 - boundedExpSlope((refLogprobs[row] as number) - logprob));
    }
    gradient[row] = slope;
  }
  return { loss: policyLoss + klLoss, policyLoss, gradient };
}
