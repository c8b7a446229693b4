/** Keys and values kept as f16 while sampling: near to f32's, half the memory, the same whatever runs beside. */
import { afterAll, describe, expect, test } from 'vitest';
import { createDawnGpu } from '../../scripts/runtime/dawn';
import { openDevice } from '../../src/kernels/device';
import type { Gpu } from '../../src/kernels/gpu';
import type { ModelConfig, SampledSequence, SequenceRequest } from '../../src/engine/types';
import { Random } from '../../src/random/philox';
import { GEMMA3, SAMPLE, SMOLLM3, TINY, tinyPolicy } from '../fixtures/tiny-policy';

const devices: GPUDevice[] = [];
afterAll(() => devices.forEach((device) => device.destroy()));

async function open(sharedLanes?: number): Promise<Gpu> {
  const { gpu } = await openDevice(await createDawnGpu());
  devices.push(gpu.device);
  if (sharedLanes !== undefined) Object.defineProperty(gpu, 'sharedLanes', { value: sharedLanes });
  return gpu;
}

/** Two groups of four rollouts. */
function requests(lengths: readonly [number, number]): SequenceRequest[] {
  const random = new Random(5, 'cache');
  const prompts = lengths.map((n) => Array.from({ length: n }, () => 1 + random.integer(TINY.vocabSize - 1)));
  return Array.from({ length: 8 }, (_, i) => ({
    key: { step: 1, group: i % 2, rollout: i },
    promptIds: prompts[i % 2] as number[],
  }));
}

const OPTIONS = { ...SAMPLE, stopIds: [], maxTurnTokens: 12 };

/** Gaps of log-probs as long as the tokens before are the same. */
function gaps(found: readonly SampledSequence[], wanted: readonly SampledSequence[]): number[] {
  return found.flatMap(({ ids, logprobs, source }, s) => {
    const other = wanted[s] as SampledSequence;
    const parted = ids.findIndex((id, t) => id !== other.ids[t]);
    return ids
      .slice(0, parted < 0 ? ids.length : parted)
      .flatMap((_, t) => (source[t] === other.source[t] && logprobs[t] !== 0 ? [t] : []))
      .map((t) => Math.abs((logprobs[t] as number) - (other.logprobs[t] as number)));
  });
}

describe('f16 gives log-probs near those of f32', () => {
  const cases: readonly (readonly [string, ModelConfig, number | undefined, readonly [number, number]])[] = [
    ['Llama', TINY, undefined, [11, 6]],
    ['Llama without shared loads', TINY, 0, [11, 6]],
    ['Llama, loads shared by four', { ...TINY, headDim: 24 }, 4, [11, 6]],
    ['norms of q and k, windows', GEMMA3, undefined, [11, 6]],
    ['SmolLM3', SMOLLM3, 0, [11, 6]],
    ['heads of 136', { ...GEMMA3, headDim: 136 }, undefined, [11, 6]],
    ['prompts of several passes', { ...TINY, maxPositions: 2048 }, undefined, [1300, 1200]],
    ['heads of 136 without shared loads', { ...GEMMA3, headDim: 136 }, 0, [11, 6]],
  ];
  test.each(cases)('%s', async (_, config, lanes, lengths) => {
    const gpu = await open(lanes);
    const asked = requests(lengths);
    const [wide, narrow] = [
      await tinyPolicy(gpu, config),
      await tinyPolicy(gpu, config, { cacheType: 'f16' }),
    ];
    const options = { ...OPTIONS, maxSeqLength: Math.max(...lengths) + 24 };
    const found = gaps(await narrow.sample(asked, options), await wide.sample(asked, options));
    expect(found.length).toBeGreaterThan(40);
    expect(Math.max(...found)).toBeLessThan(0.01);
    expect(Math.max(...found)).toBeGreaterThan(1e-5);
  });
});

test('f16 lets twice as many sequences run at once, which changes no token', async () => {
  const gpu = await open();
  const asked = requests([11, 6]);
  const cacheBytes = 16_000;
  const bytes = async (cacheType: 'f32' | 'f16', room: number) => {
    const policy = await tinyPolicy(gpu, TINY, { cacheType, cacheBytes: room });
    const labels: [string, number][] = [];
    const alloc = gpu.alloc.bind(gpu);
    gpu.alloc = (elements, label) => {
      labels.push([label ?? '', elements]);
      return alloc(elements, label);
    };
    const sampled = await policy.sample(asked, { ...OPTIONS, maxSeqLength: 36 });
    gpu.alloc = alloc;
    const of = (name: string) => labels.filter(([label]) => label === name).map(([, elements]) => elements);
    return { sampled, cache: of('key/value cache'), sequences: (of('logits')[0] as number) / TINY.vocabSize };
  };
  const [wide, narrow, roomy] = [
    await bytes('f32', cacheBytes),
    await bytes('f16', cacheBytes),
    await bytes('f16', 64 * cacheBytes),
  ];
  expect(narrow.sequences).toBeGreaterThan(1.5 * wide.sequences);
  expect(narrow.cache.every((elements) => 4 * elements * TINY.layers <= cacheBytes)).toBe(true);
  expect(roomy.sequences).toBeGreaterThan(narrow.sequences);
  expect(narrow.sampled.map(({ ids }) => ids)).toEqual(roomy.sampled.map(({ ids }) => ids));
});

test('heads that do not come in eights are refused', async () => {
  const odd = { ...TINY, headDim: 10 };
  await expect(tinyPolicy(await open(), odd, { cacheType: 'f16' })).rejects.toThrow(/cacheType=f16.*have 10/);
});
