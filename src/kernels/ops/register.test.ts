import { readdirSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { OpError } from '../errors';
import { adamW, embedding, registeredOps, sampleTokens, swiglu } from './index';
import { int32, normalTensor } from '../../../tests/support/ops';

beforeAll(() => tf.setBackend('cpu'));

const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

describe('every op is complete', () => {
  test.each(registeredOps())('$name has kernels and a gradient entry', ({ name }) => {
    expect(tf.getKernel(name, 'cpu')).toBeDefined();
    expect(tf.getKernel(name, 'webgpu')).toBeDefined();
    expect(tf.getGradient(name)).toBeDefined();
  });

  test.each(folders)('%s has entry, reference, WebGPU kernel, gradient and test', (folder) => {
    const files = readdirSync(`${import.meta.dirname}/${folder}`);
    expect(files).toEqual(
      expect.arrayContaining(['index.ts', 'cpu.ts', 'webgpu.ts', 'gradient.ts', `${folder}.test.ts`]),
    );
  });

  test('as many ops as folders, all but three differentiable', () => {
    const ops = registeredOps().filter(({ role }) => role === 'op');
    expect(ops).toHaveLength(folders.length);
    expect(ops.filter(({ differentiable }) => !differentiable).map(({ name }) => name)).toEqual([
      'MailGymAdamW',
      'MailGymMuon',
      'MailGymSampleTokens',
    ]);
  });
});

describe('gradients that do not exist say so', () => {
  test('of a whole op', () => {
    const params = { temperature: 1, topK: 0, topP: 1, minP: 0, seed: 1, stream: 1 };
    const draw = (logits: tf.Tensor) => sampleTokens(logits, int32([0, 0, 0, 0], [1, 4]), params).sum();
    expect(() => tf.grad(draw)(normalTensor('logits', [1, 5]))).toThrow(
      'MailGymSampleTokens has no gradient: a drawn token is no smooth function',
    );
  });

  test('of one input', () => {
    const lookUp = (ids: tf.Tensor) => embedding(ids, normalTensor('table', [3, 2])).sum();
    expect(() => tf.grad(lookUp)(int32([0, 1]))).toThrow('no gradient with respect to ids');
  });

  test('of a gradient', () => {
    const slope = (x: tf.Tensor) =>
      tf
        .grad((y: tf.Tensor) => swiglu(y).sum())(x)
        .sum();
    expect(() => tf.grad(slope)(normalTensor('gateUp', [1, 2]))).toThrow('second derivatives');
  });
});

test('nothing is left behind', () => {
  const before = tf.memory();
  tf.tidy(() => {
    const x = normalTensor('x', [3, 4]);
    tf.grad((y: tf.Tensor) => swiglu(y))(x, normalTensor('dy', [3, 2]));
  });
  const parameters = tf.variable(tf.tidy(() => normalTensor('parameters', [5])));
  const [m, v] = [tf.variable(tf.tidy(() => tf.zeros([5]))), tf.variable(tf.tidy(() => tf.zeros([5])))];
  const held = tf.memory().numTensors;
  tf.tidy(() => {
    adamW({ parameters, m, v }, normalTensor('gradient', [5]), {
      learningRate: 0.1,
      beta1: 0.9,
      beta2: 0.99,
      eps: 1e-8,
      weightDecay: 0,
      maxGradNorm: 1,
      step: 1,
    });
  });
  expect(tf.memory().numTensors).toBe(held);
  expect(held).toBeGreaterThan(before.numTensors);
});

test('arguments are checked before anything runs', () => {
  const message = 'embedding: table must be a float32 tensor of shape [rows, width], got int32 [2].';
  expect(() => embedding(int32([0]), int32([1, 2]))).toThrow(new OpError(message));
});
