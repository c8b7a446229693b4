import type * as tf from '@tensorflow/tfjs';
import { checkNumbers, checkTensors } from '../arguments';
import { defineOp } from '../register';
import * as cpu from './cpu';
import {
  gradient,
  type LogProbsAttributes,
  type LogProbsInputs,
  type LogProbsOutputs,
  shapeOf,
} from './gradient';
import * as webgpu from './webgpu';

const run = defineOp<LogProbsInputs, never, LogProbsOutputs, LogProbsAttributes>(
  {
    name: 'VocabularyLogProbs',
    outputs: ['logp', 'entropy', 'lse'],
    specs: ({ target }) => ({
      logp: { shape: target, dtype: 'float32' },
      entropy: { shape: target, dtype: 'float32' },
      lse: { shape: target, dtype: 'float32' },
    }),
    cpu: (inputs, shapes, attrs) => cpu.logProbs(inputs, shapeOf(shapes, attrs)),
    webgpu: (gpu, inputs, outputs, shapes, attrs) =>
      webgpu.logProbs(gpu, { ...inputs, ...outputs }, shapeOf(shapes, attrs)),
  },
  gradient,
);

/**
 * Vocabulary projection and log-softmax of one token per row, without ever holding rows × vocabulary: log p(target) and
 * the entropy of the distribution, nats, [rows] each. Differentiable in `hidden` and `head`, through both results.
 * @param hidden [rows, width]
 * @param head [vocabulary, width]
 * @param target int32 [rows], each below vocabulary, which is not checked
 * @param temperature above zero; logits are divided by it
 * @throws OpError
 */
export function vocabularyLogProbs(
  hidden: tf.Tensor,
  head: tf.Tensor,
  target: tf.Tensor,
  temperature = 1,
): { logp: tf.Tensor1D; entropy: tf.Tensor1D } {
  checkTensors('vocabularyLogProbs', {
    hidden: [hidden, 'float32', ['rows', 'width']],
    head: [head, 'float32', ['vocabulary', 'width']],
    target: [target, 'int32', ['rows']],
  });
  checkNumbers('vocabularyLogProbs', { temperature: [temperature, 1e-6, 1e6] });
  const { logp, entropy, lse } = run({ hidden, head, target }, { temperature });
  lse.dispose();
  return { logp: logp as tf.Tensor1D, entropy: entropy as tf.Tensor1D };
}
