import type { RowTerm } from '../../vocabulary/row-loss';
import type { Gradient } from '../register';

export type LossInputs = 'logp' | 'entropy' | 'reference' | 'terms';
export type LossAttributes = {
  readonly term: RowTerm;
  readonly beta: number;
  readonly entropyCoef: number;
};

/** The forward kernel knows the derivatives as a by-product; what is left is the chain rule. */
export const gradient: Gradient<LossInputs, never, 'loss' | 'dlogp' | 'dentropy', LossAttributes> = {
  kind: 'gradient',
  saves: ['dlogp', 'dentropy'],
  of: ({ dy, saved }) => ({
    logp: () => dy.loss.mul(saved('dlogp')),
    entropy: () => dy.loss.mul(saved('dentropy')),
  }),
};
