import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { vocabularyLogProbs } from './index';
import { clipAt } from '../../../../tests/support/loss-term';
import { grpoLoss, lossTerms } from '../grpo-loss';
import {
  differences,
  DIFFERENCES,
  expectClose,
  expectSameFunction,
  inner,
  int32,
  normals,
  normalTensor,
  tensor,
} from '../../../../tests/support/ops';
import * as cpu from './cpu';

beforeAll(() => tf.setBackend('cpu'));

const TARGET = [0, 6, 3, 3];

/** log p(target) and entropy by stock ops. */
function stock(hidden: tf.Tensor, head: tf.Tensor, temperature: number) {
  const logits = tf.matMul(hidden as tf.Tensor2D, head as tf.Tensor2D, false, true).div(temperature);
  const all = tf.logSoftmax(logits as tf.Tensor2D);
  return {
    logp: all.mul(tf.oneHot(int32(TARGET), head.shape[0] as number)).sum(1),
    entropy: all.exp().mul(all).sum(1).neg(),
  };
}

describe.each([1, 0.7])('equals stock ops at temperature %f', (temperature) => {
  const inputs: [tf.Tensor, tf.Tensor] = [normalTensor('hidden', [4, 5]), normalTensor('head', [7, 5])];

  test.each(['logp', 'entropy'] as const)('%s', (output) => {
    expectSameFunction(
      (hidden, head) => vocabularyLogProbs(hidden, head, int32(TARGET), temperature)[output],
      (hidden, head) => stock(hidden, head, temperature)[output],
      inputs,
    );
  });
});

test('gradient of the reference', () => {
  const shape = { rows: 2, width: 3, vocabulary: 4, temperature: 0.9 };
  const [hidden, head, dlogp, dentropy] = [
    normals('hidden', 6),
    normals('head', 12),
    normals('dlogp', 2),
    normals('dentropy', 2),
  ];
  const target = [1, 3];
  const value = (h: Float64Array, w: Float64Array) => {
    const { logp, entropy } = cpu.logProbs({ hidden: h, head: w, target }, shape);
    return inner(logp, dlogp) + inner(entropy, dentropy);
  };
  const found = cpu.logProbsGradient({ hidden, head, target, dlogp, dentropy }, shape);
  expectClose(
    found.dhidden,
    differences((x) => value(x, head), hidden),
    DIFFERENCES,
  );
  expectClose(
    found.dhead,
    differences((x) => value(hidden, x), head),
    DIFFERENCES,
  );
});

test('with the GRPO loss behind it: stock ops of the whole chain', () => {
  const terms = {
    old: [-2, NaN, -1.5, -3],
    pos: [0.5, 0, 0, 0.2],
    neg: [0, -0.3, 0, -0.1],
    weight: [0.1, 0.2, 0, 0.3],
  };
  const config = { term: clipAt(0.2, 0.3), beta: 0.05, entropyCoef: 0.01 };
  const reference = tf.tensor1d([-1.8, -2.2, -2, -2.5]);
  const own = (hidden: tf.Tensor, head: tf.Tensor) => {
    const { logp, entropy } = vocabularyLogProbs(hidden, head, int32(TARGET));
    return grpoLoss({ logp, entropy, reference, terms: lossTerms(terms) }, config);
  };
  const composed = (hidden: tf.Tensor, head: tf.Tensor) => {
    const { logp, entropy } = stock(hidden, head, 1);
    const fixed = tf.tensor1d(logp.dataSync());
    const old = tf.where(tf.isNaN(tf.tensor1d(terms.old)), fixed, tf.tensor1d(terms.old.map((x) => x || 0)));
    const ratio = logp.sub(old).exp();
    const surrogate = ratio.minimum(1.3).mul(terms.pos).add(ratio.maximum(0.8).mul(terms.neg));
    const gap = reference.sub(logp);
    const k3 = gap.exp().sub(gap).sub(1).mul(terms.weight).mul(0.05);
    return k3.sub(surrogate).sub(entropy.mul(terms.weight).mul(0.01));
  };
  expectSameFunction(own, composed, [normalTensor('hidden', [4, 5]), normalTensor('head', [7, 5])]);
});

test('logits far apart do not overflow; the last token counts', () => {
  const hidden = tensor([1000, -1000], [2, 1]);
  const head = tensor([1, -1, 0], [3, 1]);
  const { logp, entropy } = vocabularyLogProbs(hidden, head, int32([0, 2]));
  expect([...logp.dataSync()]).toEqual([0, -1000]);
  expect([...entropy.dataSync()]).toEqual([0, 0]);
});

test('NaN stays in its row', () => {
  const { logp } = vocabularyLogProbs(tensor([NaN, 1], [2, 1]), tensor([1, 2], [2, 1]), int32([0, 0]));
  expect([...logp.dataSync()].map(Number.isNaN)).toEqual([true, false]);
});

test('no rows', () => {
  const { logp } = vocabularyLogProbs(tf.zeros([0, 3]), normalTensor('head', [4, 3]), int32([]));
  expect(logp.shape).toEqual([0]);
});

test('wrong arguments', () => {
  const [hidden, head] = [normalTensor('hidden', [2, 3]), normalTensor('head', [4, 3])];
  expect(() => vocabularyLogProbs(hidden, head, int32([1, 2, 3]))).toThrow(
    'vocabularyLogProbs: target must be a int32 tensor of shape [rows = 2], got int32 [3].',
  );
  expect(() => vocabularyLogProbs(hidden, head, int32([1, 2]), 0)).toThrow(
    'temperature must be a number from',
  );
});
