import { MAX_EXPONENT, OLD_IS_CURRENT, type RowLossConfig } from '../../vocabulary/row-loss';
import type { Numbers } from '../register';

const at = (values: Numbers, index: number) => values[index] as number;

/**
 * Per row, with gap = reference − logp: loss = term + β·weight·(exp(gap) − gap − 1) − entropyCoef·weight·entropy, and
 * its derivatives by logp and entropy. `terms` is [rows, 4]: old, pos, neg, weight.
 */
export function grpoLoss(
  args: { logp: Numbers; reference: Numbers; terms: Numbers; entropy: Numbers },
  { term, beta, entropyCoef }: RowLossConfig,
): { loss: Float64Array; dlogp: Float64Array; dentropy: Float64Array } {
  const rows = args.logp.length;
  const [loss, dlogp, dentropy] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)];
  for (let i = 0; i < rows; i++) {
    const lp = at(args.logp, i);
    const given = at(args.terms, 4 * i);
    const [pos, neg, weight] = [1, 2, 3].map((k) => at(args.terms, 4 * i + k)) as [number, number, number];
    const found = term.at(lp - (given >= OLD_IS_CURRENT ? lp : given), lp, pos, neg);
    let value = found.value;
    let d = found.byLogRatio + found.byLogprob;
    if (beta > 0) {
      const gap = at(args.reference, i) - lp;
      const bounded = Math.min(gap, MAX_EXPONENT);
      const e = Math.exp(bounded);
      value += beta * weight * (e * (1 + gap - bounded) - gap - 1);
      d += beta * weight * (1 - e);
    }
    loss[i] = value - entropyCoef * weight * at(args.entropy, i);
    dlogp[i] = d;
    dentropy[i] = -entropyCoef * weight;
  }
  return { loss, dlogp, dentropy };
}
