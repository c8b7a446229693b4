/** The public face as a whole, on the CPU: the documented example learns, and the page shows the example as it is. */
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { learnToCount } from '../../tests/fixtures/tfjs-example';

beforeAll(() => tf.setBackend('cpu'));

test('the example learns through tf.variableGrads', async () => {
  const right = await learnToCount(30);
  expect(right[0]).toBeLessThan(0.3);
  expect(right.at(-1)).toBeGreaterThan(0.9);
});

test('the example holds no tensors of its steps', async () => {
  const held = async (steps: number) => {
    const before = tf.memory().numTensors;
    await learnToCount(steps);
    return tf.memory().numTensors - before;
  };
  expect(await held(3)).toBe(await held(1));
});

test('docs/tfjs.md shows the example', () => {
  const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  const [, ...lines] = read('tests/fixtures/tfjs-example.ts').split('\n');
  const shown = lines.join('\n').replace("'../../src/tfjs'", "'mailgym/tfjs'").trim();
  expect(read('docs/tfjs.md')).toContain(shown);
});
