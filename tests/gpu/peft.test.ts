/** Adapters as people write them, against PEFT in float64 (tests/cases, made by scripts/golden/peft_cases.py). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDawnGpu } from '../../scripts/runtime/dawn';
import { folderFiles } from '../../src/engine/files/folder-node';
import { GpuPolicy } from '../../src/engine/gpu-policy';
import { loadModelConfig } from '../../src/engine/model/config';
import { adapterFolder, readAdapterFolder } from '../../src/engine/peft';
import type { ModelConfig } from '../../src/engine/types';
import { loadWeights } from '../../src/engine/weights/weights';
import type { HostTensors } from '../../src/formats/tensors';
import { parseVerifyBatch, verifyBatch } from '../../src/grpo/verify';
import { openDevice } from '../../src/kernels/device';
import type { Gpu } from '../../src/kernels/gpu';
import { type Expected, goldenProblems, readTensors } from '../fixtures/golden';
import { batchOf, LOSS, PLAIN, randomBatch } from '../fixtures/tiny-policy';

const CASES = fileURLToPath(new URL('../cases/', import.meta.url));
const MODEL = fileURLToPath(new URL('../../public/models/mailgym-tiny', import.meta.url));

const json = (folder: string, file: string): unknown =>
  JSON.parse(readFileSync(join(CASES, folder, file), 'utf8'));

function filesOf(folder: string): Map<string, Uint8Array> {
  return new Map(
    readdirSync(join(CASES, folder)).map((file) => [file, readFileSync(join(CASES, folder, file))]),
  );
}

let gpu: Gpu;
let config: ModelConfig;
let weights: HostTensors;
beforeAll(async () => {
  ({ gpu } = await openDevice(await createDawnGpu()));
  config = await loadModelConfig(folderFiles(MODEL));
  weights = await loadWeights(folderFiles(MODEL), config);
});
afterAll(() => gpu.device.destroy());

describe('log-probs, loss and gradients are PEFT’s', () => {
  test.each([
    '01-peft-rslora/adapter',
    '02-peft-rank-alpha-pattern/adapter',
    '02-peft-rank-alpha-pattern/mixed',
    '03-peft-target-regex/unsloth',
    '03-peft-target-regex/layers-to-transform',
  ])('%s', async (folder) => {
    const { lora, tensors, notices } = readAdapterFolder(filesOf(folder), config);
    expect(notices).toEqual([]);
    const policy = new GpuPolicy(gpu, config, weights, { kind: 'adapter', lora, seed: 0 });
    policy.loadAdapter(tensors);
    expect(await policy.readAdapter()).toEqual(tensors);
    const { result, gradients } = await verifyBatch(policy, parseVerifyBatch(json(folder, 'batch.json')));
    policy.dispose();
    const expected = json(folder, 'expected.json') as Expected;
    const wanted = readTensors(join(CASES, folder, 'expected_grads.safetensors'));
    expect(goldenProblems({ expected, gradients: wanted }, result, gradients)).toEqual([]);
    // What is saved again means the same.
    const again = readAdapterFolder(adapterFolder(tensors, lora, { baseModel: 'x' }), config);
    expect(again).toEqual({ lora, tensors, notices: [] });
  });
});

describe('ranks and scales that differ within a unit', () => {
  const folder = '02-peft-rank-alpha-pattern/mixed';

  test.each(['f32', 'int8'] as const)('sampling over %s weights is as training', async (baseWeights) => {
    const { lora, tensors } = readAdapterFolder(filesOf(folder), config);
    const policy = new GpuPolicy(gpu, config, weights, { kind: 'adapter', lora, seed: 0 }, { baseWeights });
    policy.loadAdapter(tensors);
    const promptIds = [3, 700, 41, 99, 4];
    const [sequence] = await policy.sample([{ key: { step: 0, group: 0, rollout: 0 }, promptIds }], {
      params: PLAIN,
      stopIds: [],
      maxTurnTokens: 12,
      maxSeqLength: 64,
      onTurn: () => null,
    });
    const { ids = [], logprobs = new Float32Array() } = sequence ?? {};
    const count = ids.length - promptIds.length;
    expect(count).toBe(12);
    const { forest, rows } = batchOf([
      {
        ids,
        mask: ids.map((_, t) => (t < promptIds.length ? 0 : 1)),
        advantages: ids.map(() => 1),
        old: ids.map(() => NaN),
        weight: 1,
      },
    ]);
    const scored = await policy.score(forest, rows, { adapter: true, temperature: 1 });
    const bare = await policy.score(forest, rows, { adapter: false, temperature: 1 });
    policy.dispose();
    const gap = (other: Float32Array) =>
      Math.max(...other.map((value, i) => Math.abs(value - (logprobs[promptIds.length + i] as number))));
    expect(gap(scored)).toBeLessThan(1e-4);
    expect(gap(bare)).toBeGreaterThan(0.1);
  });

  test('what pads a lower rank is zero after an update', async () => {
    const { lora, tensors } = readAdapterFolder(filesOf(folder), config);
    const policy = new GpuPolicy(gpu, config, weights, { kind: 'adapter', lora, seed: 0 });
    policy.loadAdapter(tensors);
    const { forest, rows } = batchOf(randomBatch(9));
    await policy.accumulate(forest, rows, LOSS);
    await policy.update({
      ...{ learningRate: 0.01, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0.1, maxGradNorm: 1 },
    });
    const trained = await policy.readAdapter();
    const { parameters } = await policy.readOptimizer();
    policy.dispose();
    const fresh = new GpuPolicy(gpu, config, weights, { kind: 'adapter', lora, seed: 0 });
    fresh.loadAdapter(trained);
    expect((await fresh.readOptimizer()).parameters).toEqual(parameters);
    fresh.dispose();
    const name = 'base_model.model.model.layers.0.self_attn.v_proj.lora_B.weight';
    expect(trained.get(name)?.data).not.toEqual(tensors.get(name)?.data);
  });
});
