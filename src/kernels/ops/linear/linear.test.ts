import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { linear, type LinearTarget } from './index';
import {
  differences,
  DIFFERENCES,
  expectClose,
  expectSameFunction,
  inner,
  normals,
  normalTensor,
} from '../../../../tests/support/ops';
import { linearBlocks } from './blocks';
import * as cpu from './cpu';

beforeAll(() => tf.setBackend('cpu'));

const product = (x: tf.Tensor, w: tf.Tensor) => tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D, false, true);

describe('equals stock ops', () => {
  const x = normalTensor('x', [3, 5]);
  const weight = normalTensor('weight', [7, 5]);

  test('plain', () => expectSameFunction(linear, product, [x, weight]));

  test('with bias', () =>
    expectSameFunction(
      (x, weight, bias) => linear(x, weight, { bias }),
      (x, weight, bias) => product(x, weight).add(bias),
      [x, weight, normalTensor('bias', [7])],
    ));

  test('with residual', () =>
    expectSameFunction(
      (x, weight, residual) => linear(x, weight, { residual }),
      (x, weight, residual) => product(x, weight).add(residual),
      [x, weight, normalTensor('residual', [3, 7])],
    ));

  test('with LoRA and residual', () =>
    expectSameFunction(
      (x, weight, a, b, residual) => linear(x, weight, { residual, lora: { a, b, scale: 0.5 } }),
      (x, weight, a, b, residual) =>
        product(x, weight)
          .add(product(product(x, a), b).mul(0.5))
          .add(residual),
      [x, weight, normalTensor('a', [2, 5]), normalTensor('b', [7, 2]), normalTensor('residual', [3, 7])],
    ));

  test('with LoRA on some of the outputs', () => {
    // Outputs 0-1 and 4-6; 2-3 have none.
    const targets: LinearTarget[] = [
      { firstRow: 0, rows: 2 },
      { firstRow: 4, rows: 3 },
    ];
    expectSameFunction(
      (x, weight, a, b) => linear(x, weight, { lora: { a, b, scale: 3, targets } }),
      (x, weight, a, b) => {
        const part = (first: number, at: number, rows: number) =>
          product(product(x, a.slice([first, 0], [2, 5])), b.slice([at, 0], [rows, 2]));
        const low = tf.concat([part(0, 0, 2), tf.zeros([3, 2]), part(2, 2, 3)], 1);
        return product(x, weight).add(low.mul(3));
      },
      [x, weight, normalTensor('a', [4, 5]), normalTensor('b', [5, 2])],
    );
  });
});

describe('gradients of the reference', () => {
  const shape = { rows: 3, inputs: 4, outputs: 5 };
  const [x, weight, a, b, dy] = [
    normals('x', 12),
    normals('weight', 20),
    normals('a', 8),
    normals('b', 6),
    normals('dy', 15),
  ];
  const blocks = linearBlocks(5, [{ firstRow: 1, rows: 3 }], { rank: 2, scale: 0.7 });
  const low = { a, b, rank: 2, columns: 2, blocks };
  const value = (changed: { x?: Float64Array; a?: Float64Array; b?: Float64Array }) =>
    inner(
      cpu.linear({ x: changed.x ?? x, weight, low: { ...low, a: changed.a ?? a, b: changed.b ?? b } }, shape),
      dy,
    );

  test('with LoRA', () => {
    const found = cpu.loraGradient({ x, weight, dy, low }, shape);
    expectClose(
      found.dx,
      differences((at) => value({ x: at }), x),
      DIFFERENCES,
    );
    expectClose(
      found.da,
      differences((at) => value({ a: at }), a),
      DIFFERENCES,
    );
    expectClose(
      found.db,
      differences((at) => value({ b: at }), b),
      DIFFERENCES,
    );
  });

  test('without', () => {
    const plain = (at: { x?: Float64Array; weight?: Float64Array }) =>
      inner(cpu.linear({ x: at.x ?? x, weight: at.weight ?? weight, low: null }, shape), dy);
    expectClose(
      cpu.linearInputGradient(weight, dy, shape),
      differences((at) => plain({ x: at }), x),
      DIFFERENCES,
    );
    expectClose(
      cpu.linearWeightGradient(x, dy, shape),
      differences((at) => plain({ weight: at }), weight),
      DIFFERENCES,
    );
    const bias = normals('bias', 5);
    const withBias = (at: Float64Array) => inner(cpu.linear({ x, weight, bias: at, low: null }, shape), dy);
    expectClose(cpu.linearBiasGradient(dy, shape), differences(withBias, bias), DIFFERENCES);
  });
});

test('no rows: gradients of the weights are zero', () => {
  const [x, weight] = [tf.zeros([0, 2]), normalTensor('weight', [3, 2])];
  expect(linear(x, weight).shape).toEqual([0, 3]);
  const gradient = tf.grad((w: tf.Tensor) => linear(x, w))(weight, tf.zeros([0, 3]));
  expect([...gradient.dataSync()]).toEqual([0, 0, 0, 0, 0, 0]);
});

describe('wrong arguments', () => {
  const [x, weight] = [normalTensor('x', [3, 4]), normalTensor('weight', [6, 4])];
  const lora = (targets: LinearTarget[], rank: number, rows: number) => ({
    a: normalTensor('a', [targets.length * rank, 4]),
    b: normalTensor('b', [rows, rank]),
    scale: 1,
    targets,
  });

  test('shapes', () => {
    expect(() => linear(x, normalTensor('weight', [6, 5]))).toThrow(
      'linear: weight must be a float32 tensor of shape [outputs, inputs = 4], got float32 [6, 5].',
    );
    expect(() =>
      linear(x, weight, { bias: normalTensor('b', [6]), residual: normalTensor('r', [3, 6]) }),
    ).toThrow('only one can be added');
    expect(() => linear(x, weight, { lora: { ...lora([], 2, 6), a: normalTensor('a', [4, 4]) } })).toThrow(
      'linear: lora.a must be a float32 tensor of shape [0, inputs = 4]',
    );
  });

  test('targets', () => {
    const overlapping = [
      { firstRow: 0, rows: 3 },
      { firstRow: 2, rows: 1 },
    ];
    expect(() => linear(x, weight, { lora: lora(overlapping, 1, 4) })).toThrow('it must start at 3 or later');
    expect(() => linear(x, weight, { lora: lora([{ firstRow: 4, rows: 3 }], 1, 3) })).toThrow(
      'end at 6 or before',
    );
    const scattered = [
      { firstRow: 1, rows: 1 },
      { firstRow: 3, rows: 1 },
    ];
    expect(() => linear(x, weight, { lora: lora(scattered, 1, 2) })).toThrow('5 blocks, at most 3 fit');
  });
});
