import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { rmsNorm } from './index';
import {
  differences,
  DIFFERENCES,
  expectClose,
  expectSameFunction,
  inner,
  normals,
  normalTensor,
  tensor,
} from '../../../../tests/support/ops';
import * as cpu from './cpu';

beforeAll(() => tf.setBackend('cpu'));

const stock = (x: tf.Tensor, weight: tf.Tensor) =>
  x.div(x.square().mean(-1, true).add(1e-5).sqrt()).mul(weight);

test.each([
  [1, 1],
  [3, 7],
  [5, 8],
])('equals stock ops for %i rows of %i', (rows, width) => {
  expectSameFunction((x, weight) => rmsNorm(x, weight, 1e-5), stock, [
    normalTensor('x', [rows, width]),
    normalTensor('weight', [width]),
  ]);
});

test('with a residual', () => {
  expectSameFunction(
    (x, weight, residual) => rmsNorm(x, weight, 1e-5, residual),
    (x, weight, residual) => stock(x, weight).add(residual),
    [normalTensor('x', [3, 7]), normalTensor('weight', [7]), normalTensor('residual', [3, 7])],
  );
});

describe('gradient of the reference', () => {
  const shape = { rows: 2, width: 5, eps: 1e-2 };
  const [x, weight, dy] = [normals('x', 10), normals('weight', 5), normals('dy', 10)];

  test('by x', () => {
    const wanted = differences((at) => inner(cpu.rmsNorm(at, weight, shape), dy), x);
    expectClose(cpu.rmsNormGradient(x, weight, dy, shape), wanted, DIFFERENCES);
  });

  test('by the weight', () => {
    const wanted = differences((at) => inner(cpu.rmsNorm(x, at, shape), dy), weight);
    expectClose(cpu.rmsNormWeightGradient(x, dy, shape), wanted, DIFFERENCES);
  });
});

test('a row of zeros stays zero, with a finite gradient', () => {
  const [x, weight] = [tf.zeros([1, 4]), tf.ones([4])];
  expect([...rmsNorm(x, weight, 1e-6).dataSync()]).toEqual([0, 0, 0, 0]);
  const gradient = tf.grad((at: tf.Tensor) => rmsNorm(at, weight, 1e-6))(x, tf.ones([1, 4]));
  expectClose(gradient.dataSync(), [1000, 1000, 1000, 1000], 1e-6);
});

test('large numbers do not overflow the mean', () => {
  expectClose(
    rmsNorm(tensor([3e20, 4e20], [1, 2]), tf.ones([2]), 1e-6).dataSync(),
    [0.848528, 1.131371],
    1e-6,
  );
});

test('NaN stays in its row', () => {
  const found = rmsNorm(tensor([NaN, 1, 1, 1], [2, 2]), tf.ones([2]), 1e-6).dataSync();
  expect([...found].map(Number.isNaN)).toEqual([true, true, false, false]);
});

test('no rows', () => {
  const weight = tf.ones([3]);
  expect(rmsNorm(tf.zeros([0, 3]), weight, 1e-6).shape).toEqual([0, 3]);
});

test('wrong arguments', () => {
  const x = normalTensor('x', [2, 8]);
  expect(() => rmsNorm(x, normalTensor('weight', [7]), 1e-6)).toThrow(
    'rmsNorm: weight must be a float32 tensor of shape [width = 8], got float32 [7].',
  );
  expect(() => rmsNorm(x, normalTensor('weight', [8]), 1e-6, normalTensor('residual', [1, 8]))).toThrow(
    'rmsNorm: residual must be a float32 tensor of shape [rows = 2, width = 8], got float32 [1, 8].',
  );
  expect(() => rmsNorm(x, normalTensor('weight', [8]), 0)).toThrow('rmsNorm: eps must be a number from');
});
