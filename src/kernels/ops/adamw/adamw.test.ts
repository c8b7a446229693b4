import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { adamW } from './index';
import type { AdamWStep } from '../../optimizer/adamw';
import { expectClose, FLOAT32, normals, normalTensor, tensor } from '../../../../tests/support/ops';

beforeAll(() => tf.setBackend('cpu'));

const STEP: AdamWStep = {
  learningRate: 0.01,
  beta1: 0.9,
  beta2: 0.99,
  eps: 1e-8,
  weightDecay: 0,
  maxGradNorm: Infinity,
  step: 1,
};

const variables = (length: number) => ({
  parameters: tf.variable(normalTensor('parameters', [length])),
  m: tf.variable(tf.zeros([length])),
  v: tf.variable(tf.zeros([length])),
});

test('three steps equal tfjs’s Adam', () => {
  const own = variables(7);
  const theirs = tf.variable(normalTensor('parameters', [7]));
  const adam = tf.train.adam(0.01, 0.9, 0.99, 1e-8);
  [1, 2, 3].forEach((step) => {
    const gradient = normalTensor(`gradient ${step}`, [7]);
    adamW(own, gradient, { ...STEP, step });
    adam.applyGradients([{ name: theirs.name, tensor: gradient }]);
  });
  expectClose(own.parameters.dataSync(), theirs.dataSync(), FLOAT32);
});

test('clips to the global norm and answers the norm before', () => {
  const gradient = tensor([3, 0, 4, 0, 0], [5]);
  const [clipped, plain] = [variables(5), variables(5)];
  const norm = adamW(clipped, gradient, { ...STEP, maxGradNorm: 0.5 });
  expect(norm.dataSync()[0]).toBe(5);
  adamW(plain, gradient.div(10), STEP);
  expectClose(clipped.m.dataSync(), plain.m.dataSync(), 1e-6);
  expectClose(clipped.v.dataSync(), plain.v.dataSync(), 1e-6);
  expect([...gradient.dataSync()]).toEqual([3, 0, 4, 0, 0]);
});

test('decay shrinks parameters that have no gradient', () => {
  const own = variables(3);
  const before = normals('parameters', 3);
  adamW(own, tf.zeros([3]), { ...STEP, weightDecay: 0.1 });
  expectClose(
    own.parameters.dataSync(),
    before.map((value) => value * 0.999),
    1e-6,
  );
});

test('a gradient that is not finite shows in the norm and changes nothing', () => {
  const own = variables(2);
  const norm = adamW(own, tensor([NaN, 1], [2]), { ...STEP, weightDecay: 0.1, maxGradNorm: 1 });
  expect(norm.dataSync()[0]).toBeNaN();
  expect([...own.parameters.dataSync()]).toEqual([...normals('parameters', 2)]);
  expect([...own.m.dataSync(), ...own.v.dataSync()]).toEqual([0, 0, 0, 0]);
});

test('wrong arguments', () => {
  expect(() => adamW(variables(3), tf.zeros([4]), STEP)).toThrow(
    'adamW: gradient must be a float32 tensor of shape [length = 3], got float32 [4].',
  );
  expect(() => adamW(variables(3), tf.zeros([3]), { ...STEP, step: 0 })).toThrow(
    'step must be an integer from 1',
  );
});
