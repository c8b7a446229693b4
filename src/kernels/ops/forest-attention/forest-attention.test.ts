import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { windowSpans } from '../../attention/attention';
import { forestAttention, type ForestAttentionOptions, type ForestOrder } from './index';
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

/** Two trees: 0-1-(2-3 | 4-(5 | 6)), 7-8. */
const FOREST: ForestOrder = {
  parent: Int32Array.of(-1, 0, 1, 2, 1, 4, 4, -1, 7),
  end: Int32Array.of(7, 7, 4, 4, 7, 6, 7, 9, 9),
};

const DEPTH = Int32Array.of(0, 1, 2, 3, 2, 3, 3, 0, 1);

/** By parents, not by ends: 0 where j is row i or one of its `window` - 1 nearest ancestors, else -1e9. */
function mask({ parent }: ForestOrder, window: number): tf.Tensor {
  const n = parent.length;
  const values = new Float32Array(n * n).fill(-1e9);
  for (let i = 0; i < n; i++) {
    for (let j = i, left = window; j >= 0 && left > 0; j = parent[j] as number, left--) values[i * n + j] = 0;
  }
  return tensor(values, [n, n]);
}

const stock =
  (forest: ForestOrder, { window = Infinity, scale }: ForestAttentionOptions = {}) =>
  (q: tf.Tensor, cache: tf.Tensor) => {
    const [rows, heads, headDim] = q.shape as [number, number, number];
    const kvHeads = cache.shape[2] as number;
    const part = (which: number) =>
      cache
        .slice([0, which, 0, 0], [-1, 1, -1, -1])
        .reshape([rows, kvHeads, 1, headDim])
        .tile([1, 1, heads / kvHeads, 1])
        .reshape([rows, heads, headDim])
        .transpose([1, 0, 2]);
    const factor = scale ?? 1 / Math.sqrt(headDim);
    const scores = tf.matMul(q.transpose([1, 0, 2]), part(0), false, true).mul(factor);
    return tf.matMul(tf.softmax(scores.add(mask(forest, window))), part(1)).transpose([1, 0, 2]);
  };

test.each([
  [2, 2, 4],
  [4, 2, 3],
  [3, 1, 5],
])('equals masked softmax with %i heads on %i of %i', (heads, kvHeads, headDim) => {
  expectSameFunction((q, cache) => forestAttention(q, cache, FOREST), stock(FOREST), [
    normalTensor('q', [9, heads, headDim]),
    normalTensor('cache', [9, 2, kvHeads, headDim]),
  ]);
});

test.each([{ window: 1 }, { window: 2 }, { window: 3, scale: 0.4 }, { window: 4 }, { window: 100 }])(
  'equals softmax masked by distance too: %j',
  (options) => {
    expectSameFunction((q, cache) => forestAttention(q, cache, FOREST, options), stock(FOREST, options), [
      normalTensor('q', [9, 4, 3]),
      normalTensor('cache', [9, 2, 2, 3]),
    ]);
  },
);

test.each([null, 2])('gradient of the reference, window %s', (window) => {
  const shape = { rows: 9, heads: 2, kvHeads: 1, headDim: 2 };
  const [q, cache, dout] = [normals('q', 36), normals('cache', 36), normals('dout', 36)];
  const seen = { end: window === null ? FOREST.end : windowSpans(DEPTH, window), window };
  const found = cpu.forestAttentionGradient({ q, cache, dout, ...seen }, shape);
  const byQ = differences((x) => inner(cpu.forestAttention({ q: x, cache, ...seen }, shape).out, dout), q);
  const byCache = differences(
    (x) => inner(cpu.forestAttention({ q, cache: x, ...seen }, shape).out, dout),
    cache,
  );
  expectClose(found.dq, byQ, DIFFERENCES);
  expectClose(found.dcache, byCache, DIFFERENCES);
});

test('a chain is causal attention: later rows change nothing before them', () => {
  const chain = { parent: Int32Array.of(-1, 0, 1), end: Int32Array.of(3, 3, 3) };
  const [q, cache] = [normals('q', 12), normals('cache', 24)];
  const run = (values: Float64Array) =>
    forestAttention(tensor(q, [3, 2, 2]), tensor(values, [3, 2, 2, 2]), chain).dataSync();
  const before = run(cache);
  const after = run(cache.map((value, i) => (i < 16 ? value : NaN)));
  expect([...after.slice(0, 8)]).toEqual([...before.slice(0, 8)]);
  expect(after.slice(8).every(Number.isNaN)).toBe(true);
});

test('scores far apart do not overflow', () => {
  const chain = { parent: Int32Array.of(-1, 0), end: Int32Array.of(2, 2) };
  const q = tensor([1e4, 1e4], [2, 1, 1]);
  const cache = tensor([-1e4, 5, 1e4, 7], [2, 2, 1, 1]);
  expect([...forestAttention(q, cache, chain).dataSync()]).toEqual([5, 7]);
});

test('no rows', () => {
  const none = { parent: new Int32Array(0), end: new Int32Array(0) };
  expect(forestAttention(tf.zeros([0, 2, 4]), tf.zeros([0, 2, 1, 4]), none).shape).toEqual([0, 2, 4]);
});

describe('wrong arguments', () => {
  const [q, cache] = [normalTensor('q', [9, 2, 4]), normalTensor('cache', [9, 2, 2, 4])];

  test('shapes', () => {
    expect(() => forestAttention(q, normalTensor('cache', [9, 3, 2, 4]), FOREST)).toThrow(
      'forestAttention: cache must be a float32 tensor of shape [rows = 9, 2, kvHeads, headDim = 4], got float32 [9, 3, 2, 4].',
    );
    expect(() => forestAttention(normalTensor('q', [9, 3, 4]), cache, FOREST)).toThrow(
      '3 heads cannot share 2',
    );
  });

  test('windows', () => {
    for (const window of [0, 1.5, -1]) {
      expect(() => forestAttention(q, cache, FOREST, { window })).toThrow('forestAttention: window must be');
    }
  });

  test('forests', () => {
    const { parent, end } = FOREST;
    const changed = (array: Int32Array, at: number, value: number) =>
      Int32Array.from(array).fill(value, at, at + 1);
    expect(() => forestAttention(q, cache, { parent: parent.slice(1), end })).toThrow(
      '9 rows, the forest 8 parents',
    );
    expect(() => forestAttention(q, cache, { parent: changed(parent, 2, 5), end })).toThrow(
      'node 2 has parent 5',
    );
    expect(() => forestAttention(q, cache, { parent, end: changed(end, 4, 6) })).toThrow(
      'node 4 ends at 6; by the parents its subtree ends at 7',
    );
    // Not depth-first: 4 hangs under 2, whose subtree ended at 3 in between.
    const torn = { parent: Int32Array.of(-1, 0, 0, 1), end: Int32Array.of(4, 4, 3, 4) };
    expect(() =>
      forestAttention(normalTensor('q', [4, 1, 2]), normalTensor('cache', [4, 2, 1, 2]), torn),
    ).toThrow('node 1 ends at 4; by the parents its subtree ends at 2');
  });
});
