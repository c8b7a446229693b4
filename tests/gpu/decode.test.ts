/** Token steps on the GPU: what they draw is what the model's logits and the reference draw give, whatever runs beside. */
import { Tensor } from '@huggingface/transformers';
import { afterAll, describe, expect, test } from 'vitest';
import { createDawnGpu } from '../../scripts/runtime/dawn';
import { openDevice } from '../../src/kernels/device';
import { setDecodeStyle } from '../../src/kernels/decode/style';
import { Gpu } from '../../src/kernels/gpu';
import { referenceDraw } from '../../src/kernels/sampling/reference';
import type { GpuPolicy } from '../../src/engine/gpu-policy';
import {
  type ModelConfig,
  type SampledSequence,
  type SampleOptions,
  type SamplingParams,
  type SequenceRequest,
} from '../../src/engine/types';
import { TOKEN_SOURCE } from '../../src/tokens/types';
import { Random, streamOf } from '../../src/random/philox';
import { GEMMA3, PLAIN, SAMPLE, SMOLLM3, TINY, tinyPolicy } from '../fixtures/tiny-policy';

const devices: GPUDevice[] = [];
afterAll(() => devices.forEach((device) => device.destroy()));

async function open(limits: 'adapter' | 'minimum'): Promise<Gpu> {
  const { gpu } = await openDevice(await createDawnGpu(), { limits });
  devices.push(gpu.device);
  return gpu;
}

/** A device on which that many lanes share loads; 0: each loads for itself. */
async function openSharing(sharedLanes: number): Promise<Gpu> {
  const gpu = await open('adapter');
  Object.defineProperty(gpu, 'sharedLanes', { value: sharedLanes });
  return gpu;
}

/** A device that takes the kernels of graphics cards. */
async function openAsCard(limits: 'adapter' | 'minimum' = 'adapter'): Promise<Gpu> {
  const gpu = await open(limits);
  setDecodeStyle(gpu, 'cooperative');
  return gpu;
}

/** Three groups of rollouts; the last prompt is a single token. */
function requests(count: number, vocabulary: number): SequenceRequest[] {
  const random = new Random(9, 'decode');
  const ids = (n: number) => Array.from({ length: n }, () => 1 + random.integer(vocabulary - 1));
  const prompts = [ids(11), ids(6), ids(1)];
  return Array.from({ length: count }, (_, i) => ({
    key: { step: 2, group: i % 3, rollout: i },
    promptIds: prompts[i % 3] as number[],
  }));
}

/** A second turn behind nine appended tokens. */
function twoTurns(): Pick<SampleOptions, 'onTurn'> {
  const turns = new Map<number, number>();
  return {
    onTurn: (sequence) => {
      const turn = (turns.get(sequence) ?? 0) + 1;
      turns.set(sequence, turn);
      return turn === 1 ? [5, 6, 7, 8, 9, 10, 11, 12, 13] : null;
    },
  };
}

/** Logits after `ids`, by a forward pass over all of them. */
async function logitsAfter(policy: GpuPolicy, ids: readonly number[]): Promise<Float32Array> {
  const int64 = (list: readonly number[], dims: number[]) =>
    new Tensor('int64', BigInt64Array.from(list, BigInt), dims).ort_tensor;
  const session = policy.createSession();
  const { logits } = await session.run({
    input_ids: int64(ids, [1, ids.length]),
    attention_mask: int64(
      ids.map(() => 1),
      [1, ids.length],
    ),
    num_logits_to_keep: int64([1], []),
    'past_key_values.0.key': new Tensor('float32', new Float32Array(0), [1, 1, 0, 0]).ort_tensor,
  });
  await session.release();
  return (logits as Tensor).data as Float32Array;
}

/** Every sampled token against the reference draw from the logits of its prefix. */
async function expectReference(
  policy: GpuPolicy,
  asked: readonly SequenceRequest[],
  sampled: readonly SampledSequence[],
  params: SamplingParams,
): Promise<void> {
  let checked = 0;
  for (const [s, { ids, source, logprobs }] of sampled.entries()) {
    const { key } = asked[s] as SequenceRequest;
    for (let t = 0; t < ids.length; t++) {
      if (source[t] !== TOKEN_SOURCE.sampled) continue;
      const logits = await logitsAfter(policy, ids.slice(0, t));
      const wanted = referenceDraw(
        logits,
        { ...key, position: t },
        { ...params, stream: streamOf('sample') },
      );
      if (wanted.margin < 1e-4) continue;
      expect(ids[t], `token ${t} of sequence ${s}`).toBe(wanted.id);
      expect(Math.abs((logprobs[t] as number) - wanted.logprob)).toBeLessThan(2e-5);
      checked++;
    }
  }
  expect(checked).toBeGreaterThan(20);
}

/** Nothing is a multiple of four; three query heads share one key head. */
const ODD_SIZES = {
  vocabSize: 101,
  hiddenSize: 30,
  heads: 3,
  kvHeads: 1,
  headDim: 10,
  intermediateSize: 45,
};
const ODD: ModelConfig = { ...TINY, ...ODD_SIZES };
const QWEN3: ModelConfig = { ...TINY, family: 'qwen3', qkNorm: true, tiedEmbeddings: false };

describe('tokens are those of the reference draw', () => {
  const cases: readonly (readonly [string, ModelConfig, () => Promise<Gpu>, Partial<SamplingParams>])[] = [
    ['Llama', TINY, () => open('adapter'), {}],
    ['Llama without shared loads, greedy', TINY, () => openSharing(0), { temperature: 0 }],
    ['Llama, loads shared by four, greedy', TINY, () => openSharing(4), { temperature: 0 }],
    ['Qwen2', { ...TINY, family: 'qwen2', qkvBias: true }, () => open('adapter'), { temperature: 0.8 }],
    ['Qwen3, untied', QWEN3, () => open('adapter'), { topK: 12 }],
    ['odd sizes at the smallest limits', ODD, () => open('minimum'), { topP: 0.9, minP: 0.01 }],
    ['Gemma 3', GEMMA3, () => open('adapter'), {}],
    ['Gemma 3 without shared loads, greedy', GEMMA3, () => openSharing(0), { temperature: 0 }],
    ['odd Gemma 3 at the smallest limits', { ...GEMMA3, ...ODD_SIZES }, () => open('minimum'), {}],
    ['SmolLM3', SMOLLM3, () => open('adapter'), {}],
    ['Gemma 3, heads of 132', { ...GEMMA3, headDim: 132 }, () => open('adapter'), {}],
    ['Qwen3, untied, as on cards', QWEN3, openAsCard, { topK: 12, topP: 0.9 }],
    [
      'odd Gemma 3 as on cards with the smallest limits',
      { ...GEMMA3, ...ODD_SIZES },
      () => openAsCard('minimum'),
      {},
    ],
    ['Llama as on cards, greedy', TINY, openAsCard, { temperature: 0 }],
    ['Gemma 3, heads of 132, without shared loads', { ...GEMMA3, headDim: 132 }, () => openSharing(0), {}],
  ];
  test.each(cases)('%s', async (_, config, openGpu, changes) => {
    const gpu = await openGpu();
    const policy = await tinyPolicy(gpu, config);
    const params = { ...PLAIN, ...changes };
    // The first call leaves the rotary table.
    await policy.sample(requests(1, config.vocabSize), SAMPLE);
    const live = gpu.pool.live;
    for (const adapter of [true, false]) {
      policy.adapterEnabled = adapter;
      const asked = requests(adapter ? 10 : 3, config.vocabSize);
      const options = { ...SAMPLE, ...twoTurns(), params, stepsPerRead: 3 };
      const sampled = await policy.sample(asked, options);
      expect(gpu.pool.live).toBe(live);
      await expectReference(policy, asked.slice(0, 3), sampled.slice(0, 3), params);
    }
    policy.dispose();
  });
});

describe('how steps are run changes nothing', () => {
  test.each([
    ['', () => open('adapter')],
    [', as on cards', openAsCard],
  ])('steps between two looks, and how many sequences run at once%s', async (_, openGpu) => {
    const policy = await tinyPolicy(await openGpu());
    const asked = requests(11, TINY.vocabSize);
    const sample = (stepsPerRead: number, maxBatch: number) =>
      policy.sample(asked, { ...SAMPLE, stopIds: [0, 30, 60], ...twoTurns(), stepsPerRead, maxBatch });
    const wanted = await sample(1, 64);
    // Some turns must end before the limit, and so between two looks.
    const lengths = new Set(wanted.map(({ ids }) => ids.length));
    expect(lengths.size).toBeGreaterThan(3);
    for (const [steps, batch] of [
      [3, 64],
      [16, 64],
      [5, 1],
      [7, 4],
    ] as const) {
      const found = await sample(steps, batch);
      found.forEach(({ ids, logprobs }, s) => {
        expect(ids, `${steps} steps, ${batch} at once`).toEqual(wanted[s]?.ids);
        logprobs.forEach((logprob, t) =>
          expect(Math.abs(logprob - (wanted[s]?.logprobs[t] as number))).toBeLessThan(1e-5),
        );
      });
    }
    policy.dispose();
  });

  test('a full sequence stays within its slots while others go on', async () => {
    const policy = await tinyPolicy(await open('adapter'));
    const asked = requests(15, TINY.vocabSize);
    // Sequences from one-token prompts use all their slots, and end while others are in the middle of theirs.
    const limits = { stopIds: [], maxTurnTokens: 100, maxSeqLength: 16, maxBatch: 4 };
    const sample = (stepsPerRead: number) => policy.sample(asked, { ...SAMPLE, ...limits, stepsPerRead });
    const [one, many] = [await sample(1), await sample(6)];
    expect(many.map(({ ids }) => ids)).toEqual(one.map(({ ids }) => ids));
    many.forEach(({ logprobs }, s) =>
      logprobs.forEach((logprob, t) =>
        expect(Math.abs(logprob - (one[s]?.logprobs[t] as number))).toBeLessThan(1e-5),
      ),
    );
    expect(many.every(({ ids }) => ids.length === 16)).toBe(true);
    policy.dispose();
  });

  test('a token step takes 5 dispatches a layer and 3 more, and one read-back serves several', async () => {
    const gpu = await open('adapter');
    const policy = await tinyPolicy(gpu);
    const count = async (tokens: number) => {
      const { dispatches, reads } = gpu.counters;
      await policy.sample(requests(6, TINY.vocabSize), {
        ...SAMPLE,
        stopIds: [],
        maxTurnTokens: tokens,
        stepsPerRead: 8,
      });
      return { dispatches: gpu.counters.dispatches - dispatches, reads: gpu.counters.reads - reads };
    };
    const [few, many] = [await count(8), await count(24)];
    expect(many.dispatches - few.dispatches).toBe(16 * (5 * TINY.layers + 3));
    expect(many.reads - few.reads).toBe(2);
    policy.dispose();
  });

  test('where bindings are small, fewer sequences run at once; where none fits, the error says so', async () => {
    const { device } = await open('adapter');
    const asked = requests(9, TINY.vocabSize);
    const wide = await tinyPolicy(new Gpu(device));
    const wanted = (await wide.sample(asked, SAMPLE)).map(({ ids }) => ids);
    // A slot of TINY takes 128 bytes, a sequence 63 of them, the prompts 18.
    const narrow = await tinyPolicy(new Gpu(device, { maxBindingBytes: 128 * (18 + 2 * 63 + 5) }));
    expect((await narrow.sample(asked, SAMPLE)).map(({ ids }) => ids)).toEqual(wanted);
    const none = await tinyPolicy(new Gpu(device, { maxBindingBytes: 12_800 }));
    await expect(none.sample(asked, { ...SAMPLE, maxSeqLength: 200 })).rejects.toThrow(/Lower maxSeqLength/);
  });
});
