import { boundedExp, boundedExpSlope } from './bounded-exp';
import type { Objective } from './types';

/** 4/τ·σ(τ(r − 1)): slope 1 at r = 1, falling off on both sides. With its derivative by the ratio. */
function softGate(ratio: number, temperature: number): { value: number; slope: number } {
  const gate = 1 / (1 + Math.exp(-temperature * (ratio - 1)));
  return { value: (4 / temperature) * gate, slope: 4 * gate * (1 - gate) };
}

/** −A·4/τ·σ(τ(r − 1)), τ by the sign of A: fades where others clip (Gao et al., "Soft adaptive policy optimization", 2025). */
export const sapo: Objective = {
  reads: ['sapoTemperaturePos', 'sapoTemperatureNeg'],
  tokenWeight: ({ sequences, ofSequence }) => 1 / (sequences * ofSequence),
  term: ({ sapoTemperaturePos, sapoTemperatureNeg }) => ({
    name: 'sapo',
    uniforms: { tauPos: sapoTemperaturePos, tauNeg: sapoTemperatureNeg },
    wgsl: `let up = 1.0 / (1.0 + exp(-p.tauPos * (ratio - 1.0)));
  let down = 1.0 / (1.0 + exp(-p.tauNeg * (ratio - 1.0)));
  value = -4.0 * (up / p.tauPos * pos + down / p.tauNeg * neg);
  d = -4.0 * ratioSlope * (up * (1.0 - up) * pos + down * (1.0 - down) * neg);`,
    at: (logRatio, _, pos, neg) => {
      const ratio = boundedExp(logRatio);
      const [up, down] = [softGate(ratio, sapoTemperaturePos), softGate(ratio, sapoTemperatureNeg)];
      return {
        value: -(up.value * pos + down.value * neg),
        byLogRatio: -boundedExpSlope(logRatio) * (up.slope * pos + down.slope * neg),
        byLogprob: 0,
      };
    },
  }),
  clips: () => () => false,
};
