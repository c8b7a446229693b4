import { describe, expect, it } from 'vitest';
import { defaultTestSettings } from '../../tests/support/settings';
import type { MemoryPlan } from '../engine/plan';
import { GpuError } from '../kernels/errors';
import { WEIGHT_FORMATS } from '../settings/choices';
import { fitMemory, memoryParts, proposeFits, type MemoryProbe, type SettledSettings } from './memory';

const MB = 1e6;
const BITS = { f32: 32, f16: 16, int8: 9, int4: 5 };

/** A made-up device and model: 100 million weights, and what grows with each setting. */
function planOf(settings: SettledSettings): MemoryPlan {
  const weights = (100 * MB * BITS[settings.baseWeights]) / 8;
  const cache = Math.min(
    settings.cacheMegabytes * MB,
    settings.batchSize * settings.numGenerations * settings.maxSeqLength * 1000,
  );
  const activations = settings.microBatchTokens * 50_000;
  return {
    weights,
    trained: 10 * MB,
    cache,
    activations,
    peakBytes: weights + 10 * MB + cache + activations,
  };
}

function probe(room: number, longestPrompt = 300, most = Infinity) {
  const asked: SettledSettings[] = [];
  const it: MemoryProbe = {
    longestPrompt,
    trial: (settings) => {
      asked.push(settings);
      if (settings.microBatchTokens > most) throw new GpuError(`A pass needs too much in one binding.`);
      const plan = planOf(settings);
      return Promise.resolve({ plan, fits: plan.peakBytes <= room * MB, keptBytes: 0 });
    },
  };
  return { probe: it, asked };
}

// 400 MB as f32, 49 of cache, 205 of activations: 664.
const WANTED = defaultTestSettings({
  ...{ batchSize: 6, numGenerations: 8, maxSeqLength: 1024, maxTokens: 128 },
  ...{ microBatchTokens: 4096, cacheMegabytes: 2048, baseWeights: 'auto' },
});

describe('fitMemory', () => {
  it.each([
    [700, 'f32'],
    [500, 'f16'],
    [400, 'int8'],
    [340, 'int4'],
  ])('of %d MB takes %s', async (room, format) => {
    const { probe: one, asked } = probe(room);
    const { settings, trial } = await fitMemory(one, WANTED, WEIGHT_FORMATS);
    expect(settings).toEqual({ ...WANTED, baseWeights: format });
    expect(trial.plan).toEqual(planOf(settings));
    // The device is asked once for each form.
    expect(asked.map(({ baseWeights }) => baseWeights)).toEqual(
      WEIGHT_FORMATS.slice(0, 1 + WEIGHT_FORMATS.indexOf(settings.baseWeights)),
    );
  });

  it('takes no other form than the one asked for, and says what would fit', async () => {
    const failed = fitMemory(probe(500).probe, WANTED, ['f32']);
    await expect(failed).rejects.toThrow(GpuError);
    await expect(failed).rejects.toMatchObject({ code: 'gpu/does-not-fit' });
    await expect(failed).rejects.toThrow(
      'This run needs about 664 MB of GPU memory (weights 400 (f32), adapter with its moments 10, keys and values while ' +
        'sampling up to 50, activations up to 205): more than this device gives. What would fit: microBatchTokens=512 ' +
        '(485 MB), or baseWeights=f16 (464 MB). Or close other programs that use the GPU.',
    );
  });

  it('says what would fit where not even the plan can be made', async () => {
    const failed = fitMemory(probe(1000, 300, 3000).probe, WANTED, WEIGHT_FORMATS);
    await expect(failed).rejects.toThrow(/one binding\. What would fit: microBatchTokens=2048 \(\d+ MB\)\./);
  });

  it('passes on what is no fault of the settings', async () => {
    const broken: MemoryProbe = { ...probe(1).probe, trial: () => Promise.reject(new TypeError('a bug')) };
    await expect(fitMemory(broken, WANTED, ['f32'])).rejects.toThrow(TypeError);
  });
});

describe('proposeFits', () => {
  const f32 = { ...WANTED, baseWeights: 'f32' } as const;

  it('names the mildest change of each setting that is enough alone, the harmless first', async () => {
    const large = { ...f32, maxSeqLength: 8192 };
    const found = await proposeFits(probe(820).probe, large);
    expect(found.map(({ changes }) => changes)).toEqual([
      { cacheMegabytes: 128 },
      { microBatchTokens: 256 },
      { baseWeights: 'f16' },
      { maxSeqLength: 4096 },
      { batchSize: 3 },
      { numGenerations: 4 },
    ]);
    for (const { changes, bytes } of found) expect(planOf({ ...large, ...changes }).peakBytes).toBe(bytes);
  });

  it('takes several changes together where none is enough', async () => {
    const found = await proposeFits(probe(140).probe, f32);
    expect(found).toHaveLength(1);
    expect(found[0]?.changes).toMatchObject({ microBatchTokens: 256, baseWeights: 'int4' });
    expect(planOf({ ...f32, ...found[0]?.changes }).peakBytes).toBeLessThanOrEqual(140 * MB);
  });

  it('never proposes a context that the longest prompt does not fit in', async () => {
    const { probe: one, asked } = probe(0, 500);
    expect(await proposeFits(one, f32)).toEqual([]);
    // 500 tokens of prompt and 128 of a turn: half of 1024 is too short.
    expect(asked.every(({ maxSeqLength }) => maxSeqLength === 1024)).toBe(true);
  });
});

it('the parts in words, without those that are not there', () => {
  const plan = { peakBytes: 5e6, weights: 4e6, trained: 0, cache: 0, activations: 1 };
  expect(memoryParts(plan, 'f16')).toBe('5 MB of GPU memory (weights 4 (f16), activations up to 1)');
});
