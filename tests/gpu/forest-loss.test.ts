/** Loss and gradients of whole batches: what merging, cutting and masking may and may not change. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FOREST_CUTS, setForestCut, splitOf } from '../../src/kernels/attention/attention';
import type { Gpu } from '../../src/kernels/gpu';
import { GpuPolicy } from '../../src/engine/gpu-policy';
import type { LossConfig, LossResult } from '../../src/engine/types';
import type { HostTensors } from '../../src/formats/tensors';
import {
  batchOf,
  fullPolicy,
  LOSS,
  openGpu,
  randomBatch,
  GEMMA3,
  TINY,
  tinyPolicy,
  tinyWeights,
  type Trajectory,
} from '../fixtures/tiny-policy';

let gpu: Gpu;
let policy: GpuPolicy;
beforeAll(async () => {
  gpu = await openGpu();
  policy = await tinyPolicy(gpu);
});
afterAll(() => gpu.device.destroy());

/** Losses and gradient of passes one after the other. */
async function gradientOf(
  parts: readonly (readonly Trajectory[])[],
  loss: LossConfig = LOSS,
  of: GpuPolicy = policy,
): Promise<{ loss: number; results: LossResult[]; gradients: HostTensors }> {
  of.zeroGradient();
  const results: LossResult[] = [];
  for (const part of parts) {
    const { forest, rows } = batchOf(part);
    results.push(await of.accumulate(forest, rows, loss));
  }
  const gradients = await of.readGradients();
  of.zeroGradient();
  return { loss: results.reduce((sum, result) => sum + result.loss, 0), results, gradients };
}

/** Largest ‖a − b‖ / ‖b‖ over tensors, where tensors that matter little count less. */
function gap(a: HostTensors, b: HostTensors): number {
  const norm = (data: Float32Array) => Math.sqrt(data.reduce((sum, x) => sum + x * x, 0));
  const largest = Math.max(...[...b.values()].map(({ data }) => norm(data)));
  return Math.max(
    ...[...b].map(([name, { data }]) => {
      const other = a.get(name)?.data as Float32Array;
      return norm(data.map((x, i) => x - (other[i] as number))) / (norm(data) + 0.01 * largest);
    }),
  );
}

/** Sequences over four tokens, which therefore share beginnings at every depth, or repeat each other. */
const tries = (old: 'current' | 'noisy') =>
  fc
    .array(
      fc.record({
        ids: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 24 }),
        mask: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 24, maxLength: 24 }),
        advantage: fc.integer({ min: -20, max: 20 }),
        // Two levels: trajectories through one node often, but not always, agree in their old log-probs.
        level: fc.integer({ min: 0, max: 1 }),
      }),
      { minLength: 2, maxLength: 7 },
    )
    .map((list) =>
      list.map(({ ids, mask, advantage, level }): Trajectory => {
        const used = ids.map((id, t) => (id * 29 + (t % 2)) % TINY.vocabSize);
        return {
          ids: used,
          mask: mask.slice(0, used.length),
          advantages: used.map((_, t) => advantage / 10 + (t % 3) / 10),
          old: used.map((id) => (old === 'current' ? NaN : -4.3 - (id % 7) / 8 - level / 3)),
          weight: 1 / list.length,
        };
      }),
    );

describe('a merged forest is the sum of its sequences', () => {
  const run = (old: 'current' | 'noisy', loss: LossConfig) =>
    fc.assert(
      fc.asyncProperty(tries(old), async (trajectories) => {
        const merged = await gradientOf([trajectories], loss);
        const alone = await gradientOf(
          trajectories.map((trajectory) => [trajectory]),
          loss,
        );
        expect(Math.abs(merged.loss - alone.loss)).toBeLessThan(1e-5 * (1 + Math.abs(alone.loss)));
        expect(gap(merged.gradients, alone.gradients)).toBeLessThan(1e-5);
      }),
      { seed: 11, numRuns: 8 },
    );

  test('on-policy', () => run('current', LOSS));
  test('off-policy, with an entropy bonus', () =>
    run('noisy', { ...LOSS, entropyCoef: 0.02, temperature: 0.8 }));
});

describe('micro-batches', () => {
  test('two passes add up to one', async () => {
    const batch = randomBatch(1, 6);
    const whole = await gradientOf([batch]);
    const cut = await gradientOf([batch.slice(0, 2), batch.slice(2)]);
    expect(Math.abs(whole.loss - cut.loss)).toBeLessThan(1e-5);
    expect(gap(cut.gradients, whole.gradients)).toBeLessThan(1e-5);
  });

  test('row results come back in the order of the rows, whatever order the predictors have', async () => {
    const { forest, rows } = batchOf(randomBatch(2, 3));
    const order = Array.from({ length: rows.count }, (_, i) => (i * 7) % rows.count);
    expect(new Set(order).size).toBe(rows.count);
    const pick = <T extends Int32Array | Float32Array>(list: T) =>
      list.map((_, i) => list[order[i] as number] as number) as T;
    const mixed = {
      count: rows.count,
      predictor: pick(rows.predictor),
      target: pick(rows.target),
      old: pick(rows.old),
      pos: pick(rows.pos),
      neg: pick(rows.neg),
      weight: pick(rows.weight),
    };
    const one = await policy.accumulate(forest, rows, LOSS);
    const other = await policy.accumulate(forest, mixed, LOSS);
    policy.zeroGradient();
    expect(other.logprobs).toEqual(pick(one.logprobs));
    expect(other.refLogprobs).toEqual(pick(one.refLogprobs));
    expect(other.entropy).toEqual(pick(one.entropy));
    const scored = await policy.score(forest, mixed, { adapter: false, temperature: 1 });
    scored.forEach((logp, i) => expect(logp).toBeCloseTo(other.refLogprobs[i] as number, 5));
  });

  test('no rows, no loss', async () => {
    const { forest, rows } = batchOf(randomBatch(3).map((t) => ({ ...t, mask: t.mask.map(() => 0) })));
    expect(rows.count).toBe(0);
    expect((await policy.accumulate(forest, rows, LOSS)).loss).toBe(0);
    for (const { data } of (await policy.readGradients()).values())
      expect(data.every((g) => g === 0)).toBe(true);
    expect(await policy.score(forest, rows, { adapter: true, temperature: 1 })).toHaveLength(0);
  });
});

describe('masking', () => {
  const masked = (change: (t: number) => { id?: number; advantage?: number; old?: number }) =>
    randomBatch(4, 3).map((trajectory) => {
      // Tokens 10 and 11 of each sequence stand for a tool result.
      const changes = trajectory.ids.map((_, t) => (t === 10 || t === 11 ? change(t) : {}));
      return {
        ...trajectory,
        ids: trajectory.ids.map((id, t) => changes[t]?.id ?? id),
        mask: trajectory.mask.map((m, t) => (t === 10 || t === 11 ? 0 : m)),
        advantages: trajectory.advantages.map((a, t) => changes[t]?.advantage ?? a),
        old: trajectory.old.map((o, t) => changes[t]?.old ?? o),
      };
    });

  test('a tool token has no row, and its advantage and old log-prob change no bit', async () => {
    const plain = masked(() => ({}));
    const { rows, rowOf, nodeOf } = batchOf(plain);
    rowOf.forEach((of) => expect([of[10], of[11]]).toEqual([-1, -1]));
    const tools = new Set(nodeOf.flatMap((nodes) => [nodes[9], nodes[10]]));
    expect(rows.predictor.some((node) => tools.has(node))).toBe(false);
    const clean = await gradientOf([plain]);
    const poisoned = await gradientOf([masked(() => ({ advantage: 1e9, old: -1e3 }))]);
    expect(poisoned.results).toEqual(clean.results);
    expect(poisoned.gradients).toEqual(clean.gradients);
  });

  test('without the mask the same poison would show', async () => {
    const bare = (change: Parameters<typeof masked>[0]) =>
      masked(change).map((trajectory) => ({
        ...trajectory,
        mask: trajectory.mask.map((_, t) => (t > 6 ? 1 : 0)),
      }));
    const clean = await gradientOf([bare(() => ({}))]);
    const poisoned = await gradientOf([bare(() => ({ advantage: 3 }))]);
    expect(gap(poisoned.gradients, clean.gradients)).toBeGreaterThan(0.1);
  });

  test('as context a tool token still counts', async () => {
    const clean = await gradientOf([masked(() => ({}))]);
    const other = await gradientOf([masked((t) => ({ id: 80 + (t % 10) }))]);
    expect(gap(other.gradients, clean.gradients)).toBeGreaterThan(1e-3);
    // What comes before the tool result cannot know it.
    const before = (results: LossResult[], trajectories: Trajectory[]) => {
      const { rowOf } = batchOf(trajectories);
      return rowOf.flatMap((of) => [7, 8, 9].map((t) => results[0]?.logprobs[of[t] as number]));
    };
    const [a, b] = [
      before(
        clean.results,
        masked(() => ({})),
      ),
      before(
        other.results,
        masked((t) => ({ id: 80 + (t % 10) })),
      ),
    ];
    a.forEach((logp, i) => expect(b[i]).toBeCloseTo(logp as number, 5));
  });
});

test('the same batch gives the same bits, also on another policy of the same seed', async () => {
  const batch = randomBatch(5, 5);
  const first = await gradientOf([batch]);
  expect(await gradientOf([batch])).toEqual(first);
  const twin = await tinyPolicy(gpu);
  expect(await gradientOf([batch], LOSS, twin)).toEqual(first);
  twin.dispose();
});

test.each(FOREST_CUTS.filter(({ split }) => !split))(
  'attention in blocks of $block rows: the same bits',
  async (cut) => {
    // Some rows of the last layer ask and others do not.
    const batch = randomBatch(7, 9);
    const byRule = await gradientOf([batch]);
    setForestCut(gpu, cut);
    const found = await gradientOf([batch]);
    setForestCut(gpu, null);
    expect(found).toEqual(byRule);
  },
);

describe.each([
  ['of 64', { ...TINY, headDim: 64 }, 8],
  ['of 32, with windows', { ...GEMMA3, headDim: 32 }, 4],
])('heads %s that lanes hold together', (_, config, lanes) => {
  test.each(FOREST_CUTS.filter(({ split }) => split))(
    'in blocks of $block rows: the same gradients to rounding',
    async (cut) => {
      expect(splitOf(config.headDim)).toBe(lanes);
      const batch = randomBatch(7, 9);
      const of = await tinyPolicy(gpu, config);
      const byRule = await gradientOf([batch], LOSS, of);
      setForestCut(gpu, cut);
      const found = await gradientOf([batch], LOSS, of);
      setForestCut(gpu, null);
      of.dispose();
      expect(gap(found.gradients, byRule.gradients)).toBeLessThan(1e-5);
      expect(found).not.toEqual(byRule);
      found.results[0]?.logprobs.forEach((logp, i) =>
        expect(logp).toBeCloseTo(byRule.results[0]?.logprobs[i] ?? NaN, 5),
      );
    },
  );
});

test.each([0, 4])('loads shared by %i lanes: the gradients of eight', async (sharedLanes) => {
  const other = await openGpu();
  Object.defineProperty(other, 'sharedLanes', { value: sharedLanes });
  const batch = randomBatch(5, 5);
  const eight = await gradientOf([batch]);
  const { results, gradients } = await gradientOf([batch], LOSS, await tinyPolicy(other));
  expect(gap(gradients, eight.gradients)).toBeLessThan(1e-5);
  results[0]?.logprobs.forEach((logp, i) =>
    expect(logp).toBeCloseTo(eight.results[0]?.logprobs[i] ?? NaN, 5),
  );
  other.device.destroy();
});

describe('all weights: directional derivatives by finite differences', () => {
  const qwen2 = { ...TINY, family: 'qwen2', qkvBias: true, tiedEmbeddings: false } as const;
  const cases = [
    ['llama, tied', TINY],
    ['qwen2 with biases, untied', qwen2],
  ] as const;

  test.each(cases)('%s', async (_, config) => {
    const weights = tinyWeights(config);
    const batch = batchOf(randomBatch(6, 3));
    const { rows, forest } = batch;
    const policyOf = fullPolicy(gpu, config, weights);
    const { gradients } = await gradientOf([randomBatch(6, 3)], { ...LOSS, beta: 0 }, policyOf);
    policyOf.dispose();
    expect([...gradients.keys()].sort()).toEqual([...weights.keys()].sort());

    /** −Σ (pos + neg)·log p, whose gradient is the loss's where the ratio is 1; summed in float64. */
    const lossAt = async (name: string, direction: Float32Array, h: number): Promise<number> => {
      const { shape, data } = weights.get(name) as { shape: readonly number[]; data: Float32Array };
      const moved = data.map((x, i) => x + h * (direction[i] as number));
      const shifted = new GpuPolicy(gpu, config, new Map([...weights, [name, { shape, data: moved }]]), {
        kind: 'none',
      });
      const logprobs = await shifted.score(forest, rows, { adapter: true, temperature: 1 });
      shifted.dispose();
      return logprobs.reduce(
        (sum, logp, r) => sum - ((rows.pos[r] as number) + (rows.neg[r] as number)) * logp,
        0,
      );
    };
    for (const [name, { data }] of gradients) {
      const norm = Math.hypot(...data);
      expect(norm, name).toBeGreaterThan(1e-4);
      // Along the gradient the slope is its norm; along another direction, what both agree on.
      const along = data.map((g) => g / norm);
      const across = data.map((_, i) => Math.cos(3 * i + 1));
      const size = Math.hypot(...across);
      for (const direction of [along, across.map((x) => x / size)]) {
        const slopeOver = async (h: number) =>
          ((await lossAt(name, direction, h)) - (await lossAt(name, direction, -h))) / (2 * h);
        // Richardson's extrapolation: the error falls with h⁴, so h may be large against rounding.
        const slope = (4 * (await slopeOver(0.01)) - (await slopeOver(0.02))) / 3;
        const wanted = data.reduce((sum, g, i) => sum + g * (direction[i] as number), 0);
        expect(Math.abs(slope - wanted), name).toBeLessThan(0.003 * norm);
      }
    }
  });
});
