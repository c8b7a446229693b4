/** The public face of the kernels on WebGPU: the documented example, and what a session does to tfjs. */
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { createDawnGpu } from '../../scripts/runtime/dawn';
import { useWebGpu } from '../../src/tfjs';
import { learnToCount } from '../fixtures/tfjs-example';

test('the example learns on WebGPU as on the CPU', async () => {
  const session = await useWebGpu({ webgpu: await createDawnGpu() });
  expect(tf.getBackend()).toBe('webgpu');
  const found = await learnToCount(12);
  await tf.setBackend('cpu');
  const wanted = await learnToCount(12);
  session.dispose();
  // The first draws come from the same logits; later ones may differ where rounding decides a draw.
  expect(found[0]).toBe(wanted[0]);
  expect(found.at(-1)).toBeGreaterThan(0.8);
});

test('a session ends once, and the next one works', async () => {
  const webgpu = await createDawnGpu();
  const first = await useWebGpu({ webgpu, limits: 'minimum' });
  first.dispose();
  first.dispose();
  expect(tf.engine().registry.webgpu).toBeUndefined();
  const second = await useWebGpu({ webgpu });
  expect(tf.engine().registry.webgpu).toBe(second.backend);
  expect(await tf.tensor1d([1, 2]).sum().data()).toEqual(Float32Array.of(3));
  second.dispose();
});
