/** The whole of a training pass against PyTorch's autograd in float64 (tests/golden), on several kinds of device. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDawnGpu } from '../../scripts/runtime/dawn';
import { verifyBatch } from '../../src/grpo/verify';
import { openDevice } from '../../src/kernels/device';
import { Gpu } from '../../src/kernels/gpu';
import { GpuPolicy } from '../../src/policy/gpu-policy';
import { goldenCases, readGolden, relativeError } from '../fixtures/golden';

async function verifyCase(name: string, gpu: Gpu): Promise<void> {
  const { config, weights, lora, adapter, batch, expected, gradients } = await readGolden(name);
  const live = gpu.pool.live;
  const policy = new GpuPolicy(gpu, config, weights, { kind: 'adapter', lora, seed: 0 });
  policy.loadAdapter(adapter);
  const found = await verifyBatch(policy, batch);
  policy.dispose();
  expect(gpu.pool.live).toBe(live);

  const { result } = found;
  expect(Math.abs(result.loss - expected.loss)).toBeLessThan(1e-4 * Math.abs(expected.loss));
  expect(Math.abs(result.kl - expected.kl)).toBeLessThan(1e-4 * expected.kl + 1e-7);
  expect(result.clip_fraction).toBeCloseTo(expected.clip_fraction, 6);
  expect(result.trainable_tokens).toBe(expected.trainable_tokens);
  expect(result.total_tokens).toBe(expected.total_tokens);
  expect(result.forest_tokens).toBeLessThan(expected.total_tokens);
  expect(largestGap(result.logprobs, expected.logprobs)).toBeLessThan(1e-4);
  expect(largestGap(result.ref_logprobs, expected.ref_logprobs)).toBeLessThan(1e-4);

  expect([...found.gradients.keys()].sort()).toEqual([...gradients.keys()].sort());
  let squares = 0;
  for (const [tensor, { data, shape }] of gradients) {
    const own = found.gradients.get(tensor);
    expect(own?.shape, tensor).toEqual(shape);
    expect(relativeError(own?.data ?? new Float32Array(data.length), data), tensor).toBeLessThan(1e-3);
    for (const g of data) squares += g * g;
  }
  expect(Math.abs(result.grad_norm / Math.sqrt(squares) - 1)).toBeLessThan(1e-4);
}

function largestGap(found: readonly (readonly number[])[], wanted: readonly (readonly number[])[]): number {
  expect(found.map((row) => row.length)).toEqual(wanted.map((row) => row.length));
  return Math.max(
    ...found.flatMap((row, s) => row.map((value, t) => Math.abs(value - (wanted[s]?.[t] as number)))),
  );
}

describe('with what the adapter offers', () => {
  let gpu: Gpu;
  beforeAll(async () => {
    ({ gpu } = await openDevice(await createDawnGpu()));
  });
  afterAll(() => gpu.device.destroy());

  test.each(goldenCases())('%s', (name) => verifyCase(name, gpu));

  test('llama-bnpo with head and embedding in several buffers', async () => {
    // Rows of 8 numbers: 1021 tokens make three chunks, while activations of the whole forest fit one binding.
    const narrow = new Gpu(gpu.device, { maxBindingBytes: 4 * 8 * 400 });
    await verifyCase('llama-bnpo', narrow);
    narrow.dispose();
  });
});

describe('with the limits that WebGPU guarantees', () => {
  let gpu: Gpu;
  beforeAll(async () => {
    ({ gpu } = await openDevice(await createDawnGpu(), { limits: 'minimum' }));
    expect(gpu.limits.maxStorageBuffersPerShaderStage).toBe(8);
    expect(gpu.limits.maxStorageBufferBindingSize).toBe(2 ** 27);
  });
  afterAll(() => gpu.device.destroy());

  test.each(['llama-grpo', 'qwen3-grpo'])('%s', (name) => verifyCase(name, gpu));
});
