import * as tf from '@tensorflow/tfjs';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { expect, test } from 'vitest';
import { createDawnGpu } from '../../scripts/runtime/dawn';

test('tfjs multiplies on the device that Dawn gives', async () => {
  const gpu = await createDawnGpu();
  expect(await createDawnGpu()).toBe(gpu);
  expect(navigator.gpu).toBe(gpu);
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new Error('no adapter');
  const device = await adapter.requestDevice();
  tf.registerBackend('webgpu', () => new WebGPUBackend(device, adapter.info));
  await tf.setBackend('webgpu');
  // By default tfjs computes tensors this small on the CPU, which would prove nothing.
  tf.env().set('WEBGPU_CPU_FORWARD', false);
  const left = tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], [4, 4]);
  const right = tf.tensor2d([1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 4], [4, 4]);
  const product = await tf.matMul(left, right).data();
  expect([...product]).toEqual([1, 4, 9, 16, 5, 12, 21, 32, 9, 20, 33, 48, 13, 28, 45, 64]);
});
