import type { VocabularyShape } from '../../vocabulary/vocabulary';
import type { Numbers } from '../register';

const at = (values: Numbers, index: number) => values[index] as number;

/** logits of a row at the temperature */
function logits(hidden: Numbers, head: Numbers, row: number, shape: VocabularyShape): Float64Array {
  const { width, vocabulary, temperature } = shape;
  return Float64Array.from({ length: vocabulary }, (_, v) => {
    let sum = 0;
    for (let c = 0; c < width; c++) sum += at(hidden, row * width + c) * at(head, v * width + c);
    return sum / temperature;
  });
}

export function logProbs(
  args: { hidden: Numbers; head: Numbers; target: Numbers },
  shape: VocabularyShape,
): { logp: Float64Array; entropy: Float64Array; lse: Float64Array } {
  const { rows } = shape;
  const [logp, entropy, lse] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)];
  for (let row = 0; row < rows; row++) {
    const z = logits(args.hidden, args.head, row, shape);
    const top = z.reduce((a, b) => Math.max(a, b), -Infinity);
    const l = top + Math.log(z.reduce((sum, value) => sum + Math.exp(value - top), 0));
    lse[row] = l;
    logp[row] = at(z, at(args.target, row)) - l;
    entropy[row] = z.reduce((sum, value) => sum + Math.exp(value - l) * (l - value), 0);
  }
  return { logp, entropy, lse };
}

/** d logp/dz = 1[target] − p, d entropy/dz = −p·(log p + entropy); dhidden = dz·head/T, dhead = dzᵀ·hidden/T. */
export function logProbsGradient(
  args: { hidden: Numbers; head: Numbers; target: Numbers; dlogp: Numbers; dentropy: Numbers },
  shape: VocabularyShape,
): { dhidden: Float64Array; dhead: Float64Array } {
  const { hidden, head, target } = args;
  const { rows, width, vocabulary, temperature } = shape;
  const { lse, entropy } = logProbs(args, shape);
  const dhidden = new Float64Array(rows * width);
  const dhead = new Float64Array(vocabulary * width);
  for (let row = 0; row < rows; row++) {
    const z = logits(hidden, head, row, shape);
    for (let v = 0; v < vocabulary; v++) {
      const lp = at(z, v) - at(lse, row);
      const p = Math.exp(lp);
      const hit = v === at(target, row) ? 1 : 0;
      const dz = at(args.dlogp, row) * (hit - p) - at(args.dentropy, row) * p * (lp + at(entropy, row));
      for (let c = 0; c < width; c++) {
        const h = row * width + c;
        const w = v * width + c;
        dhidden[h] = at(dhidden, h) + (dz / temperature) * at(head, w);
        dhead[w] = at(dhead, w) + (dz / temperature) * at(hidden, h);
      }
    }
  }
  return { dhidden, dhead };
}
