/** Updates, saving and loading, learning, and what a policy holds and refuses. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adapterFolder, readAdapterFolder } from '../../src/engine/peft';
import { Gpu } from '../../src/kernels/gpu';
import { adamW } from '../../src/kernels/optimizer/adamw';
import { GpuPolicy } from '../../src/engine/gpu-policy';
import type { AdamWParams, LossConfig, ModelConfig } from '../../src/engine/types';
import type { HostTensors } from '../../src/formats/tensors';
import { Random } from '../../src/random/philox';
import {
  batchOf,
  fullPolicy,
  LORA,
  LOSS,
  openGpu,
  PLAIN,
  randomBatch,
  SAMPLE,
  TINY,
  tinyPolicy,
  tinyWeights,
  type Trajectory,
} from '../fixtures/tiny-policy';

const STEP: AdamWParams = {
  learningRate: 1e-2,
  beta1: 0.9,
  beta2: 0.99,
  eps: 1e-8,
  weightDecay: 0.1,
  maxGradNorm: 0.5,
};

let gpu: Gpu;
let policy: GpuPolicy;
beforeAll(async () => {
  gpu = await openGpu();
  policy = await tinyPolicy(gpu);
});
afterAll(() => gpu.device.destroy());

async function trainOn(of: GpuPolicy, seed: number, params = STEP, loss: LossConfig = LOSS) {
  const { forest, rows } = batchOf(randomBatch(seed));
  const result = await of.accumulate(forest, rows, loss);
  return { ...result, ...(await of.update(params)) };
}

const logprobs = (of: GpuPolicy, adapter: boolean) => {
  const { forest, rows } = batchOf(randomBatch(40));
  return of.score(forest, rows, { adapter, temperature: 1 });
};

describe('AdamW', () => {
  test.each([
    ['one binding', undefined],
    ['several bindings', 4 * 128],
  ])('three steps equal the formulas in float64, %s', async (_, maxBindingBytes) => {
    const own = maxBindingBytes === undefined ? gpu : new Gpu(gpu.device, { maxBindingBytes });
    const length = 333;
    const random = new Random(1, 'adamw');
    const start = Float32Array.from({ length }, () => random.normal());
    const state = {
      parameters: own.upload(start),
      gradient: own.alloc(length),
      m: own.upload(new Float32Array(length)),
      v: own.upload(new Float32Array(length)),
      length,
    };
    const norm = own.alloc(1);
    const w = Float64Array.from(start);
    const m = new Float64Array(length);
    const v = new Float64Array(length);
    for (let step = 1; step <= 3; step++) {
      // The second gradient is below the bound and passes unclipped.
      const scale = step === 2 ? 0.01 : 1;
      const gradient = Float32Array.from({ length }, () => scale * random.normal());
      own.write(state.gradient, gradient);
      adamW(own, state, norm, { ...STEP, step });
      const size = Math.hypot(...gradient);
      expect(size > STEP.maxGradNorm).toBe(step !== 2);
      const factor = Math.min(1, STEP.maxGradNorm / (size + 1e-6));
      for (let i = 0; i < length; i++) {
        const g = (gradient[i] as number) * factor;
        m[i] = STEP.beta1 * (m[i] as number) + (1 - STEP.beta1) * g;
        v[i] = STEP.beta2 * (v[i] as number) + (1 - STEP.beta2) * g * g;
        const corrected = (m[i] as number) / (1 - STEP.beta1 ** step);
        const deviation = Math.sqrt((v[i] as number) / (1 - STEP.beta2 ** step)) + STEP.eps;
        const decayed = (w[i] as number) * (1 - STEP.learningRate * STEP.weightDecay);
        w[i] = decayed - (STEP.learningRate * corrected) / deviation;
      }
      expect((await own.read(norm, 1))[0]).toBeCloseTo(size, 4);
      const found = await own.read(state.parameters);
      found.forEach((x, i) => expect(Math.abs(x - (w[i] as number))).toBeLessThan(2e-6));
      expect((await own.read(state.gradient)).every((g) => g === 0)).toBe(true);
    }
    own.free(state.parameters, state.gradient, state.m, state.v, norm);
    if (own !== gpu) own.dispose();
  });

  test('the policy hands over all of it: first step ±learningRate, norm as read, moments and count kept', async () => {
    const own = await tinyPolicy(gpu);
    const before = await own.readAdapter();
    const { forest, rows } = batchOf(randomBatch(1));
    await own.accumulate(forest, rows, LOSS);
    const gradients = await own.readGradients();
    const norm = Math.hypot(...[...gradients.values()].flatMap(({ data }) => Array.from(data)));
    const { gradNorm } = await own.update({ ...STEP, weightDecay: 0, maxGradNorm: Infinity });
    expect(Math.abs(gradNorm / norm - 1)).toBeLessThan(1e-5);
    for (const [name, { data }] of await own.readAdapter()) {
      const old = before.get(name)?.data as Float32Array;
      const gradient = gradients.get(name)?.data as Float32Array;
      data.forEach((x, i) => {
        const g = gradient[i] as number;
        const wanted = (-STEP.learningRate * g) / (Math.abs(g) + STEP.eps);
        expect(Math.abs(x - (old[i] as number) - wanted)).toBeLessThan(1e-5);
      });
    }
    const state = await own.readOptimizer();
    expect(state.step).toBe(1);
    expect(state.m.some((x) => x !== 0)).toBe(true);
    own.dispose();
  });
});

describe('saving and loading', () => {
  test('an adapter through PEFT files gives the same log-probs, to the bit', async () => {
    const wanted = await logprobs(policy, true);
    const base = await logprobs(policy, false);
    expect(wanted).not.toEqual(base);
    const files = adapterFolder(await policy.readAdapter(), LORA, { baseModel: 'tiny' });
    const { lora, tensors } = readAdapterFolder(files, TINY);
    const other = new GpuPolicy(gpu, TINY, tinyWeights(TINY), { kind: 'adapter', lora, seed: 99 });
    // A fresh adapter changes nothing, whatever its seed.
    expect(await logprobs(other, true)).toEqual(base);
    other.loadAdapter(tensors);
    expect(await logprobs(other, true)).toEqual(wanted);
    expect(await logprobs(other, false)).toEqual(base);
    other.dispose();
  });

  test('an adapter of another model, rank or target list is refused', async () => {
    const tensors = await policy.readAdapter();
    const [name, tensor] = [...tensors][0] as [string, { shape: readonly number[]; data: Float32Array }];
    const changed = (entries: HostTensors) => () => {
      policy.loadAdapter(entries);
    };
    const missing = new Map(tensors);
    missing.delete(name);
    expect(changed(missing)).toThrow(/made for another model or other targets/);
    const shape = [tensor.shape[0] as number, (tensor.shape[1] as number) + 1];
    const wider = { shape, data: new Float32Array(tensor.data.length + (shape[0] as number)) };
    expect(changed(new Map([...tensors, [name, wider]]))).toThrow(/this model and rank need/);
    expect(changed(new Map([...tensors, ['extra', tensor]]))).toThrow(/holds extra/);
    const files = adapterFolder(tensors, LORA, { baseModel: 'tiny' });
    expect(() => readAdapterFolder(files, { ...TINY, layers: 3 })).toThrow(/trained on another model/);
  });

  test('one step, save, load, two steps equal three steps, bit for bit', async () => {
    const straight = await tinyPolicy(gpu);
    for (const seed of [1, 2, 3]) await trainOn(straight, seed);
    const first = await tinyPolicy(gpu);
    await trainOn(first, 1);
    const saved = await first.readOptimizer();
    const second = new GpuPolicy(gpu, TINY, tinyWeights(TINY), { kind: 'adapter', lora: LORA, seed: 77 });
    second.loadOptimizer(saved);
    for (const seed of [2, 3]) await trainOn(second, seed);
    expect(await second.readOptimizer()).toEqual(await straight.readOptimizer());
    expect(await second.readAdapter()).toEqual(await straight.readAdapter());
    second.resetOptimizer();
    const { step, parameters, m, v } = await second.readOptimizer();
    expect(parameters).toEqual((await straight.readOptimizer()).parameters);
    expect([step, ...m, ...v].every((value) => value === 0)).toBe(true);
    const short = { ...saved, m: saved.m.slice(1) };
    expect(() => {
      second.loadOptimizer(short);
    }).toThrow(/belongs to another model or rank/);
    for (const each of [straight, first, second]) each.dispose();
  });
});

describe('learning', () => {
  const QWEN2: ModelConfig = { ...TINY, family: 'qwen2', qkvBias: true, tiedEmbeddings: false };

  /** Four tokens, then the same four again; only the copy is trained. */
  function copyTask(seed: number): Trajectory[] {
    const random = new Random(seed, 'copy');
    return Array.from({ length: 6 }, () => {
      const word = Array.from({ length: 4 }, () => 1 + random.integer(8));
      const ids = [...word, 0, ...word];
      return {
        ids,
        mask: ids.map((_, t) => (t > 4 ? 1 : 0)),
        advantages: ids.map(() => 1),
        old: ids.map(() => NaN),
        weight: 1 / 24,
      };
    });
  }

  /** Mean of −log p of the copy before the first and after the last step. */
  async function learn(own: GpuPolicy, learningRate: number): Promise<{ before: number; after: number }> {
    const { forest, rows } = batchOf(copyTask(1));
    const loss = async () => {
      const scores = await own.score(forest, rows, { adapter: true, temperature: 1 });
      return -scores.reduce((sum, logp, r) => sum + (rows.pos[r] as number) * logp, 0);
    };
    const before = await loss();
    for (let step = 0; step < 30; step++) {
      await own.accumulate(forest, rows, { ...LOSS, beta: 0 });
      await own.update({ ...STEP, learningRate, weightDecay: 0, maxGradNorm: 1 });
    }
    return { before, after: await loss() };
  }

  test.each([
    ['llama, tied', TINY],
    ['llama, untied', { ...TINY, tiedEmbeddings: false }],
    ['qwen2 with biases', QWEN2],
  ] as const)('all weights learn to copy: %s', async (_, config) => {
    const own = fullPolicy(gpu, config, tinyWeights(config));
    const { before, after } = await learn(own, 0.02);
    expect(before).toBeGreaterThan(3);
    expect(after).toBeLessThan(0.2);
    const weights = await own.readWeights();
    own.dispose();
    // What was learnt is in the tensors, under their own names.
    const frozen = new GpuPolicy(gpu, config, weights, { kind: 'none' });
    const { forest, rows } = batchOf(copyTask(1));
    const scores = await frozen.score(forest, rows, { adapter: false, temperature: 1 });
    const loss = -scores.reduce((sum, logp, r) => sum + (rows.pos[r] as number) * logp, 0);
    expect(Math.abs(loss - after)).toBeLessThan(1e-4);
    frozen.dispose();
  });

  test('an adapter learns to copy and leaves the base as it was', async () => {
    const own = new GpuPolicy(gpu, TINY, tinyWeights(TINY), { kind: 'adapter', lora: LORA, seed: 3 });
    const base = await logprobs(own, false);
    const { before, after } = await learn(own, 0.02);
    expect(before).toBeGreaterThan(3);
    expect(after).toBeLessThan(1);
    expect(await logprobs(own, false)).toEqual(base);
    own.dispose();
  });

  test('two runs from the same start are equal, bit for bit', async () => {
    const run = async () => {
      const own = await tinyPolicy(gpu);
      const numbers = [];
      for (const seed of [1, 2]) numbers.push(await trainOn(own, seed));
      const sampled = await own.sample(
        [{ key: { step: 1, group: 0, rollout: 0 }, promptIds: [3, 4, 5] }],
        SAMPLE,
      );
      const state = await own.readOptimizer();
      own.dispose();
      return { numbers, sampled, state };
    };
    expect(await run()).toEqual(await run());
  });
});

describe('memory', () => {
  test('does not grow from step to step, and is given back', async () => {
    // Weights and optimiser state are tensors of tfjs and counted apart from the pool.
    const rest = () => {
      gpu.pool.trim();
      return { live: gpu.pool.live, bytes: gpu.memory.bytes };
    };
    const start = rest();
    const own = await tinyPolicy(gpu);
    const step = async (n: number) => {
      await trainOn(own, 1);
      await own.sample([{ key: { step: n, group: 0, rollout: 0 }, promptIds: [3, 4, 5] }], SAMPLE);
      await logprobs(own, true);
      return { live: gpu.pool.live, bytes: gpu.memory.bytes };
    };
    const first = await step(0);
    expect(first.bytes).toBeGreaterThan(start.bytes);
    expect(own.memory.bytes).toBe(first.bytes);
    expect(own.memory.peakBytes).toBeGreaterThanOrEqual(first.bytes);
    for (let n = 1; n < 5; n++) expect(await step(n)).toEqual(first);
    own.dispose();
    expect(rest()).toEqual(start);
    const full = fullPolicy(gpu, TINY, tinyWeights(TINY));
    await trainOn(full, 1, STEP, { ...LOSS, beta: 0 });
    full.dispose();
    expect(rest()).toEqual(start);
  });
});

describe('what is refused', () => {
  test('KL without an adapter', async () => {
    const full = fullPolicy(gpu, TINY, tinyWeights(TINY));
    await expect(trainOn(full, 1)).rejects.toThrow(/beta > 0\) needs an adapter/);
    await expect(full.readAdapter()).rejects.toThrow(/no adapter/);
    full.dispose();
    const qwen3: ModelConfig = { ...TINY, family: 'qwen3', qkNorm: true };
    expect(() => fullPolicy(gpu, qwen3, tinyWeights(qwen3))).toThrow(
      /of qwen3 is not supported.* Train an adapter/,
    );
  });

  test('training of a policy that has nothing to train', async () => {
    const frozen = new GpuPolicy(gpu, TINY, tinyWeights(TINY), { kind: 'none' });
    await expect(trainOn(frozen, 1)).rejects.toThrow(/without anything to train/);
    await expect(policy.readWeights()).rejects.toThrow(/Only full-parameter training/);
    frozen.dispose();
  });

  test('ids and rows outside the model, without losing a buffer', async () => {
    const live = gpu.pool.live;
    const { forest, rows } = batchOf(randomBatch(1));
    const ids = forest.ids.slice();
    ids[2] = TINY.vocabSize;
    await expect(policy.accumulate({ ...forest, ids }, rows, LOSS)).rejects.toThrow(
      /Token id 96 is outside the vocabulary of 96/,
    );
    const target = rows.target.slice();
    target[0] = -1;
    const bad = policy.score(forest, { ...rows, target }, { adapter: true, temperature: 1 });
    await expect(bad).rejects.toThrow(/Loss row 0 scores token -1/);
    const long = [{ ...(randomBatch(1)[0] as Trajectory), ids: new Array<number>(300).fill(1) }];
    const tooLong = batchOf(
      long.map((t) => ({
        ...t,
        mask: t.ids.map(() => 1),
        advantages: t.ids.map(() => 1),
        old: t.ids.map(() => NaN),
      })),
    );
    await expect(policy.accumulate(tooLong.forest, tooLong.rows, LOSS)).rejects.toThrow(
      /300 tokens was given to a model made for 256/,
    );
    expect(gpu.pool.live).toBe(live);
  });

  test('a gradient that is not finite, which then changes nothing', async () => {
    const own = await tinyPolicy(gpu);
    await trainOn(own, 1);
    const before = await own.readOptimizer();
    const huge = batchOf(randomBatch(2).map((t) => ({ ...t, advantages: t.advantages.map(() => 1e37) })));
    await own.accumulate(huge.forest, huge.rows, LOSS);
    await expect(own.update(STEP)).rejects.toThrow(/The gradient is not finite .*left as they were/);
    expect(await own.readOptimizer()).toEqual(before);
    // The bad gradient is gone: the next step is as if it had never been.
    const { gradNorm } = await trainOn(own, 2);
    const twin = await tinyPolicy(gpu);
    await trainOn(twin, 1);
    expect((await trainOn(twin, 2)).gradNorm).toBe(gradNorm);
    own.dispose();
    twin.dispose();
  });
});

test('sampling after an update uses the updated adapter', async () => {
  const own = await tinyPolicy(gpu);
  const options = { ...SAMPLE, params: { ...PLAIN, temperature: 0 } };
  const request = [{ key: { step: 0, group: 0, rollout: 0 }, promptIds: [9, 8, 7] }];
  const before = await own.sample(request, options);
  for (const seed of [1, 2, 3]) await trainOn(own, seed, { ...STEP, learningRate: 0.1 });
  expect(await own.sample(request, options)).not.toEqual(before);
  own.dispose();
});
