import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BigramPolicy, WORDS } from '../../tests/support/bigram-policy';
import { Random } from '../../src/random/philox';
import { LINEAR_TERM } from '../../src/grpo/objectives/linear';
import { passesOf, poolBatches, totalWeight } from './batches';
import type { TrainingSequence } from './format';
import { heldOutNumbers, measureHeldOut } from './held-out';

const V = WORDS.length;
const LOSS = { term: LINEAR_TERM, beta: 0, temperature: 1, entropyCoef: 0 };

/** Few different tokens, so that beginnings are shared. */
const sequence = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.constantFrom(0, 0.05, 1, 3)), {
    minLength: 1,
    maxLength: 9,
  })
  .map((tokens) => ({ ids: tokens.map(([id]) => id), weights: tokens.map(([, weight]) => weight) }));

test('passes: loss and gradient are those of the mean weighted cross-entropy, however the batch is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(sequence, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 40 }),
      async (sequences, most) => {
        const policy = new BigramPolicy();
        const total = totalWeight(sequences);
        fc.pre(total > 0);
        let loss = 0;
        const members: number[] = [];
        for (const pass of passesOf(sequences, total, most)) {
          members.push(...pass.members);
          const { logprobs } = await policy.accumulate(pass.forest, pass.rows, LOSS);
          logprobs.forEach((logp, r) => (loss -= (pass.rows.weight[r] as number) * logp));
        }
        let wanted = 0;
        const gradient = new Float64Array(V * V);
        for (const { ids, weights } of sequences) {
          for (let t = 1; t < ids.length; t++) {
            const previous = ids[t - 1] as number;
            const logp = policy.distribution(previous, 1);
            const w = (weights[t] as number) / total;
            wanted -= w * (logp[ids[t] as number] as number);
            logp.forEach((x, j) => {
              const at = previous * V + j;
              gradient[at] = (gradient[at] as number) + w * (Math.exp(x) - Number(j === ids[t]));
            });
          }
        }
        expect(members.sort((a, b) => a - b)).toEqual(sequences.map((_, i) => i));
        expect(loss).toBeCloseTo(wanted, 5);
        const [found] = [...(await policy.readGradients()).values()];
        found?.data.forEach((g, i) => expect(g).toBeCloseTo(gradient[i] as number, 5));
      },
    ),
    { seed: 7, numRuns: 60 },
  );
});

test('a row counts as sampled when any of its sequences has the policy write it', () => {
  const sequences = [
    { ids: [1, 2, 3], weights: [0, 0.05, 0.05] },
    { ids: [1, 2, 4], weights: [0, 1, 0.05] },
  ];
  const [pass] = passesOf(sequences, 2, 100);
  expect(pass?.forest.n).toBe(4);
  expect(Array.from(pass?.rows.target ?? [])).toEqual([2, 3, 4]);
  expect(Array.from(pass?.sampled ?? [])).toEqual([1, 0, 0]);
  expect(pass?.rows.weight[0]).toBeCloseTo(1.05 / 2, 6);
  expect(pass?.rows.old.every(Number.isNaN)).toBe(true);
});

const pool = Array.from({ length: 103 }, (_, i) => ({
  ids: Array.from({ length: 2 + ((i * 37) % 11) }, () => i),
  weights: [],
}));
const batchesOf = (size: number) => poolBatches(pool, size, (epoch) => new Random(1, 'batches', epoch));
const named = (batch: readonly TrainingSequence[]) => batch.map(({ ids }) => ids[0] as number);

test.each([
  [3, 32],
  [4, 25],
  [50, 2],
])('batches of %i: %i an epoch, each sequence at most once, similar lengths together', (size, perEpoch) => {
  const batches = batchesOf(size);
  const epochs = [0, 1].map((epoch) =>
    Array.from({ length: perEpoch }, (_, i) => batches(1 + epoch * perEpoch + i)),
  );
  for (const epoch of epochs) {
    expect(epoch.every((batch) => batch.length === size)).toBe(true);
    expect(new Set(epoch.flatMap(named)).size).toBe(size * perEpoch);
    const spread = epoch.map((batch) => {
      const lengths = batch.map(({ ids }) => ids.length);
      return Math.max(...lengths) - Math.min(...lengths);
    });
    const mean = spread.reduce((a, b) => a + b, 0) / perEpoch;
    expect(mean).toBeLessThan(size === 50 ? 7 : 3);
  }
  expect(epochs[0]?.map(named)).not.toEqual(epochs[1]?.map(named));
  // Any step can be asked for first.
  expect(named(batchesOf(size)(perEpoch + 1))).toEqual(named(epochs[1]?.[0] ?? []));
});

test('a batch larger than the pool is refused', () => {
  expect(() => batchesOf(104)).toThrow('A batch of 104 cannot be made of 103 sequences.');
});

test('held-out numbers: bounds from log-probs, and measured alike in one pass or many', async () => {
  const half = Math.log(0.5);
  expect(heldOutNumbers([{ logprobs: [-0.1, -0.2] }, { logprobs: [-0.1, half] }])).toEqual({
    nll: (0.4 - half) / 4,
    tokenAccuracy: 3 / 4,
    certainSequences: 1 / 2,
    sequenceProbability: (Math.exp(-0.3) + Math.exp(-0.1 + half)) / 2,
  });
  const policy = new BigramPolicy();
  const sequences = [
    { ids: [3, 0, 3, 0], weights: [0.05, 4, 0.05, 1] },
    { ids: [3, 0, 1, 2], weights: [0.05, 4, 0.05, 1] },
  ];
  const whole = await measureHeldOut(policy, sequences, 100);
  expect(await measureHeldOut(policy, sequences, 4)).toEqual(whole);
  const logp = (previous: number, id: number) => policy.distribution(previous, 1)[id] as number;
  // Context (weight 0.05) is not asked for; emphasis (4) is not counted.
  expect(whole.nll).toBeCloseTo(-(2 * logp(3, 0) + logp(3, 0) + logp(1, 2)) / 4, 6);
});
