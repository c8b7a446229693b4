import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
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
  expectSameFunction(swiglu, stock, [normalTensor('gateUp', [rows, 2 * width])]);
});

test('gradient of the reference', () => {
  const [gateUp, dy] = [normals('gateUp', 12), normals('dy', 6)];
  const wanted = differences((x) => inner(cpu.swiglu(x, 2, 3), dy), gateUp);
  expectClose(cpu.swigluGradient(gateUp, dy, 2, 3), wanted, DIFFERENCES);
});

test('gates far out are straight lines', () => {
  const gateUp = tensor([-1000, 1000, 2, 2], [1, 4]);
  expect([...swiglu(gateUp).dataSync()].map((value) => value + 0)).toEqual([0, 2000]);
  const gradient = tf.grad(swiglu)(gateUp, tf.ones([1, 2]));
  expect([...gradient.dataSync()].map((value) => value + 0)).toEqual([0, 2, 0, 1000]);
});

test('NaN stays in its element', () => {
  const found = swiglu(tensor([NaN, 1, 1, 1], [1, 4])).dataSync();
  expect([...found].map(Number.isNaN)).toEqual([true, false]);
});

test('wrong arguments', () => {
  expect(() => swiglu(normalTensor('gateUp', [2, 3]))).toThrow('even number of columns, gate and up, got 3');
  expect(() => swiglu(normalTensor('gateUp', [4]))).toThrow('shape [rows, columns], got float32 [4]');
});
