import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { rotary } from './index';
import { rotaryTable } from '../../rotary/rotary';
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

const SHAPE = { heads: 4, kvHeads: 2, headDim: 6 };
const POSITIONS = [0, 3, 1, 1, 7];
const tableOf = (positions: number) => rotaryTable(positions, SHAPE.headDim, 100);

/** Everything the op gives, in one row per token, so that one function shows both outputs. */
function joined(qkv: tf.Tensor, norm?: { q: tf.Tensor; k: tf.Tensor; eps: number }): tf.Tensor {
  const table = tensor(tableOf(8), [8, 3, 2]);
  const { q, cache } = rotary(qkv, int32(POSITIONS), table, { ...SHAPE, ...(norm && { norm }) });
  return tf.concat([q.reshape([5, -1]), cache.reshape([5, -1])], 1);
}

/** The same by stock ops: split heads, norm, rotate halves, put values behind. */
function stock(qkv: tf.Tensor, norm?: { q: tf.Tensor; k: tf.Tensor; eps: number }): tf.Tensor {
  const { heads, kvHeads, headDim } = SHAPE;
  const all = qkv.reshape([5, heads + 2 * kvHeads, headDim]);
  const angles = tf.tensor(
    POSITIONS.flatMap((p) => [0, 1, 2].map((c) => p * 100 ** ((-2 * c) / headDim))),
    [5, 1, 3],
  );
  const turn = (x: tf.Tensor, weight: tf.Tensor | undefined) => {
    const scaled =
      norm === undefined || weight === undefined
        ? x
        : x.div(x.square().mean(-1, true).add(norm.eps).sqrt()).mul(weight);
    const [a, b] = tf.split(scaled, 2, 2) as [tf.Tensor, tf.Tensor];
    const [cos, sin] = [angles.cos(), angles.sin()];
    return tf.concat([a.mul(cos).sub(b.mul(sin)), b.mul(cos).add(a.mul(sin))], 2);
  };
  const q = turn(all.slice([0, 0, 0], [-1, heads, -1]), norm?.q);
  const k = turn(all.slice([0, heads, 0], [-1, kvHeads, -1]), norm?.k);
  const v = all.slice([0, heads + kvHeads, 0], [-1, kvHeads, -1]);
  return tf.concat([q, k, v], 1).reshape([5, -1]);
}

describe('equals stock ops', () => {
  const qkv = normalTensor('qkv', [5, 48]);

  test('plain', () =>
    expectSameFunction(
      (x) => joined(x),
      (x) => stock(x),
      [qkv],
    ));

  test('with q/k norm, weights included', () => {
    const normed = (f: typeof joined) => (x: tf.Tensor, q: tf.Tensor, k: tf.Tensor) =>
      f(x, { q, k, eps: 1e-5 });
    expectSameFunction(normed(joined), normed(stock), [qkv, normalTensor('q', [6]), normalTensor('k', [6])]);
  });
});

test.each([false, true])('gradient of the reference, q/k norm %s', (isNormed) => {
  const shape = { rows: 2, heads: 2, kvHeads: 1, headDim: 4, eps: 1e-3 };
  const norm = isNormed ? { q: normals('q', 4), k: normals('k', 4) } : null;
  const rest = { table: rotaryTable(6, 4, 50), position: [2, 5], norm };
  const [qkv, dq, dcache] = [normals('qkv', 32), normals('dq', 16), normals('dcache', 16)];
  const value = (x: Float64Array) => {
    const { q, cache } = cpu.rotary({ qkv: x, ...rest }, shape);
    return inner(q, dq) + inner(cache, dcache);
  };
  const found = cpu.rotaryGradient({ qkv, dq, dcache, ...rest }, shape);
  expectClose(found, differences(value, qkv), DIFFERENCES);
});

test('position 0 changes nothing', () => {
  const qkv = normalTensor('qkv', [1, 48]);
  const { q } = rotary(qkv, int32([0]), tensor(tableOf(1), [1, 3, 2]), SHAPE);
  expect([...q.dataSync()]).toEqual([...qkv.dataSync()].slice(0, 24));
});

test('tables: frequencies divided, and none', () => {
  const [plain, halved] = [rotaryTable(9, 6, 100), rotaryTable(9, 6, 100, { factor: 2 })];
  // Position 8 at half the speed is position 4.
  expect([...halved.slice(8 * 6)]).toEqual([...plain.slice(4 * 6, 5 * 6)]);
  expect([...rotaryTable(2, 4, null)]).toEqual([1, 0, 1, 0, 1, 0, 1, 0]);
});

test('NaN stays in its head', () => {
  const values = normals('qkv', 48);
  values[7] = NaN;
  const { q, cache } = rotary(tensor(values, [1, 48]), int32([1]), tensor(tableOf(2), [2, 3, 2]), SHAPE);
  expect([...q.dataSync()].flatMap((value, i) => (Number.isNaN(value) ? [i] : []))).toEqual([7, 10]);
  expect([...cache.dataSync()].some(Number.isNaN)).toBe(false);
});

test('wrong arguments', () => {
  const [position, table] = [int32([0, 1]), tensor(tableOf(2), [2, 3, 2])];
  const qkv = normalTensor('qkv', [2, 48]);
  expect(() => rotary(normalTensor('qkv', [2, 47]), position, table, SHAPE)).toThrow(
    'rotary: qkv must be a float32 tensor of shape [rows, 48], got float32 [2, 47].',
  );
  expect(() => rotary(qkv, tf.zeros([2]), table, SHAPE)).toThrow('position must be a int32 tensor');
  expect(() => rotary(qkv, position, table, { ...SHAPE, headDim: 5 })).toThrow('headDim must be even, got 5');
  const norm = { q: normalTensor('q', [6]), k: normalTensor('k', [5]), eps: 1e-6 };
  expect(() => rotary(qkv, position, table, { ...SHAPE, norm })).toThrow(
    'norm.k must be a float32 tensor of shape [6]',
  );
});
