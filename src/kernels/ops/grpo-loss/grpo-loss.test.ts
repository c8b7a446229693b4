import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { grpoLoss, lossTerms, type LossTerms } from './index';
import {
  differences,
  DIFFERENCES,
  expectClose,
  expectSameFunction,
  normals,
  normalTensor,
} from '../../../../tests/support/ops';
import { clipAt } from '../../../../tests/support/loss-term';
import * as cpu from './cpu';

beforeAll(() => tf.setBackend('cpu'));

const CONFIG = { term: clipAt(0.2, 0.28), beta: 0.04, entropyCoef: 0.02 };

/** Ratios below, inside and above the clip range for both signs, and a row that counts for nothing. */
const LOGP = [-1, -1, -1, -1, -1, -1, -1];
const TERMS: LossTerms = {
  old: [-0.5, -1.5, -1.05, -0.5, -1.5, -1.05, -1.5],
  pos: [0.4, 0.4, 0.4, 0, 0, 0, 0],
  neg: [0, 0, 0, -0.6, -0.6, -0.6, 0],
  weight: [0.1, 0.2, 0.3, 0.1, 0.2, 0.3, 0],
};

function lossOf(terms: LossTerms, config = CONFIG, reference: tf.Tensor = tf.fill([terms.old.length], -1.3)) {
  return (logp: tf.Tensor, entropy: tf.Tensor) =>
    grpoLoss({ logp, entropy, reference, terms: lossTerms(terms) }, config);
}

test('equals stock ops: TRL’s clipped surrogate, k3 and entropy', () => {
  const stock = (logp: tf.Tensor, entropy: tf.Tensor) => {
    const ratio = logp.sub(tf.tensor1d([...(TERMS.old as number[])])).exp();
    const clipped = tf.clipByValue(ratio, 0.8, 1.28);
    const advantage = tf.tensor1d(TERMS.pos as number[]).add(TERMS.neg as number[]);
    const surrogate = tf.minimum(ratio.mul(advantage), clipped.mul(advantage));
    const gap = tf.scalar(-1.3).sub(logp);
    const weight = tf.tensor1d(TERMS.weight as number[]);
    const k3 = gap.exp().sub(gap).sub(1);
    return weight.mul(k3.mul(0.04).sub(entropy.mul(0.02))).sub(surrogate);
  };
  expectSameFunction(lossOf(TERMS), stock, [tf.tensor1d(LOGP), tf.tensor1d([1, 2, 3, 4, 5, 6, 7])]);
});

test('derivatives of the reference', () => {
  const rows = 7;
  const [logp, entropy, reference] = [
    normals('logp', rows),
    normals('entropy', rows),
    normals('reference', rows),
  ];
  const terms = normals('terms', 4 * rows).map((value, i) => (i % 4 === 0 ? -Math.abs(value) : value));
  const value = (l: Float64Array, e: Float64Array) =>
    cpu.grpoLoss({ logp: l, entropy: e, reference, terms }, CONFIG).loss.reduce((a, b) => a + b, 0);
  const found = cpu.grpoLoss({ logp, entropy, reference, terms }, CONFIG);
  expectClose(
    found.dlogp,
    differences((x) => value(x, entropy), logp),
    DIFFERENCES,
  );
  expectClose(
    found.dentropy,
    differences((x) => value(logp, x), entropy),
    DIFFERENCES,
  );
});

test('no gradient where the policy has moved far enough in the wanted direction', () => {
  const loss = lossOf(TERMS, { ...CONFIG, beta: 0, entropyCoef: 0 });
  const found = tf
    .grad((x: tf.Tensor) => loss(x, tf.zeros([7])))(tf.tensor1d(LOGP))
    .dataSync();
  // Wanted up: too far only above. Wanted down: too far only below.
  expect([...found].map((d) => Math.abs(d) > 0)).toEqual([true, false, true, false, true, true, false]);
});

test('NaN in old means the current policy: ratio 1 with its gradient', () => {
  const terms = { old: [NaN, -1], pos: [0.5, 0.5], neg: [0, 0], weight: [1, 1] };
  const config = { ...CONFIG, beta: 0, entropyCoef: 0 };
  const logp = tf.tensor1d([-2.5, -1]);
  expect([...lossOf(terms, config)(logp, tf.zeros([2])).dataSync()]).toEqual([-0.5, -0.5]);
  const found = tf.grad((x: tf.Tensor) => lossOf(terms, config)(x, tf.zeros([2])))(logp);
  expect([...found.dataSync()]).toEqual([-0.5, -0.5]);
});

test('rows without weight cost nothing, and the reference is not looked at without KL', () => {
  const terms = { old: [-1], pos: [0], neg: [0], weight: [0] };
  const found = lossOf(terms)(tf.tensor1d([-3]), tf.tensor1d([9]));
  expect(Math.abs(found.dataSync()[0] as number)).toBe(0);
  const counted = { ...terms, pos: [1] };
  const unread = lossOf(counted, { ...CONFIG, beta: 0 }, tf.tensor1d([NaN]));
  expect(Number.isFinite(unread(tf.tensor1d([-1]), tf.tensor1d([1])).dataSync()[0])).toBe(true);
});

test('wrong arguments', () => {
  expect(() => lossTerms({ ...TERMS, neg: [0] })).toThrow('must have one length, got 7, 7, 1 and 7');
  expect(() => lossOf(TERMS)(normalTensor('logp', [6]), normalTensor('entropy', [6]))).toThrow(
    'grpoLoss: reference must be a float32 tensor of shape [rows = 6], got float32 [7].',
  );
  expect(() => lossOf(TERMS, { ...CONFIG, beta: -1 })(tf.tensor1d(LOGP), tf.tensor1d(LOGP))).toThrow(
    'beta must be a number from 0 to 1000000, got -1',
  );
});
