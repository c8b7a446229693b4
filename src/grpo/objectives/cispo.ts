import { boundedExp } from './bounded-exp';
import type { Objective } from './types';

/**
 * −sg(min(r, ε))·A·log p: REINFORCE with a capped weight that is not differentiated, so every token learns (MiniMax,
 * "MiniMax-M1", 2025; the cap as in Khatri et al., "The art of scaling RL compute", 2025). `epsilonHigh` is ε itself.
 */
export const cispo: Objective = {
  reads: ['epsilonHigh'],
  tokenWeight: ({ tokens }) => 1 / tokens,
  term: ({ epsilonHigh }) => ({
    name: 'cispo',
    uniforms: { cap: epsilonHigh },
    wgsl: `d = -min(ratio, p.cap) * (pos + neg);
  value = d * lp;`,
    at: (logRatio, logprob, pos, neg) => {
      const byLogprob = -Math.min(boundedExp(logRatio), epsilonHigh) * (pos + neg);
      return { value: byLogprob * logprob, byLogRatio: 0, byLogprob };
    },
  }),
  clips:
    ({ epsilonHigh }) =>
    (logRatio, advantage) =>
      advantage !== 0 && boundedExp(logRatio) > epsilonHigh,
};
