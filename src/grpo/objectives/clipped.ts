/** The clipped surrogate of PPO (Schulman et al., 2017) as GRPO, DAPO and Dr. GRPO have it, with DAPO's two bounds. */
import type { RowTerm } from '../../engine/types';
import { boundedExp, boundedExpSlope } from './bounded-exp';
import type { Objective, ObjectiveSettings } from './types';

/** Stands for "no such bound": above every ratio. */
const NO_BOUND = 3e38;

export type ClipSettings = Pick<ObjectiveSettings, 'epsilonLow' | 'epsilonHigh' | 'delta'>;

/**
 * −min(rA, clip(r, 1−εlow, 1+εhigh)A), and for A < 0 with r at most `delta` first (two-sided clipping, Prime
 * Intellect, "INTELLECT-2", 2025). By the sign of A that is −A·min(r, 1+εhigh) or −A·max(min(r, delta), 1−εlow): linear in the sums
 * of positive and of negative advantages.
 */
export function clippedTerm({ epsilonLow, epsilonHigh, delta }: ClipSettings): RowTerm {
  const [low, high, most] = [1 - epsilonLow, 1 + epsilonHigh, delta || NO_BOUND];
  return {
    name: 'clipped',
    uniforms: { low: epsilonLow, high: epsilonHigh, most },
    wgsl: `value = -(min(ratio, 1.0 + p.high) * pos + max(min(ratio, p.most), 1.0 - p.low) * neg);
  if (ratio <= 1.0 + p.high) { d -= ratioSlope * pos; }
  if (ratio >= 1.0 - p.low && ratio <= p.most) { d -= ratioSlope * neg; }`,
    at: (logRatio, _, pos, neg) => {
      const ratio = boundedExp(logRatio);
      const moves = (ratio <= high ? pos : 0) + (ratio >= low && ratio <= most ? neg : 0);
      return {
        value: -(Math.min(ratio, high) * pos + Math.max(Math.min(ratio, most), low) * neg),
        byLogRatio: -moves * boundedExpSlope(logRatio),
        byLogprob: 0,
      };
    },
  };
}

/** What the four objectives share; they differ in the weight of a token. */
export const clippedSurrogate = {
  reads: ['epsilonLow', 'epsilonHigh', 'delta'],
  term: clippedTerm,
  clips: ({ epsilonLow, epsilonHigh, delta }) => {
    const most = delta || NO_BOUND;
    return (logRatio, advantage) => {
      const ratio = boundedExp(logRatio);
      if (advantage > 0) return ratio > 1 + epsilonHigh;
      return advantage < 0 && (ratio < 1 - epsilonLow || ratio > most);
    };
  },
} as const satisfies Omit<Objective, 'tokenWeight'>;
