import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { sampleTokens } from './index';
import { expectClose, int32, normals, tensor } from '../../../../tests/support/ops';

beforeAll(() => tf.setBackend('cpu'));

const PARAMS = { temperature: 1, topK: 0, topP: 1, minP: 0, seed: 3, stream: 9 };
const VOCABULARY = 5;

/** Rows that differ in their position alone. */
function draw(rows: number, logits: ArrayLike<number>, params = PARAMS): number[][] {
  const all = Array.from({ length: rows }, () => Array.from(logits)).flat();
  const keys = Array.from({ length: rows }, (_, position) => [1, 2, 3, position]).flat();
  return sampleTokens(tensor(all, [rows, logits.length]), int32(keys, [rows, 4]), params).arraySync();
}

test('frequencies follow softmax at the temperature', () => {
  const logits = normals('logits', VOCABULARY);
  const rows = 4000;
  const counts = new Array<number>(VOCABULARY).fill(0);
  for (const [id] of draw(rows, logits, { ...PARAMS, temperature: 0.8 })) {
    counts[id as number] = (counts[id as number] as number) + 1;
  }
  const wanted = tf.softmax(tensor(logits, [VOCABULARY]).div(0.8)).dataSync();
  // Three standard deviations of a share are below 0.024 here.
  expectClose(
    counts.map((count) => count / rows),
    wanted,
    0.03,
  );
});

test('log-probs are those of log-softmax, and of the kept tokens', () => {
  const logits = [1, 3, 2, 0, 2.5];
  const all = tf.logSoftmax(tf.tensor1d(logits)).dataSync();
  const kept = Math.log(Math.exp(3) + Math.exp(2.5));
  for (const [id, logp, keptLogp, count] of draw(20, logits, { ...PARAMS, topK: 2 })) {
    expect([1, 4]).toContain(id);
    expect(logp).toBeCloseTo(all[id as number] as number, 5);
    expect(keptLogp).toBeCloseTo((logits[id as number] as number) - kept, 5);
    expect(count).toBe(2);
  }
});

test('greedy takes the likeliest, the first of equals', () => {
  const [[id, logp] = []] = draw(1, [0, 2, 2, -1], { ...PARAMS, temperature: 0 });
  expect(id).toBe(1);
  expect(logp).toBeCloseTo(tf.logSoftmax(tf.tensor1d([0, 2, 2, -1])).dataSync()[1] as number, 5);
});

test('a draw depends on its key, not on its row', () => {
  const logits = normals('logits', 50);
  const together = draw(3, logits);
  const alone = sampleTokens(tensor(logits, [1, 50]), int32([1, 2, 3, 2], [1, 4]), PARAMS).arraySync();
  expect(alone[0]).toEqual(together[2]);
  expect(new Set(draw(20, logits).map(([id]) => id)).size).toBeGreaterThan(3);
});

test('wrong arguments', () => {
  const logits = tensor(normals('logits', 6), [2, 3]);
  expect(() => sampleTokens(logits, int32([0, 0, 0, 0], [1, 4]), PARAMS)).toThrow(
    'sampleTokens: keys must be a int32 tensor of shape [rows = 2, 4], got int32 [1, 4].',
  );
  const keys = int32(new Int32Array(8), [2, 4]);
  expect(() => sampleTokens(logits, keys, { ...PARAMS, topP: 0 })).toThrow('topP must be a number from');
});
