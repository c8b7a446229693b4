import { describe, expect, it } from 'vitest';
import { type AdamWParams } from '../engine/types';
import { TOKEN_SOURCE } from '../tokens/types';
import type { Settings } from '../settings/settings';
import { toyBatch } from '../../tests/support/toy-batch';
import { BigramPolicy, idOf, WORDS } from '../../tests/support/bigram-policy';
import { maxCompletionLength, updateOnBatch, type UpdateMetrics, type UpdateSettings } from './train-step';
import type { ScoredTrajectory } from './types';

/** A step's scored batch on a fresh policy. */
const batchOf = (changes: Partial<Settings> = {}) =>
  toyBatch(changes, ({ base }) => {
    // Only tool results and headers say these words: the policy never samples them.
    for (let i = 0; i < WORDS.length; i++) {
      for (const word of ['<tool>', '<next>']) base[i * WORDS.length + idOf(word)] = -40;
    }
  });

/** Predictor word pairs (previous id, target id) that were scored. */
const pairs = (policy: BigramPolicy) =>
  policy.accumulated.flatMap(({ forest, rows }) =>
    Array.from(rows.target, (target, row) => `${forest.ids[rows.predictor[row] as number]}>${target}`),
  );
const words = (batch: readonly ScoredTrajectory[], wanted: number) =>
  new Set(
    batch.flatMap(({ ids, source, kept }) =>
      ids.flatMap((id, t) => (kept && source[t] === wanted ? [`${ids[t - 1]}>${id}`] : [])),
    ),
  );

describe('updateOnBatch', () => {
  it('trains in mode masked what was sampled and nothing else: tool tokens have no row', async () => {
    const { batch, settings, policy } = await batchOf({ mode: 'masked' });
    await updateOnBatch(policy, batch, settings, 0.1);
    expect(new Set(pairs(policy))).toEqual(words(batch, TOKEN_SOURCE.sampled));
    const tool = words(batch, TOKEN_SOURCE.tool);
    expect(tool.size).toBeGreaterThan(0);
    expect(pairs(policy).filter((pair) => tool.has(pair))).toEqual([]);
  });

  it('is not touched in mode masked by tool tokens that the model finds impossible', async () => {
    const { batch, settings, policy } = await batchOf({ mode: 'masked' });
    const poisoned = batch.map((item) => ({
      ...item,
      logprobs: item.logprobs.map((x, t) => (item.source[t] === TOKEN_SOURCE.sampled ? x : NaN)),
      tokenAdvantages: item.tokenAdvantages.map((x, t) =>
        item.source[t] === TOKEN_SOURCE.sampled ? x : NaN,
      ),
    }));
    const clean = await updateOnBatch(policy, batch, settings, 0.1);
    const other = new BigramPolicy();
    other.base.set(policy.base);
    expect(await updateOnBatch(other, poisoned, settings, 0.1)).toEqual(clean);
    expect(await other.readAdapter()).toEqual(await policy.readAdapter());
  });

  it('trains in mode rollout every token after the first prompt, on-policy at first, then against the first update', async () => {
    const { batch, settings, policy } = await batchOf({
      mode: 'rollout',
      numIterations: 2,
      microBatchTokens: 4096,
    });
    const metrics = await updateOnBatch(policy, batch, settings, 0.1);
    const tool = words(batch, TOKEN_SOURCE.tool);
    expect(pairs(policy).some((pair) => tool.has(pair))).toBe(true);
    const [first, second] = policy.accumulated.map(({ rows }) => rows);
    expect(first?.old.some(Number.isNaN)).toBe(true);
    expect(second?.old.some(Number.isNaN)).toBe(false);
    expect(second?.count).toBe(first?.count);
    expect(policy.updates).toBe(2);
    expect(metrics?.firstRatioError).toBeLessThan(1e-6);
  });

  it.each<readonly [string, Partial<Settings>]>([
    ['grpo', { lossType: 'grpo' }],
    ['dapo', { lossType: 'dapo' }],
    ['dr_grpo', { lossType: 'dr_grpo' }],
    ['cispo', { lossType: 'cispo', epsilonHigh: 1.1 }],
    ['sapo', { lossType: 'sapo' }],
    ['ratios per sequence', { lossType: 'grpo', importanceSamplingLevel: 'sequence' }],
    [
      'ratios per turn, the most undecided half',
      { importanceSamplingLevel: 'turn', topEntropyQuantile: 0.5 },
    ],
  ])('gives one result however the batch is cut (%s)', async (_, changes) => {
    const { batch, settings, policy: original } = await batchOf(changes);
    const stale = batch.map((item) => ({
      ...item,
      logprobs: item.logprobs.map((x, t) => x + 0.3 * Math.sin(t)),
    }));
    const results = await Promise.all(
      [16, 64, 4096].map(async (microBatchTokens) => {
        const policy = new BigramPolicy();
        policy.base.set(original.base);
        const metrics = await updateOnBatch(policy, stale, { ...settings, microBatchTokens }, 0.1);
        return { metrics, passes: policy.accumulated.length };
      }),
    );
    expect(results.map(({ passes }) => passes > 1)).toEqual([true, true, false]);
    for (const { metrics } of results) {
      expect(metrics?.loss).toBeCloseTo(results[2]?.metrics?.loss as number, 6);
      expect(metrics?.gradNorm).toBeCloseTo(results[2]?.metrics?.gradNorm as number, 6);
    }
  });

  it.each([
    ['above, where good tokens became likelier', 0.5, 1],
    ['below, where bad tokens became less likely', -0.5, -1],
  ])('counts as clipped what is beyond the bound: %s', async (_, shift, sign) => {
    const { batch, settings, policy } = await batchOf({ epsilonLow: 0.2, epsilonHigh: 0.2 });
    const stale = batch.map((item) => ({ ...item, logprobs: item.logprobs.map((x) => x - shift) }));
    const signs = stale
      .filter(({ kept }) => kept)
      .flatMap(({ lossMask, tokenAdvantages }) =>
        [...tokenAdvantages].filter((__, t) => t > 0 && lossMask[t]).map(Math.sign),
      );
    expect(new Set(signs)).toEqual(new Set([1, -1]));
    for (const level of ['token', 'turn', 'sequence'] as const) {
      const metrics = await updateOnBatch(policy, stale, { ...settings, importanceSamplingLevel: level }, 0);
      expect(metrics?.clipFraction).toBeCloseTo(signs.filter((x) => x === sign).length / signs.length, 12);
    }
  });

  it('takes one scoring pass before each update where the whole step decides, and reports its loss', async () => {
    const { batch, settings, policy } = await batchOf({ numIterations: 2, microBatchTokens: 16, beta: 0 });
    const seen: number[] = [];
    const sequence = { ...settings, lossType: 'dapo', importanceSamplingLevel: 'sequence' } as const;
    const metrics = await updateOnBatch(policy, batch, sequence, 0, {
      onProgress: (done) => seen.push(done),
    });
    expect(seen).toHaveLength(2 * policy.accumulated.length);
    // On-policy, so every ratio is 1 and the loss minus the mean advantage of tokens, whatever shares a ratio.
    const other = new BigramPolicy();
    other.base.set(policy.base);
    const perToken = await updateOnBatch(other, batch, { ...settings, lossType: 'dapo' }, 0);
    expect(Math.abs(perToken?.policyLoss as number)).toBeGreaterThan(1e-3);
    expect(metrics?.policyLoss).toBeCloseTo(perToken?.policyLoss as number, 5);
    expect(metrics?.loss).toBeCloseTo(metrics?.policyLoss as number, 5);
    expect(metrics?.gradNorm).toBeGreaterThan(0);
  });

  it('names log-probs that are not numbers before anything is accumulated', async () => {
    const { batch, settings, policy } = await batchOf({ importanceSamplingLevel: 'sequence' });
    policy.base.fill(NaN);
    await expect(updateOnBatch(policy, batch, settings, 0.1)).rejects.toThrow(
      /log-probs that are not numbers/,
    );
    expect(policy.accumulated).toEqual([]);
  });

  it('refuses a loss that is no number, and leaves no gradient of it', async () => {
    const { batch, settings, policy } = await batchOf({ importanceSamplingLevel: 'token' });
    policy.base.fill(NaN);
    await expect(updateOnBatch(policy, batch, settings, 0.1)).rejects.toMatchObject({
      code: 'training/not-finite',
      params: { found: { loss: 'NaN' } },
    });
    const [gradient] = [...(await policy.readGradients()).values()];
    expect(gradient?.data.every((g) => g === 0)).toBe(true);
    expect(policy.updates).toBe(0);
  });

  it('measures clipping, KL and the ratio of stale samples', async () => {
    const { batch, settings, policy } = await batchOf({ beta: 0.5, epsilonLow: 0.2, epsilonHigh: 0.2 });
    const stale = batch.map((item) => ({ ...item, logprobs: item.logprobs.map((x) => x - 0.5) }));
    const metrics = await updateOnBatch(policy, stale, settings, 0);
    // Ratio exp(0.5) everywhere: clipped exactly where the advantage is positive.
    const tokens = stale
      .filter(({ kept }) => kept)
      .flatMap(({ lossMask, tokenAdvantages }) =>
        [...tokenAdvantages].filter((_, t) => t > 0 && lossMask[t]),
      );
    expect(metrics?.clipFraction).toBeCloseTo(tokens.filter((a) => a > 0).length / tokens.length, 12);
    expect(metrics?.firstRatioError).toBeCloseTo(Math.exp(0.5) - 1, 5);
    // Ratio exp(-0.5), below 1 - 0.2: clipped exactly where the advantage is negative.
    const fresh = batch.map((item) => ({ ...item, logprobs: item.logprobs.map((x) => x + 0.5) }));
    expect((await updateOnBatch(policy, fresh, settings, 0))?.clipFraction).toBeCloseTo(
      tokens.filter((a) => a < 0).length / tokens.length,
      12,
    );
    expect(metrics?.kl).toBe(0);
    expect(metrics?.entropy).toBeGreaterThan(0);
    // One update moves the policy off its reference.
    await updateOnBatch(policy, batch, settings, 0.3);
    const moved = await updateOnBatch(policy, batch, settings, 0);
    expect(moved?.kl).toBeGreaterThan(1e-3);
    expect(moved?.loss).not.toBeCloseTo(moved?.policyLoss as number, 5);
    expect((await updateOnBatch(policy, batch, { ...settings, beta: 0 }, 0))?.kl).toBeNull();
  });

  it('minimises clipped loss + beta·KL - entropyCoef·entropy', async () => {
    const { batch, settings, policy } = await batchOf({
      ...{ lossType: 'dapo', beta: 0.3, entropyCoef: 0.7, microBatchTokens: 16 },
    });
    // Off the reference, so that there is a KL.
    await updateOnBatch(policy, batch, settings, 0.3);
    const { loss, policyLoss, kl, entropy } = (await updateOnBatch(
      policy,
      batch,
      settings,
      0,
    )) as UpdateMetrics;
    expect(kl).toBeGreaterThan(1e-3);
    expect(loss).toBeCloseTo(policyLoss + 0.3 * (kl as number) - 0.7 * entropy, 5);
  });

  /** Change of entropy and KL by one update of a moved policy on rollouts of no advantage, its optimiser fresh. */
  async function drift(changes: Partial<Settings>) {
    const { batch, settings, policy } = await batchOf(changes);
    await updateOnBatch(policy, batch, { ...settings, beta: 0, entropyCoef: 0 }, 0.3);
    const neutral = batch.map((item) => ({ ...item, tokenAdvantages: item.tokenAdvantages.map(() => 0) }));
    const update = async (from: BigramPolicy, used: UpdateSettings, learningRate: number) => {
      const next = new BigramPolicy();
      next.base.set(policy.base);
      next.loadAdapter(await from.readAdapter());
      const metrics = (await updateOnBatch(next, neutral, used, learningRate)) as UpdateMetrics;
      return { next, metrics };
    };
    const measured = { ...settings, beta: 1 };
    const before = (await update(policy, measured, 0)).metrics;
    const { next } = await update(policy, settings, 0.05);
    const after = (await update(next, measured, 0)).metrics;
    return { entropy: after.entropy - before.entropy, kl: (after.kl as number) - (before.kl as number) };
  }

  it('is made less certain by the entropy bonus, and drawn to the reference by the KL', async () => {
    expect((await drift({ beta: 0, entropyCoef: 0.5 })).entropy).toBeGreaterThan(0.01);
    expect((await drift({ beta: 0.5, entropyCoef: 0 })).kl).toBeLessThan(-1e-3);
    expect(await drift({ beta: 0, entropyCoef: 0 })).toEqual({ entropy: 0, kl: 0 });
  });

  it('hands rate, decay and clip of the settings to every update', async () => {
    const { batch, settings, policy } = await batchOf({
      ...{ numIterations: 2, weightDecay: 0.3, maxGradNorm: 0.4 },
    });
    const seen: AdamWParams[] = [];
    const { update } = policy;
    policy.update = (params) => {
      seen.push(params);
      return update.call(policy, params);
    };
    await updateOnBatch(policy, batch, settings, 0.05);
    const expected = { learningRate: 0.05, weightDecay: 0.3, maxGradNorm: 0.4, beta1: 0.9, beta2: 0.999 };
    expect(seen).toMatchObject([expected, expected]);
  });

  it('takes log-probs at the temperature of the sampler', async () => {
    const { batch, settings, policy } = await batchOf({ temperature: 0.5 });
    const error = async (temperature: number) =>
      (await updateOnBatch(policy, batch, { ...settings, temperature }, 0))?.firstRatioError as number;
    expect(await error(0.5)).toBeLessThan(1e-5);
    expect(await error(1)).toBeGreaterThan(0.1);
  });

  it('does nothing when no trajectory is kept or trained', async () => {
    const { batch, settings, policy } = await batchOf();
    expect(
      await updateOnBatch(
        policy,
        batch.map((t) => ({ ...t, kept: false })),
        settings,
        0.1,
      ),
    ).toBeNull();
    const untrained = batch.map((t) => ({ ...t, lossMask: new Uint8Array(t.ids.length) }));
    expect(await updateOnBatch(policy, untrained, settings, 0.1)).toBeNull();
    expect(policy.updates).toBe(0);
  });

  it('divides dr_grpo by the longest completion that the settings allow', () => {
    const limits = { maxTurns: 4, maxTokens: 64, maxSeqLength: 200 };
    expect(maxCompletionLength({ ...limits, mode: 'masked' })).toBe(200);
    expect(maxCompletionLength({ ...limits, mode: 'masked', maxSeqLength: 512 })).toBe(256);
    expect(maxCompletionLength({ ...limits, mode: 'rollout', maxSeqLength: 512 })).toBe(512);
    expect(maxCompletionLength({ ...limits, mode: 'simple' })).toBe(64);
  });
});
