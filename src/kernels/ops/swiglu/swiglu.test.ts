import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { ACTIVATIONS } from '../../swiglu/swiglu';
import { swiglu } from './index';
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

test.each([
  [1, 1],
  [3, 5],
  [2, 8],
])('equals stock ops for %i rows of %i', (rows, width) => {
  const stock = (gateUp: tf.Tensor) => {
    const [gate, up] = tf.split(gateUp, 2, 1) as [tf.Tensor, tf.Tensor];
    return gate.mul(gate.sigmoid()).mul(up);
  };
  expectSameFunction((x) => swiglu(x), stock, [normalTensor('gateUp', [rows, 2 * width])]);
});

test('with GELU equals stock ops', () => {
  const stock = (gateUp: tf.Tensor) => {
    const [gate, up] = tf.split(gateUp, 2, 1) as [tf.Tensor, tf.Tensor];
    const bent = gate
      .add(gate.pow(3).mul(0.044715))
      .mul(Math.sqrt(2 / Math.PI))
      .tanh();
    return gate.mul(0.5).mul(bent.add(1)).mul(up);
  };
  expectSameFunction((x) => swiglu(x, 'gelu_tanh'), stock, [normalTensor('gateUp', [3, 10])]);
});

test.each(ACTIVATIONS)('gradient of the reference, %s', (activation) => {
  const [gateUp, dy] = [normals('gateUp', 12), normals('dy', 6)];
  const wanted = differences((x) => inner(cpu.swiglu(x, 2, 3, activation), dy), gateUp);
  expectClose(cpu.swigluGradient(gateUp, dy, 2, 3, activation), wanted, DIFFERENCES);
});

test.each(ACTIVATIONS)('gates far out are straight lines, %s', (activation) => {
  const gateUp = tensor([-1000, 1000, 2, 2], [1, 4]);
  expect([...swiglu(gateUp, activation).dataSync()].map((value) => value + 0)).toEqual([0, 2000]);
  const gradient = tf.grad((x: tf.Tensor) => swiglu(x, activation))(gateUp, tf.ones([1, 2]));
  expect([...gradient.dataSync()].map((value) => value + 0)).toEqual([0, 2, 0, 1000]);
});

test('NaN stays in its element', () => {
  const found = swiglu(tensor([NaN, 1, 1, 1], [1, 4])).dataSync();
  expect([...found].map(Number.isNaN)).toEqual([true, false]);
});

test('wrong arguments', () => {
  expect(() => swiglu(normalTensor('gateUp', [2, 3]))).toThrow('even number of columns, gate and up, got 3');
  expect(() => swiglu(normalTensor('gateUp', [2, 2]), 'relu' as 'silu')).toThrow(
    'one of silu, gelu_tanh, got relu',
  );
  expect(() => swiglu(normalTensor('gateUp', [4]))).toThrow('shape [rows, columns], got float32 [4]');
});
