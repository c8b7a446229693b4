import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { muon } from './index';
import type { MuonStep } from '../../optimizer/muon';
import { expectClose, FLOAT32, normals, normalTensor, tensor } from '../../../../tests/support/ops';
import * as cpu from './cpu';
import golden from './golden.json';

beforeAll(() => tf.setBackend('cpu'));

const STEP: MuonStep = { learningRate: 0.1, momentum: 0.9, weightDecay: 0 };

const variables = (shape: readonly number[]) => ({
  parameters: tf.variable(normalTensor('parameters', shape)),
  momentum: tf.variable(tf.zeros([...shape])),
});

describe('two steps as in PyTorch', () => {
  test.each(golden.cases)('$shape', ({ shape, start, gradients, parameters, momentum }) => {
    const [count, rows, cols] = shape as [number, number, number];
    let state: cpu.MuonResult = {
      parameters: Float64Array.from(start),
      momentum: new Float64Array(start.length),
    };
    for (const gradient of gradients)
      state = cpu.muon({ ...state, gradient }, { count, rows, cols }, golden.step);
    expectClose(state.parameters, parameters, 1e-12);
    expectClose(state.momentum, momentum, 1e-12);
    const own = { parameters: tf.variable(tensor(start, shape)), momentum: tf.variable(tf.zeros(shape)) };
    for (const gradient of gradients) muon(own, tensor(gradient, shape), golden.step);
    expectClose(own.parameters.dataSync(), parameters, FLOAT32);
    expectClose(own.momentum.dataSync(), momentum, FLOAT32);
  });
});

test('all singular values come near 1, whatever they were, and directions stay', () => {
  // diag(8, 1, 0.1) between two rotations: the iteration acts on singular values alone.
  const [c, s] = [Math.cos(0.4), Math.sin(0.4)];
  const rotation = [c, -s, 0, s, c, 0, 0, 0, 1];
  const matrix = rotation.map((value, i) => value * ([8, 1, 0.1][i % 3] as number));
  const found = cpu.orthogonalise(matrix, 3, 3);
  const values = [0, 1, 2].map((k) =>
    rotation.reduce((sum, r, i) => (i % 3 === k ? sum + r * (found[i] as number) : sum), 0),
  );
  for (const value of values) {
    expect(value).toBeGreaterThan(0.65);
    expect(value).toBeLessThan(1.25);
  }
  expectClose(
    found,
    rotation.map((value, i) => value * (values[i % 3] as number)),
    1e-12,
  );
});

test('matrices do not see each other, and scale does not matter', () => {
  const both = variables([2, 3, 5]);
  const gradient = normalTensor('gradient', [2, 3, 5]);
  const [first] = gradient.unstack() as [tf.Tensor];
  muon(both, gradient, STEP);
  const alone = {
    parameters: tf.variable(tensor(normals('parameters', 30).slice(0, 15), [1, 3, 5])),
    momentum: tf.variable(tf.zeros([1, 3, 5])),
  };
  muon(alone, first.expandDims().mul(64), STEP);
  expectClose(both.parameters.dataSync().slice(0, 15), alone.parameters.dataSync(), FLOAT32);
});

test('a gradient that is not finite changes nothing', () => {
  const own = variables([1, 2, 2]);
  muon(own, tensor([NaN, 1, 1, 1], [1, 2, 2]), { ...STEP, weightDecay: 0.1 });
  expect([...own.parameters.dataSync()]).toEqual([...normals('parameters', 4)]);
  expect([...own.momentum.dataSync()]).toEqual([0, 0, 0, 0]);
});

test('wrong arguments', () => {
  expect(() => muon(variables([1, 2, 3]), tf.zeros([1, 3, 2]), STEP)).toThrow(
    'muon: gradient must be a float32 tensor of shape [count = 1, rows = 2, cols = 3], got float32 [1, 3, 2].',
  );
  expect(() => muon(variables([1, 2, 3]), tf.zeros([1, 2, 3]), { ...STEP, momentum: 1 })).toThrow(
    'momentum must be a number from 0',
  );
});
