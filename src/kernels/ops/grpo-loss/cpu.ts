import { type LossUniforms, OLD_IS_CURRENT } from '../../vocabulary/vocabulary';
import type { Numbers } from '../register';

const at = (values: Numbers, index: number) => values[index] as number;

/**
 * Per row, with r = exp(logp − old) and gap = reference − logp:
 * loss = −[min(r, 1+εhigh)·pos + max(r, 1−εlow)·neg] + β·weight·(exp(gap) − gap − 1) − entropyCoef·weight·entropy,
 * and its derivatives by logp and entropy. `terms` is [rows, 4]: old, pos, neg, weight.
 */
export function grpoLoss(
  args: { logp: Numbers; reference: Numbers; terms: Numbers; entropy: Numbers },
  { epsilonLow, epsilonHigh, beta, entropyCoef }: LossUniforms,
): { loss: Float64Array; dlogp: Float64Array; dentropy: Float64Array } {
  const rows = args.logp.length;
  const [loss, dlogp, dentropy] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)];
  for (let i = 0; i < rows; i++) {
    const lp = at(args.logp, i);
    const given = at(args.terms, 4 * i);
    const [pos, neg, weight] = [1, 2, 3].map((k) => at(args.terms, 4 * i + k)) as [number, number, number];
    const ratio = Math.exp(lp - (given >= OLD_IS_CURRENT ? lp : given));
    let value = -(Math.min(ratio, 1 + epsilonHigh) * pos + Math.max(ratio, 1 - epsilonLow) * neg);
    let d = 0;
    if (ratio <= 1 + epsilonHigh) d -= ratio * pos;
    if (ratio >= 1 - epsilonLow) d -= ratio * neg;
    if (beta > 0) {
      const gap = at(args.reference, i) - lp;
      value += beta * weight * (Math.exp(gap) - gap - 1);
      d += beta * weight * (1 - Math.exp(gap));
    }
    loss[i] = value - entropyCoef * weight * at(args.entropy, i);
    dlogp[i] = d;
    dentropy[i] = -entropyCoef * weight;
  }
  return { loss, dlogp, dentropy };
}
