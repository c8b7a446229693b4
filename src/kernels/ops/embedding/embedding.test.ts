import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { embedding } from './index';
import {
  differences,
  DIFFERENCES,
  expectClose,
  expectSameFunction,
  inner,
  int32,
  normals,
  normalTensor,
} from '../../../../tests/support/ops';
import * as cpu from './cpu';

beforeAll(() => tf.setBackend('cpu'));

test('equals gather, with ids that repeat', () => {
  const ids = int32([4, 0, 4, 4, 2]);
  expectSameFunction(
    (table) => embedding(ids, table),
    (table) => tf.gather(table, ids),
    [normalTensor('table', [5, 3])],
  );
});

test('scaled', () => {
  const ids = int32([4, 0, 4]);
  expectSameFunction(
    (table) => embedding(ids, table, 1.75),
    (table) => tf.gather(table, ids).mul(1.75),
    [normalTensor('table', [5, 3])],
  );
});

test('gradient of the reference', () => {
  const ids = [1, 1, 2];
  const dy = normals('dy', 6);
  const table = normals('table', 8);
  const wanted = differences((x) => inner(cpu.embedding(ids, x, 2), dy), table);
  expectClose(cpu.embeddingGradient(ids, dy, 4, 2), wanted, DIFFERENCES);
});

test('ids outside the table give zeros and take no gradient', () => {
  const table = tf.ones<tf.Rank.R2>([2, 3]);
  const ids = int32([-1, 1, 2]);
  expect([...embedding(ids, table).dataSync()]).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 0]);
  const gradient = tf.grad((x: tf.Tensor) => embedding(ids, x))(table, tf.ones([3, 3]));
  expect([...gradient.dataSync()]).toEqual([0, 0, 0, 1, 1, 1]);
});

test('no ids', () => {
  const table = normalTensor('table', [2, 3]);
  expect(embedding(int32([]), table).shape).toEqual([0, 3]);
  const gradient = tf.grad((x: tf.Tensor) => embedding(int32([]), x))(table, tf.zeros([0, 3]));
  expect([...gradient.dataSync()]).toEqual([0, 0, 0, 0, 0, 0]);
});

test('wrong arguments', () => {
  expect(() => embedding(normalTensor('ids', [2]), normalTensor('table', [2, 3]))).toThrow(
    'embedding: ids must be a int32 tensor of shape [count], got float32 [2].',
  );
});
