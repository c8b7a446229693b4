/** The sampling kernel alone: against its reference on the CPU, and against the distribution it must have. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Gpu } from '../../src/kernels/gpu';
import { type DrawKey, keptTokens, referenceDraw } from '../../src/kernels/sampling/reference';
import { type DrawParams, drawTokens, SAMPLE_OUT_WORDS } from '../../src/kernels/sampling/sampling';
import { Random, streamOf } from '../../src/random/philox';
import { openGpu } from '../fixtures/tiny-policy';

const PLAIN: DrawParams = { temperature: 1, topK: 0, topP: 1, minP: 0, seed: 7, stream: streamOf('sample') };

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.device.destroy());

interface Drawn {
  readonly id: number;
  readonly logprob: number;
  readonly keptLogprob: number;
  readonly kept: number;
}

async function draw(
  logits: readonly Float32Array[],
  keys: readonly DrawKey[],
  params: DrawParams,
): Promise<Drawn[]> {
  const vocabulary = (logits[0] as Float32Array).length;
  const all = new Float32Array(logits.length * vocabulary);
  logits.forEach((row, i) => all.set(row, i * vocabulary));
  const words = keys.flatMap(({ step, group, rollout, position }) => [step, group, rollout, position]);
  const buffers = { logits: gpu.upload(all), rows: gpu.upload(Uint32Array.from(words)) };
  const out = gpu.alloc(logits.length * SAMPLE_OUT_WORDS);
  drawTokens(gpu, { ...buffers, out }, logits.length, vocabulary, params);
  const data = await gpu.read(out);
  gpu.free(buffers.logits, buffers.rows, out);
  return logits.map((_, i) => {
    const [id, logprob, keptLogprob, kept] = data.subarray(i * SAMPLE_OUT_WORDS) as unknown as number[];
    return { id, logprob, keptLogprob, kept } as Drawn;
  });
}

function randomLogits(count: number, vocabulary: number, seed: number): Float32Array[] {
  const random = new Random(seed, 'logits');
  return Array.from({ length: count }, () =>
    Float32Array.from({ length: vocabulary }, () => 2.5 * random.normal()),
  );
}

const keysOf = (count: number): DrawKey[] =>
  Array.from({ length: count }, (_, i) => ({ step: i % 5, group: i % 3, rollout: i, position: 11 * i }));

describe('kernel and reference agree', () => {
  const cases: readonly (readonly [string, Partial<DrawParams>])[] = [
    ['without truncation', {}],
    ['at a low temperature', { temperature: 0.4 }],
    ['top-k', { topK: 5 }],
    ['top-k above the vocabulary', { topK: 1000 }],
    ['top-p', { topP: 0.8, temperature: 1.3 }],
    ['min-p', { minP: 0.1 }],
    ['all three', { topK: 20, topP: 0.9, minP: 0.02, temperature: 0.7 }],
    ['greedy', { temperature: 0 }],
    ['seeds above 2^31', { seed: 0xfffffff1 }],
  ];
  test.each(cases)('%s', async (_, changes) => {
    const params = { ...PLAIN, ...changes };
    // 101 is no multiple of the four tokens that share a block of random bits.
    const logits = randomLogits(200, 101, 3);
    const keys = keysOf(logits.length);
    const drawn = await draw(logits, keys, params);
    let close = 0;
    drawn.forEach((found, i) => {
      const wanted = referenceDraw(logits[i] as Float32Array, keys[i] as DrawKey, params);
      expect(found.kept, `kept tokens of row ${i}`).toBe(wanted.kept.length);
      if (wanted.margin < 1e-4) {
        close++;
        return;
      }
      expect(found.id, `row ${i}`).toBe(wanted.id);
      expect(Math.abs(found.logprob - wanted.logprob)).toBeLessThan(2e-5);
      if (params.temperature > 0) expect(Math.abs(found.keptLogprob - wanted.keptLogprob)).toBeLessThan(2e-5);
    });
    expect(close).toBeLessThan(3);
  });

  test('equal logits: greedy takes the smallest id, top-k keeps all that tie', async () => {
    const flat = [new Float32Array(70).fill(1.5)];
    expect(await draw(flat, keysOf(1), { ...PLAIN, temperature: 0 })).toMatchObject([{ id: 0 }]);
    expect(await draw(flat, keysOf(1), { ...PLAIN, topK: 3 })).toMatchObject([{ kept: 70 }]);
  });

  test('noise at the end of its range chooses no hopeless token', async () => {
    // Here the 24 bits of token 1 are all ones, which must not round to infinite noise.
    const key = { step: 19, group: 0, rollout: 0, position: 20504 };
    const params = { ...PLAIN, seed: 0 };
    const logits = Float32Array.of(0, -15, -15, -15);
    const [found] = await draw([logits], [key], params);
    expect(referenceDraw(logits, key, params).id).toBe(0);
    expect(found?.id).toBe(0);
  });
});

describe('distribution', () => {
  const logits = Float32Array.of(1.2, 0.4, -0.3, 0.9, -1.1, 0, 2, -2.2, 0.7, 1.6, -0.8, 0.2, 1.1);
  const count = 6000;

  /** χ² of the drawn ids against the softmax at the temperature, over the kept tokens. */
  async function chiSquare(
    changes: Partial<DrawParams>,
  ): Promise<{ statistic: number; kept: number[]; met: Set<number> }> {
    const params = { ...PLAIN, ...changes };
    const weights = Array.from(logits, (z) => Math.exp(z / params.temperature));
    const total = weights.reduce((a, b) => a + b, 0);
    const kept = keptTokens(
      weights.map((w) => w / total),
      params,
    );
    const mass = kept.reduce((sum, token) => sum + (weights[token] as number), 0);
    const drawn = await draw(new Array<Float32Array>(count).fill(logits), keysOf(count), params);
    const counts = new Map<number, number>();
    for (const { id } of drawn) counts.set(id, (counts.get(id) ?? 0) + 1);
    let statistic = 0;
    for (const token of kept) {
      const expected = (count * (weights[token] as number)) / mass;
      statistic += ((counts.get(token) ?? 0) - expected) ** 2 / expected;
    }
    return { statistic, kept, met: new Set(counts.keys()) };
  }

  // Bounds: 99.9 % quantiles of χ² with as many degrees of freedom as kept tokens less one.
  test.each([
    ['temperature 0.7', { temperature: 0.7 }, 13, 32.9],
    ['temperature 1, top-k 4', { topK: 4 }, 4, 16.3],
    ['temperature 1.5, top-p 0.6', { temperature: 1.5, topP: 0.6 }, 5, 18.5],
    ['temperature 1, min-p 0.3', { minP: 0.3 }, 5, 18.5],
  ] as const)('%s', async (_, changes, size, bound) => {
    const { statistic, kept, met } = await chiSquare(changes);
    expect(kept).toHaveLength(size);
    expect([...met].sort((a, b) => a - b)).toEqual(kept);
    expect(statistic).toBeLessThan(bound);
  });

  test('neighbouring seeds, steps, groups and positions draw independently', async () => {
    const rows = new Array<Float32Array>(count).fill(new Float32Array(16));
    const ids = async (change: Partial<DrawKey>, seed = 7) => {
      const keys = keysOf(count).map((key) => ({ ...key, position: key.rollout % 64, ...change }));
      return (await draw(rows, keys, { ...PLAIN, seed })).map(({ id }) => id);
    };
    const one = await ids({ step: 1, group: 1 });
    for (const other of [
      await ids({ step: 1, group: 1 }, 8),
      await ids({ step: 2, group: 1 }),
      await ids({ step: 1, group: 2 }),
      await ids({ step: 1, group: 1, position: 99 }),
    ]) {
      const equal = one.filter((id, i) => id === other[i]).length;
      // 1/16 of 6000 is 375, with a deviation of 19.
      expect(Math.abs(equal - 375)).toBeLessThan(70);
    }
  });
});

test('the log-prob of a draw from 151,936 tokens is as near to float64 as one float32 sum can be', async () => {
  const vocabulary = 151_936;
  const random = new Random(5, 'long sums');
  const logits = Float32Array.from({ length: vocabulary }, (_, v) =>
    v % 5000 === 7 ? 9 + random.normal() : 0.4 * random.normal(),
  );
  const top = logits.reduce((a, b) => Math.max(a, b));
  const lse = top + Math.log(logits.reduce((sum, z) => sum + Math.exp(z - top), 0));
  const drawn = await draw(new Array<Float32Array>(4).fill(logits), keysOf(4), PLAIN);
  for (const { id, logprob } of drawn) {
    expect(Math.abs(logprob - ((logits[id] as number) - lse))).toBeLessThan(4e-6);
  }
});
