/** The whole of a training pass against PyTorch's autograd in float64 (tests/golden), on several kinds of device. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDawnGpu } from '../../scripts/runtime/dawn';
import { verifyBatch, type VerifyResult } from '../../src/grpo/verify';
import { openDevice } from '../../src/kernels/device';
import { Gpu } from '../../src/kernels/gpu';
import { GpuPolicy } from '../../src/engine/gpu-policy';
import { verifyFiles } from '../../src/run/verify';
import { parseSafetensors } from '../../src/formats/safetensors';
import { goldenCases, goldenFiles, goldenProblems, readGolden, readTensorsOf } from '../fixtures/golden';
import { goldenGguf } from '../support/golden-gguf';

async function verifyCase(name: string, gpu: Gpu): Promise<void> {
  const golden = await readGolden(name);
  const { config, weights, lora, adapter, batch } = golden;
  const live = gpu.pool.live;
  const policy = new GpuPolicy(gpu, config, weights, { kind: 'adapter', lora, seed: 0 });
  policy.loadAdapter(adapter);
  const { result, gradients } = await verifyBatch(policy, batch);
  policy.dispose();
  expect(gpu.pool.live).toBe(live);
  expect(goldenProblems(golden, result, gradients)).toEqual([]);
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

describe('the verify command on files', () => {
  const changed = (
    change: (batch: Record<string, unknown> & { sequences: Record<string, unknown>[] }) => void,
  ) => {
    const files = goldenFiles('llama-grpo');
    const batch = JSON.parse(new TextDecoder().decode(files.get('batch.json'))) as Parameters<
      typeof change
    >[0];
    change(batch);
    return files.set('batch.json', new TextEncoder().encode(JSON.stringify(batch)));
  };

  test('result.json and grads.safetensors hold what the contract names', async () => {
    const out = await verifyFiles(await createDawnGpu(), goldenFiles('llama-grpo'));
    const { expected, gradients } = await readGolden('llama-grpo');
    const result = JSON.parse(new TextDecoder().decode(out.get('result.json'))) as Record<string, unknown>;
    expect(result).toMatchObject({ trainable_tokens: 110, total_tokens: 368, forest_tokens: 188 });
    expect(result['loss']).toBeCloseTo(expected.loss, 5);
    const written = parseSafetensors(out.get('grads.safetensors') as Uint8Array, 'grads').tensors;
    expect([...written.keys()].sort()).toEqual([...gradients.keys()].sort());
  });

  test.each(['llama-grpo', 'qwen3-grpo'])('%s out of a GGUF file', async (name) => {
    const golden = await readGolden(name);
    const files = goldenFiles(name);
    for (const path of [...files.keys()].filter((key) => key.startsWith('model/'))) files.delete(path);
    files.set('model/one.gguf', goldenGguf(golden.config, golden.weights));
    const out = await verifyFiles(await createDawnGpu(), files);
    const result = JSON.parse(new TextDecoder().decode(out.get('result.json'))) as VerifyResult;
    const gradients = readTensorsOf(out.get('grads.safetensors') as Uint8Array, 'grads');
    expect(goldenProblems(golden, result, gradients)).toEqual([]);
  });

  test('weights in another form change the log-probs, a little', async () => {
    const { expected } = await readGolden('llama-grpo');
    const out = await verifyFiles(await createDawnGpu(), goldenFiles('llama-grpo'), 'int8');
    const { logprobs } = JSON.parse(new TextDecoder().decode(out.get('result.json'))) as VerifyResult;
    const gap = Math.max(
      ...logprobs.flatMap((row, s) => row.map((x, t) => Math.abs(x - (expected.logprobs[s]?.[t] as number)))),
    );
    expect(gap).toBeGreaterThan(1e-3);
    expect(gap).toBeLessThan(0.3);
  });

  test('a batch that trains nothing has no loss and no gradient', async () => {
    const files = changed(({ sequences }) => {
      for (const s of sequences) s['loss_mask'] = (s['loss_mask'] as number[]).map(() => 0);
    });
    const out = await verifyFiles(await createDawnGpu(), files);
    const result = JSON.parse(new TextDecoder().decode(out.get('result.json'))) as Record<string, unknown>;
    expect(result).toMatchObject({ loss: 0, kl: 0, clip_fraction: 0, trainable_tokens: 0, grad_norm: 0 });
  });

  test.each([
    ['another loss', /loss_type must be one of .*found ppo/, { loss_type: 'ppo' }, {}],
    ['no temperature', /temperature must be above 0/, { temperature: 0 }, {}],
    ['lists of different lengths', /sequences\[0\]\.loss_mask must hold 46 numbers/, {}, { loss_mask: [1] }],
    [
      'ids that are none',
      /sequences\[0\]\.input_ids must hold token ids/,
      {},
      { input_ids: new Array<number>(46).fill(0.5) },
    ],
    [
      'ids of another model',
      /Token id 700 is outside the vocabulary of 96/,
      {},
      { input_ids: new Array<number>(46).fill(700) },
    ],
  ])('%s: refused', async (_, message, top, first) => {
    const files = changed((batch) => {
      Object.assign(batch, top);
      Object.assign(batch.sequences[0] as object, first);
    });
    await expect(verifyFiles(await createDawnGpu(), files)).rejects.toThrow(message);
  });

  test('an adapter of another model: refused', async () => {
    const files = goldenFiles('llama-grpo');
    for (const [path, bytes] of goldenFiles('qwen2-dapo'))
      if (path.startsWith('adapter/')) files.set(path, bytes);
    await expect(verifyFiles(await createDawnGpu(), files)).rejects.toThrow(/trained on another model/);
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
