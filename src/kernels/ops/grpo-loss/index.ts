import * as tf from '@tensorflow/tfjs';
import { OpError } from '../../errors';
import { OLD_IS_CURRENT } from '../../vocabulary/row-loss';
import { checkNumbers, checkTensors } from '../arguments';
import { defineOp } from '../register';
import * as cpu from './cpu';
import { gradient, type LossAttributes, type LossInputs } from './gradient';
import * as webgpu from './webgpu';

const run = defineOp<LossInputs, never, 'loss' | 'dlogp' | 'dentropy', LossAttributes>(
  {
    name: 'GrpoLoss',
    outputs: ['loss', 'dlogp', 'dentropy'],
    specs: ({ logp }) => ({
      loss: { shape: logp, dtype: 'float32' },
      dlogp: { shape: logp, dtype: 'float32' },
      dentropy: { shape: logp, dtype: 'float32' },
    }),
    cpu: (inputs, _, attrs) => cpu.grpoLoss(inputs, attrs),
    webgpu: (gpu, inputs, outputs, _, attrs) => webgpu.grpoLoss(gpu, { ...inputs, ...outputs }, attrs),
  },
  gradient,
);

/** Weights of the loss terms per row, on the CPU; all of one length. */
export interface LossTerms {
  /** Log-prob under the policy that sampled, nats; NaN for "the current policy": ratio 1, gradient kept. */
  readonly old: ArrayLike<number>;
  /** Weight times advantage where that is above zero, else 0. */
  readonly pos: ArrayLike<number>;
  /** Weight times advantage where that is below zero, else 0. */
  readonly neg: ArrayLike<number>;
  /** Weight of the KL and entropy terms. */
  readonly weight: ArrayLike<number>;
}

/** The rows' terms as a tensor [rows, 4], for {@link grpoLoss}. @throws OpError when lengths differ */
export function lossTerms({ old, pos, neg, weight }: LossTerms): tf.Tensor2D {
  const rows = old.length;
  if (pos.length !== rows || neg.length !== rows || weight.length !== rows) {
    throw OpError.of('op/loss-terms', { old: rows, pos: pos.length, neg: neg.length, weight: weight.length });
  }
  const data = new Float32Array(4 * rows);
  for (let i = 0; i < rows; i++) {
    const before = old[i] as number;
    // WGSL may assume that NaN does not occur.
    const first = Number.isNaN(before) ? OLD_IS_CURRENT : before;
    data.set([first, pos[i] as number, neg[i] as number, weight[i] as number], 4 * i);
  }
  return tf.tensor2d(data, [rows, 4]);
}

/** The tensors of {@link grpoLoss}; one number per row but for `terms`. */
export interface GrpoLossInputs {
  /** Log-prob of the row's token under the current policy, nats, [rows]. */
  readonly logp: tf.Tensor;
  /** Entropy of the distribution that it was drawn from, nats, [rows]. */
  readonly entropy: tf.Tensor;
  /** Log-probs under the reference policy, nats, [rows]; looked at when beta is above zero. */
  readonly reference: tf.Tensor;
  /** From {@link lossTerms}, [rows, 4]. */
  readonly terms: tf.Tensor;
}

/**
 * An objective's term with k3 KL and entropy bonus, one number per row [rows]; `LossRows` in engine/types says what
 * pos, neg and weight are, `config.term` what is made of them. Differentiable in `logp` and `entropy`.
 * @throws OpError
 */
export function grpoLoss(args: GrpoLossInputs, config: LossAttributes): tf.Tensor1D {
  const { logp, entropy, reference, terms } = args;
  checkTensors('grpoLoss', {
    logp: [logp, 'float32', ['rows']],
    entropy: [entropy, 'float32', ['rows']],
    reference: [reference, 'float32', ['rows']],
    terms: [terms, 'float32', ['rows', 4]],
  });
  const { term, beta, entropyCoef } = config;
  checkNumbers('grpoLoss', {
    beta: [beta, 0, 1e6],
    entropyCoef: [entropyCoef, -1e6, 1e6],
  });
  const { loss, dlogp, dentropy } = run({ logp, entropy, reference, terms }, { term, beta, entropyCoef });
  dlogp.dispose();
  dentropy.dispose();
  return loss as tf.Tensor1D;
}
