/** Plans against what runs really do: nothing is compiled after preparing, and bytes are as predicted. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createDawnGpu } from '../../scripts/runtime/dawn';
import { openDevice, type OpenOptions } from '../../src/kernels/device';
import type { Gpu } from '../../src/kernels/gpu';
import type { WeightFormat } from '../../src/settings/choices';
import { GpuPolicy, type PolicyOptions, type Training } from '../../src/engine/gpu-policy';
import { keptElements } from '../../src/engine/pass/trunk';
import { planMemory, type PlannedUse, planPolicy } from '../../src/engine/plan';
import type { LoraConfig, LossConfig, ModelConfig, SamplingParams } from '../../src/engine/types';
import { loraLayout } from '../../src/engine/model/lora';
import { weightBytes } from '../../src/engine/weights/storage';
import { Random } from '../../src/random/philox';
import {
  batchOf,
  GEMMA3,
  LORA,
  LOSS,
  PLAIN,
  randomAdapter,
  randomBatch,
  SMOLLM3,
  tinyWeights,
  TINY,
} from '../fixtures/tiny-policy';

const ADAMW = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.01, maxGradNorm: 1 };
const SHORT: ModelConfig = { ...TINY, maxPositions: 512 };
const ODD: ModelConfig = { ...SHORT, vocabSize: 97, hiddenSize: 36, headDim: 6, intermediateSize: 50 };
const QWEN3: ModelConfig = { ...SHORT, family: 'qwen3', qkNorm: true, tiedEmbeddings: false };
const LONG_GEMMA3: ModelConfig = { ...GEMMA3, maxPositions: 512 };
const GREEDY: SamplingParams = { ...PLAIN, temperature: 0 };
const CUT: SamplingParams = { ...PLAIN, topK: 5, topP: 0.9, minP: 0.01 };

const adapter = (lora: LoraConfig = LORA): Training => ({ kind: 'adapter', lora, seed: 3 });

/** One training sequence of `length` random tokens, of which those from `from` on are trained. */
function sequence(length: number, vocabulary: number, seed: number, from = length >> 1) {
  const random = new Random(seed, 'sequence');
  const ids = Array.from({ length }, () => random.integer(vocabulary));
  return {
    ids,
    mask: ids.map((_, t) => (t >= from ? 1 : 0)),
    advantages: ids.map(() => 1),
    old: ids.map(() => NaN),
    weight: 1,
  };
}

/** Prompts with a common beginning. */
const prompts = (count: number) =>
  Array.from({ length: count }, (_, i) => [1, 2, 3, ...new Array<number>(i + 1).fill(5)]);

function requestsOf(count: number) {
  return prompts(count).map((promptIds, i) => ({ key: { step: 0, group: i, rollout: 0 }, promptIds }));
}

let gpu: Gpu | null = null;
afterEach(() => {
  gpu?.dispose();
  gpu?.device.destroy();
  gpu = null;
});

async function open(options: OpenOptions = {}): Promise<Gpu> {
  ({ gpu } = await openDevice(await createDawnGpu(), options));
  return gpu;
}

interface Mode {
  readonly name: string;
  readonly config: ModelConfig;
  readonly training: Training;
  readonly loss: LossConfig;
  readonly params: readonly SamplingParams[];
  readonly limits?: OpenOptions['limits'];
  readonly options?: PolicyOptions;
}

const MODES: readonly Mode[] = [
  { name: 'adapter, KL', config: SHORT, training: adapter(), loss: LOSS, params: [PLAIN, GREEDY] },
  {
    name: 'adapter on two targets, entropy, no KL',
    config: SHORT,
    training: adapter({ r: 2, alpha: 2, targets: ['q_proj', 'down_proj'] }),
    loss: { ...LOSS, beta: 0, entropyCoef: 0.01, temperature: 0.7 },
    params: [CUT],
  },
  { name: 'odd widths', config: ODD, training: adapter(), loss: LOSS, params: [PLAIN] },
  { name: 'q/k norm', config: QWEN3, training: adapter(), loss: LOSS, params: [PLAIN] },
  {
    name: 'int4 weights, odd widths, biases',
    config: { ...ODD, family: 'qwen2', qkvBias: true },
    training: adapter(),
    loss: LOSS,
    params: [PLAIN],
    limits: 'minimum',
    options: { baseWeights: 'int4' },
  },
  {
    name: 'f16 weights, q/k norm, two targets',
    config: QWEN3,
    training: adapter({ r: 2, alpha: 2, targets: ['q_proj', 'down_proj'] }),
    loss: LOSS,
    params: [PLAIN],
    options: { baseWeights: 'f16' },
  },
  { name: 'Gemma 3', config: LONG_GEMMA3, training: adapter(), loss: LOSS, params: [PLAIN] },
  {
    name: 'SmolLM3, int8 weights, two targets',
    config: { ...SMOLLM3, maxPositions: 512 },
    training: adapter({ r: 2, alpha: 2, targets: ['q_proj', 'down_proj'] }),
    loss: LOSS,
    params: [PLAIN],
    options: { baseWeights: 'int8' },
  },
  {
    name: 'all weights',
    config: SHORT,
    training: { kind: 'full' },
    loss: { ...LOSS, beta: 0 },
    params: [PLAIN],
  },
  {
    name: 'adapter, minimum limits',
    config: SHORT,
    training: adapter(),
    loss: LOSS,
    params: [PLAIN],
    limits: 'minimum',
  },
];

describe('after preparing, nothing is compiled any more', () => {
  test.each(MODES)('$name', async ({ config, training, loss, params, limits, options }) => {
    const gpu = await open(limits === undefined ? {} : { limits });
    const use: PlannedUse = {
      tokens: 400,
      maxSeqLength: 256,
      loss,
      sampling: { calls: [prompts(12)], params, stopIds: [0] },
    };
    const plan = await planPolicy(gpu, config, training, use, options);
    expect(gpu.counters.dispatches).toBe(0);
    const progress: (readonly [number, number])[] = [];
    await gpu.compile(plan.programs, (done, total) => progress.push([done, total]));
    const { length } = plan.programs;
    expect(progress[0]).toEqual([0, length]);
    expect(progress.at(-1)).toEqual([length, length]);

    const policy = new GpuPolicy(gpu, config, tinyWeights(config), training, options);
    const sizes = [2, 5, 8, 11, 31, 64, 130, 250];
    for (const size of sizes) {
      const { forest, rows } = batchOf([sequence(size, config.vocabSize, size)]);
      await policy.accumulate(forest, rows, loss);
      await policy.score(forest, rows, { adapter: true, temperature: 1 });
      await policy.score(forest, rows, { adapter: false, temperature: 1 });
    }
    const many = batchOf([
      ...randomBatch(1, 6, config.vocabSize),
      sequence(200, config.vocabSize, 4),
      sequence(90, config.vocabSize, 5),
    ]);
    await policy.accumulate(many.forest, many.rows, loss);
    await policy.update(ADAMW);
    for (const one of params) {
      for (const count of [1, 2, 7, 12]) {
        let turns = 0;
        await policy.sample(requestsOf(count), {
          params: one,
          stopIds: [0],
          maxTurnTokens: 6,
          maxSeqLength: 64,
          onTurn: (_, __, at) => (++turns % 2 === 1 && at < 40 ? [4, 5, 6, 7, 8] : null),
        });
      }
    }
    const planned = new Set(plan.programs.map(({ key }) => key));
    expect(gpu.programs.map(({ key }) => key).filter((key) => !planned.has(key))).toEqual([]);
  });

  test('the count of programs does not depend on lengths', async () => {
    const gpu = await open();
    const counts = await Promise.all(
      [100, 3000].map(async (tokens) => {
        const use = { tokens, maxSeqLength: 256, loss: LOSS, sampling: null };
        return (await planPolicy(gpu, SHORT, adapter(), use)).programs.length;
      }),
    );
    expect(counts[0]).toBe(counts[1]);
    expect(counts[0]).toBeLessThanOrEqual(45);
  });
});

describe('bytes are as planned', () => {
  const WIDE: ModelConfig = {
    ...SHORT,
    vocabSize: 512,
    hiddenSize: 64,
    layers: 3,
    headDim: 16,
    intermediateSize: 160,
  };
  const WIDE_GEMMA3: ModelConfig = {
    ...LONG_GEMMA3,
    vocabSize: 512,
    hiddenSize: 64,
    headDim: 16,
    intermediateSize: 160,
  };
  const cases: readonly (readonly [string, Training, PolicyOptions, ModelConfig])[] = [
    ['adapter', adapter(), { recompute: 'none' }, WIDE],
    ['adapter, layers computed again', adapter(), { recompute: 'layer' }, WIDE],
    ['adapter, int8 weights', adapter(), { recompute: 'none', baseWeights: 'int8' }, WIDE],
    ['all weights', { kind: 'full' }, { recompute: 'none' }, WIDE],
    ['Gemma 3', adapter(), { recompute: 'none' }, WIDE_GEMMA3],
    ['Gemma 3, layers computed again', adapter(), { recompute: 'layer' }, WIDE_GEMMA3],
  ];
  test.each(cases)('%s', async (_, training, options, config) => {
    const gpu = await open();
    const loss = { ...LOSS, beta: training.kind === 'full' ? 0 : LOSS.beta };
    const use: PlannedUse = {
      tokens: 512,
      maxSeqLength: 256,
      loss,
      sampling: { calls: [prompts(6)], params: [PLAIN], stopIds: [0] },
    };
    const plan = await planPolicy(gpu, config, training, use, options);
    const policy = new GpuPolicy(gpu, config, tinyWeights(config), training, options);
    await policy.sample(requestsOf(6), {
      params: PLAIN,
      stopIds: [0],
      maxTurnTokens: 4,
      maxSeqLength: 256,
      onTurn: () => null,
    });
    const some = batchOf([0, 1].map((seed) => sequence(256, config.vocabSize, seed, 128)));
    const all = batchOf([0, 1].map((seed) => sequence(256, config.vocabSize, seed, 1)));
    await policy.accumulate(some.forest, some.rows, loss);
    await policy.update(ADAMW);
    expect(gpu.memory.peakBytes).toBeLessThanOrEqual(1.02 * plan.peakBytes);
    for (let step = 0; step < 3; step++) {
      await policy.accumulate(all.forest, all.rows, loss);
      await policy.update(ADAMW);
    }
    // The rehearsal also samples one and two sequences, whose caches may wait idle beside the others.
    const ratio = plan.peakBytes / gpu.memory.peakBytes;
    expect(ratio).toBeGreaterThan(0.96);
    expect(ratio).toBeLessThan(1.1);
    // The parts: what is held is known to the byte, and nothing is counted in no part or in two.
    const { weights, trained, cache, activations, peakBytes } = plan;
    if (training.kind !== 'full') expect(weights).toBe(weightBytes(config, options.baseWeights ?? 'f32'));
    if (training.kind === 'adapter') {
      const { length } = loraLayout(config, training.lora);
      expect(trained).toBe(4 * 4 * length);
    }
    expect(cache).toBeGreaterThan(0);
    expect(activations).toBeGreaterThan(0);
    expect(weights + trained + Math.max(cache, activations)).toBeLessThanOrEqual(peakBytes);
  });

  test('prompts of a later step may need more than those of the first, which go in pieces', async () => {
    const gpu = await open();
    const config: ModelConfig = { ...WIDE, maxPositions: 2048 };
    // Ids of a prompt go up from its own first, so that no two begin alike.
    const asked = (count: number, length: number) =>
      Array.from({ length: count }, (_, at) =>
        Array.from({ length }, (__, i) => (at * 51 + i) % config.vocabSize),
      );
    const activations = async (first: readonly (readonly number[])[], longestPrompt?: number) => {
      const calls = { calls: [first], ...(longestPrompt === undefined ? {} : { longestPrompt }) };
      const sampling = { ...calls, params: [PLAIN], stopIds: [0] };
      const use: PlannedUse = { tokens: 512, maxSeqLength: 2048, loss: null, sampling };
      return (await planMemory(gpu, config, adapter(), use)).activations;
    };
    for (const [count, length, fullest] of [
      [4, 700, 512],
      [10, 300, 204],
      [1, 2040, 2040],
      // What prompts can have may be less than a pass takes.
      [3, 20, 90],
    ] as const) {
      const needed = await activations(asked(count, fullest));
      expect(await activations(asked(count, length))).toBeLessThanOrEqual(needed);
      const planned = await activations(asked(count, length), Math.max(length, fullest));
      expect(planned).toBeGreaterThanOrEqual(0.99 * needed);
      expect(planned).toBeLessThan(1.05 * needed);
    }
    expect(await activations(asked(4, 700))).toBeLessThan(0.8 * (await activations(asked(4, 512))));
    // Prompts that the cache has no room for do not keep a run from being planned that may never ask them.
    const slots = 4 * 2 * config.kvHeads * config.headDim * config.layers;
    const sampling = { calls: [asked(10, 20)], longestPrompt: 250, params: [PLAIN], stopIds: [0] };
    const small: PlannedUse = { tokens: 512, maxSeqLength: 256, loss: null, sampling };
    const { cache } = await planMemory(gpu, config, adapter(), small, { cacheBytes: 1000 * slots });
    expect(cache).toBeGreaterThan(0);
  });

  test('packed weights lower the foretold bytes by what the format says, and need no merged copy', async () => {
    const gpu = await open();
    const config: ModelConfig = { ...SHORT, hiddenSize: 256, headDim: 64, intermediateSize: 512 };
    const bytes = async (baseWeights: WeightFormat) => {
      const of = async (use: Pick<PlannedUse, 'loss' | 'sampling'>) => {
        const sized = { tokens: 64, maxSeqLength: 64, ...use };
        return (await planPolicy(gpu, config, adapter(), sized, { baseWeights })).peakBytes;
      };
      return {
        training: await of({ loss: LOSS, sampling: null }),
        sampling: await of({ loss: null, sampling: { calls: [prompts(1)], params: [PLAIN], stopIds: [0] } }),
      };
    };
    const [plain, packed] = [await bytes('f32'), await bytes('int4')];
    const weights = config.layers * 256 * (2 * 4 * 64 + 2 * 2 * 64 + 3 * 512);
    const saved = (weights * (128 - 20) + 96 * 256 * (128 - 64)) / 32;
    expect(plain.training - packed.training).toBe(saved);
    expect(plain.sampling - packed.sampling).toBeGreaterThan(saved + 0.75 * 4 * weights);
  });
});

describe('layers computed again in the backward pass', () => {
  const cases: readonly (readonly [string, ModelConfig, Training])[] = [
    ['adapter', SHORT, adapter()],
    ['adapter on two targets', SHORT, adapter({ r: 2, alpha: 2, targets: ['q_proj', 'down_proj'] })],
    ['q/k norm', QWEN3, adapter()],
    ['qwen2 with biases', { ...SHORT, family: 'qwen2', qkvBias: true }, adapter()],
    ['all weights', SHORT, { kind: 'full' }],
    ['Gemma 3', LONG_GEMMA3, adapter()],
    [
      'Gemma 3, no target in the MLP',
      LONG_GEMMA3,
      adapter({ r: 2, alpha: 2, targets: ['q_proj', 'o_proj'] }),
    ],
  ];
  test.each(cases)('%s: the same gradients bit for bit, in less memory', async (_, config, training) => {
    const gpu = await open();
    const loss = { ...LOSS, beta: training.kind === 'full' ? 0 : LOSS.beta, entropyCoef: 0.01 };
    const deep = { ...config, layers: 4 };
    const { forest, rows } = batchOf([
      ...randomBatch(1, 5, config.vocabSize),
      sequence(200, config.vocabSize, 2),
    ]);
    const results = [];
    // Everything, half of the layers, and nothing.
    const half = 2 * 4 * forest.n * keptElements(deep);
    for (const options of [{ recompute: 'none' }, { keptBytes: half }, { recompute: 'layer' }] as const) {
      const policy = new GpuPolicy(gpu, deep, tinyWeights(deep), training, options);
      if (training.kind === 'adapter') policy.loadAdapter(await randomAdapter(policy));
      await policy.accumulate(forest, rows, loss);
      policy.zeroGradient();
      const before = gpu.pool.live;
      const result = await policy.accumulate(forest, rows, loss);
      expect(gpu.pool.live).toBe(before);
      results.push({ result, gradients: await policy.readGradients() });
      policy.dispose();
    }
    const [kept, ...again] = results;
    expect(again).toHaveLength(2);
    for (const { result, gradients } of again) {
      expect(result).toEqual(kept?.result);
      expect(gradients).toEqual(kept?.gradients);
    }
    const size = async (options: PolicyOptions) =>
      (
        await planPolicy(
          gpu,
          deep,
          training,
          { tokens: 512, maxSeqLength: 256, loss, sampling: null },
          options,
        )
      ).peakBytes;
    const [all, some, none] = [
      await size({ recompute: 'none' }),
      await size({ keptBytes: 2 * 4 * 512 * keptElements(deep) }),
      await size({ recompute: 'layer' }),
    ] as const;
    expect(none).toBeLessThan(0.75 * all);
    expect(some).toBeGreaterThan(none);
    expect(some).toBeLessThan(all);
  });

  test('layers of short passes are kept, and of long ones as many as the bytes hold', async () => {
    const gpu = await open();
    const config: ModelConfig = { ...SHORT, layers: 40, intermediateSize: 512, maxPositions: 8192 };
    const bytes = async (tokens: number, options: PolicyOptions) =>
      (
        await planMemory(
          gpu,
          config,
          adapter(),
          { tokens, maxSeqLength: 8192, loss: LOSS, sampling: null },
          options,
        )
      ).peakBytes;
    expect(await bytes(200, {})).toBe(await bytes(200, { recompute: 'none' }));
    const [all, none] = [await bytes(8000, { recompute: 'none' }), await bytes(8000, { recompute: 'layer' })];
    expect(none).toBeLessThan(0.4 * all);
    expect(await bytes(8000, { keptBytes: 0 })).toBe(none);
    expect(await bytes(8000, { keptBytes: 2 ** 40 })).toBe(all);
    const kept = 256 * 2 ** 20;
    const some = await bytes(8000, { keptBytes: kept });
    expect(some).toBeGreaterThan(none + 0.5 * kept);
    expect(some).toBeLessThan(none + 1.1 * kept);
  });
});

describe('memory that is not there', () => {
  test('is found out before anything is allocated', async () => {
    const gpu = await open();
    expect(await gpu.canHold(2 ** 20)).toBe(true);
    const create = vi.spyOn(gpu.device, 'createBuffer').mockImplementation((descriptor) => {
      if (descriptor.size > 1000) throw new RangeError('no memory');
      throw new Error('unexpected');
    });
    expect(await gpu.canHold(2 ** 20)).toBe(false);
    create.mockRestore();
    expect(await gpu.canHold(2 ** 20)).toBe(true);
    expect(gpu.memory.bytes).toBe(0);
  });
});
