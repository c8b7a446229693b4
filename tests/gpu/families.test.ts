/**
 * Families whose layers differ from Llama's: greedy texts of the sampler and of transformers.js's `generate()` are those
 * of PyTorch in float64 (tests/golden), well beyond the windows, and of transformers' own classes.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PreTrainedModel, Tensor } from '@huggingface/transformers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OpenOptions } from '../../src/kernels/device';
import { openDevice } from '../../src/kernels/device';
import type { Gpu } from '../../src/kernels/gpu';
import { GpuPolicy } from '../../src/engine/gpu-policy';
import { createTransformersModel } from '../../src/engine/transformers/transformers-model';
import { createDawnGpu } from '../../scripts/runtime/dawn';
import { GOLDEN, goldenCases, type GoldenCase, readGolden } from '../fixtures/golden';
import { GEMMA3, PLAIN, SAMPLE, SMOLLM3, tinyWeights } from '../fixtures/tiny-policy';

interface Text {
  readonly prompt: readonly number[];
  readonly ids: readonly number[];
}

const CASES = goldenCases().filter((name) => existsSync(join(GOLDEN, name, 'greedy.json')));
const json = (name: string, file: string): unknown =>
  JSON.parse(readFileSync(join(GOLDEN, name, file), 'utf8'));
const textsOf = (name: string) => json(name, 'greedy.json') as readonly Text[];

const DEVICES: readonly (readonly [string, OpenOptions])[] = [
  ['with what the adapter offers', {}],
  ['with the limits that WebGPU guarantees', { limits: 'minimum' }],
];

test('there are cases of each family', () => {
  expect(CASES).toEqual(['gemma3-dapo', 'smollm3-sliding-dapo']);
});

describe.each(DEVICES)('%s', (_, options) => {
  let gpu: Gpu;
  beforeAll(async () => {
    ({ gpu } = await openDevice(await createDawnGpu(), options));
  });
  afterAll(() => gpu.device.destroy());

  function policyOf({ config, weights, lora, adapter }: GoldenCase): GpuPolicy {
    const policy = new GpuPolicy(gpu, config, weights, { kind: 'adapter', lora, seed: 0 });
    policy.loadAdapter(adapter);
    return policy;
  }

  test.each(CASES)('%s: token steps', async (name) => {
    const policy = policyOf(await readGolden(name));
    const texts = textsOf(name);
    const asked = texts.map(({ prompt }, i) => ({
      key: { step: 0, group: i, rollout: 0 },
      promptIds: prompt,
    }));
    // Together, so that rows at different positions share a block, and one alone.
    for (const requests of [asked, asked.slice(1)]) {
      const sampled = await policy.sample(requests, {
        ...SAMPLE,
        params: { ...PLAIN, temperature: 0 },
        stopIds: [],
        maxTurnTokens: 24,
      });
      sampled.forEach(({ ids }, i) => {
        const { prompt, ids: wanted } = texts[i + texts.length - requests.length] as Text;
        expect(ids.slice(prompt.length)).toEqual(wanted);
      });
    }
    policy.dispose();
    expect(gpu.pool.live).toBe(0);
  });

  test.each(CASES)('%s: generate()', async (name) => {
    const policy = policyOf(await readGolden(name));
    const model = createTransformersModel(policy, json(name, 'model/config.json') as Record<string, unknown>);
    for (const { prompt, ids } of textsOf(name)) {
      expect(await generated(model, prompt, ids.length)).toEqual(ids);
    }
    await model.dispose();
    policy.dispose();
    expect(gpu.pool.live).toBe(0);
  });

  test.each([
    ['Gemma 3', GEMMA3, /Full-parameter training of gemma3 is not supported/],
    ['Gemma 3 without weights', GEMMA3, /Train an adapter/],
  ] as const)('%s: all weights are not trained', (_name, config, message) => {
    expect(() => new GpuPolicy(gpu, config, tinyWeights(config), { kind: 'full' })).toThrow(message);
    expect(() => new GpuPolicy(gpu, SMOLLM3, tinyWeights(SMOLLM3), { kind: 'full' }).dispose()).not.toThrow();
  });
});

async function generated(
  model: PreTrainedModel,
  prompt: readonly number[],
  count: number,
): Promise<number[]> {
  const int64 = (ids: readonly number[]) =>
    new Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]);
  const output = (await model.generate({
    input_ids: int64(prompt),
    attention_mask: int64(prompt.map(() => 1)),
    max_new_tokens: count,
    do_sample: false,
    // Not the config's, which the text may reach.
    eos_token_id: [],
    pad_token_id: 0,
  } as unknown as Parameters<PreTrainedModel['generate']>[0])) as Tensor;
  return (output.tolist() as bigint[][])[0]?.map(Number).slice(prompt.length) ?? [];
}
