import { describe, expect, it, test } from 'vitest';
import { BigramPolicy, idOf, WORDS } from '../../tests/support/bigram-policy';
import { referenceLoss } from '../../tests/support/reference-loss';
import { parseVerifyBatch, verifyBatch, type VerifyBatch } from './verify';

const sequence = {
  group: 0,
  input_ids: [1, 2, 3],
  loss_mask: [0, 1, 1],
  advantage: 1,
  old_logprobs: [0, -0.5, -2],
};
const batch = {
  loss_type: 'grpo',
  beta: 0,
  epsilon_low: 0.2,
  epsilon_high: 0.2,
  temperature: 1,
  max_completion_length: 8,
};

test('an old log-prob above 0 is refused with its place', () => {
  expect(parseVerifyBatch({ ...batch, sequences: [sequence] }).sequences).toHaveLength(1);
  for (const wrong of [1e-6, 0.7, 3]) {
    const sequences = [sequence, { ...sequence, old_logprobs: [0, -0.5, wrong] }];
    expect(() => parseVerifyBatch({ ...batch, sequences })).toThrow(
      `sequences[1].old_logprobs must hold log-probabilities, which are at most 0, found ${wrong} at 2`,
    );
  }
});

describe('parseVerifyBatch', () => {
  const of = (changes: object, inSequence: object = {}) => ({
    ...batch,
    sequences: [sequence, { ...sequence, ...inSequence }],
    ...changes,
  });

  it('gives a good batch as it is, with every field that may be left out', () => {
    const all = of(
      {
        ...{ loss_type: 'supervised', importance_sampling_level: 'turn', delta: 0, sapo_temperature_pos: 1 },
        ...{ sapo_temperature_neg: 1, top_entropy_quantile: 1, entropy_coef: 0 },
      },
      { token_weights: [0, 1, 2] },
    );
    expect(parseVerifyBatch(all)).toBe(all);
  });

  it.each([null, 5, 'batch', undefined])('refuses %j, which is no object', (json) => {
    expect(() => parseVerifyBatch(json)).toThrow('it is not a JSON object');
  });

  const lists = ['input_ids', 'loss_mask', 'old_logprobs'] as const;
  it.each<[unknown, string, unknown, string | null]>([
    ...['beta', 'epsilon_low', 'epsilon_high', 'temperature', 'max_completion_length'].map(
      (field): [unknown, string, unknown, string] => [
        of({ [field]: undefined }),
        field,
        'number',
        'undefined',
      ],
    ),
    ...['delta', 'sapo_temperature_pos', 'sapo_temperature_neg', 'top_entropy_quantile', 'entropy_coef'].map(
      (field): [unknown, string, unknown, string] => [of({ [field]: '1' }), field, 'number', '1'],
    ),
    [of({ beta: NaN }), 'beta', 'number', 'NaN'],
    [of({ temperature: 0 }), 'temperature', 'positive', '0'],
    [of({ temperature: -1 }), 'temperature', 'positive', '-1'],
    [of({ sequences: [] }), 'sequences', 'list', null],
    [of({ sequences: 5 }), 'sequences', 'list', null],
    [of({ sequences: { length: 1 } }), 'sequences', 'list', null],
    [of({ sequences: [sequence, null] }), 'sequences[1]', 'object', null],
    [of({ sequences: [sequence, 5] }), 'sequences[1]', 'object', null],
    [of({}, { input_ids: [] }), 'sequences[1].input_ids', 'list', null],
    [of({}, { input_ids: 'abc' }), 'sequences[1].input_ids', 'list', null],
    [of({}, { input_ids: [1, 2, 0.5] }), 'sequences[1].input_ids', 'token-ids', null],
    [of({}, { input_ids: [1, 2, -1] }), 'sequences[1].input_ids', 'token-ids', null],
    ...lists.map((field): [unknown, string, unknown, null] => [
      of({}, { [field]: [1, 'x', 0] }),
      `sequences[1].${field}`,
      { numbers: 3 },
      null,
    ]),
    [of({}, { loss_mask: [0, 1] }), 'sequences[1].loss_mask', { numbers: 3 }, null],
    [of({}, { token_weights: [0, 1] }), 'sequences[1].token_weights', { numbers: 3 }, null],
    [of({}, { advantage: '1' }), 'sequences[1].advantage', 'number', null],
  ])('refuses a wrong field by its name (%#)', (json, field, needs, found) => {
    expect(() => parseVerifyBatch(json)).toThrow(
      expect.objectContaining({
        code: 'training/verify-batch',
        params: { problem: { field, needs, found } },
      }) as Error,
    );
  });

  it.each([
    [{ loss_type: 'reinforce' }, 'loss_type', 'reinforce', 'dr_grpo'],
    [{ importance_sampling_level: 'word' }, 'importance_sampling_level', 'word', 'sequence'],
  ])('refuses %j, naming what there is', (changes, field, found, among) => {
    expect(() => parseVerifyBatch(of(changes))).toThrow(
      new RegExp(`${field} must be one of .*\\b${among}\\b.*, found ${found}`),
    );
  });
});

describe('verifyBatch', () => {
  const ids = (text: string) => text.split(' ').map(idOf);
  /** An adapter that says something: every entry of the bigram table has its own value. */
  async function trainedPolicy(): Promise<BigramPolicy> {
    const policy = new BigramPolicy();
    for (const [, tensor] of await policy.readAdapter()) {
      policy.loadAdapter(
        new Map([
          [
            'base_model.model.bigram.lora_B.weight',
            { ...tensor, data: tensor.data.map((_, i) => Math.sin(i)) },
          ],
        ]),
      );
    }
    return policy;
  }
  const made: VerifyBatch = {
    loss_type: 'dapo',
    beta: 0.1,
    epsilon_low: 0.2,
    epsilon_high: 0.3,
    temperature: 0.8,
    max_completion_length: 8,
    sequences: [
      {
        group: 0,
        input_ids: ids('<start> q0 <first> search <stop> <tool> <next> good <stop>'),
        // A mask on the first token trains nothing.
        loss_mask: [1, 0, 0, 1, 1, 0, 0, 1, 1],
        advantage: 1.5,
        old_logprobs: [0, 0, 0, -1.1, -0.3, 0, 0, -9, -0.2],
      },
      {
        group: 0,
        input_ids: ids('<start> q0 <first> bad <stop>'),
        loss_mask: [0, 0, 0, 1, 1],
        advantage: -0.5,
        old_logprobs: [0, 0, 0, -0.1, -4],
      },
    ],
  };
  /** Log-probs from the bigram table; position 0 has none. */
  const logprobsOf = (policy: BigramPolicy, adapter: boolean) =>
    made.sequences.map(({ input_ids }) =>
      input_ids.map((id, t) =>
        t === 0 ? 0 : (policy.distribution(input_ids[t - 1]!, made.temperature, adapter)[id] as number),
      ),
    );

  /** By the formulas, with ratios of this level. */
  const expectedOf = (
    importanceSamplingLevel: 'token' | 'sequence',
    lossType: 'grpo' | 'dapo' | 'dr_grpo' | 'cispo' | 'sapo',
    logprobs: readonly (readonly number[])[],
    refLogprobs: readonly (readonly number[])[],
  ) =>
    referenceLoss(
      made.sequences.map((s, i) => ({
        lossMask: s.loss_mask,
        tokenAdvantages: s.input_ids.map(() => s.advantage),
        logprobs: logprobs[i]!,
        refLogprobs: refLogprobs[i]!,
        old: s.old_logprobs,
        entropy: s.input_ids.map(() => 0),
        turnOf: s.input_ids.map(() => 0),
        microBatch: 0,
      })),
      {
        ...{ lossType, epsilonLow: 0.2, epsilonHigh: 0.3, delta: 0, sapoTemperaturePos: 1 },
        ...{ sapoTemperatureNeg: 1.05, importanceSamplingLevel, topEntropyQuantile: 1 },
        ...{ beta: 0.1, maxCompletionLength: 8 },
      },
    );

  it('gives loss, KL, clip fraction and log-probs of every token, by the formulas', async () => {
    const policy = await trainedPolicy();
    const { result } = await verifyBatch(policy, made);
    const [logprobs, refLogprobs] = [logprobsOf(policy, true), logprobsOf(policy, false)];
    expect(result.logprobs).toEqual(logprobs);
    expect(result.ref_logprobs).toEqual(refLogprobs);
    const expected = expectedOf('token', 'dapo', logprobs, refLogprobs);
    expect(result.loss).toBeCloseTo(expected.loss, 5);
    expect(expected.clipFraction).toBeGreaterThan(0);
    expect(expected.clipFraction).toBeLessThan(1);
    expect(result.clip_fraction).toBeCloseTo(expected.clipFraction, 12);
    const gaps = made.sequences.flatMap(({ loss_mask }, i) =>
      loss_mask.flatMap((mask, t) => (mask === 1 && t > 0 ? [refLogprobs[i]![t]! - logprobs[i]![t]!] : [])),
    );
    const kl = gaps.reduce((sum, gap) => sum + Math.exp(gap) - gap - 1, 0) / gaps.length;
    expect(kl).toBeGreaterThan(0.01);
    expect(result.kl).toBeCloseTo(kl, 5);
    expect(result).toMatchObject({ trainable_tokens: 6, total_tokens: 14, forest_tokens: 11 });
  });

  it.each(['grpo', 'dr_grpo', 'cispo', 'sapo'] as const)(
    'gives the loss %s by its own formula',
    async (loss) => {
      const policy = await trainedPolicy();
      const { result } = await verifyBatch(policy, { ...made, loss_type: loss });
      const expected = expectedOf('token', loss, logprobsOf(policy, true), logprobsOf(policy, false));
      expect(result.loss).toBeCloseTo(expected.loss, 5);
      expect(result.clip_fraction).toBeCloseTo(expected.clipFraction, 12);
    },
  );

  it('gives the gradient of that loss, its norm, and leaves none behind', async () => {
    const policy = await trainedPolicy();
    const { result, gradients } = await verifyBatch(policy, made);
    const [[name, { data, shape }]] = [...gradients] as [[string, { data: Float32Array; shape: number[] }]];
    expect(result.grad_norm).toBeCloseTo(Math.hypot(...data), 6);
    expect((await policy.readGradients()).get(name)?.data.every((g) => g === 0)).toBe(true);
    const adapter = (await policy.readAdapter()).get(name)!.data as Float32Array;
    const lossAt = async (at: number, by: number) => {
      policy.loadAdapter(new Map([[name, { shape, data: adapter.map((x, i) => (i === at ? x + by : x)) }]]));
      return (await verifyBatch(policy, made)).result.loss;
    };
    for (const [before, after] of [
      ['<first>', 'search'],
      ['<first>', 'bad'],
      ['<next>', 'good'],
      ['good', '<stop>'],
    ] as const) {
      const at = idOf(before) * WORDS.length + idOf(after);
      const slope = ((await lossAt(at, 1e-2)) - (await lossAt(at, -1e-2))) / 2e-2;
      expect(data[at]).toBeCloseTo(slope, 3);
    }
  });

  it('gives loss and clipping of whole sequences where a ratio belongs to them', async () => {
    const policy = await trainedPolicy();
    const { result } = await verifyBatch(policy, { ...made, importance_sampling_level: 'sequence' });
    const expected = expectedOf('sequence', 'dapo', logprobsOf(policy, true), logprobsOf(policy, false));
    expect(result.loss).toBeCloseTo(expected.loss, 5);
    // The first sequence is clipped, the second is not.
    expect(expected.clipFraction).toBeCloseTo(4 / 6, 12);
    expect(result.clip_fraction).toBeCloseTo(4 / 6, 12);
  });

  it('measures cross-entropy for a supervised batch, weighted by token where weights are given', async () => {
    const policy = await trainedPolicy();
    const supervised = { ...made, loss_type: 'supervised' as const, beta: 0 };
    const logprobs = logprobsOf(policy, true);
    const mean = (weightOf: (i: number, t: number) => number) => {
      let [total, weight] = [0, 0];
      made.sequences.forEach(({ loss_mask }, i) =>
        loss_mask.forEach((mask, t) => {
          if (mask === 0 || t === 0) return;
          total -= weightOf(i, t) * logprobs[i]![t]!;
          weight += weightOf(i, t);
        }),
      );
      return total / weight;
    };
    const { result } = await verifyBatch(policy, supervised);
    expect(result.loss).toBeCloseTo(
      mean(() => 1),
      5,
    );
    expect(result.clip_fraction).toBe(0);
    const weighted = await verifyBatch(policy, {
      ...supervised,
      sequences: made.sequences.map((s, i) => ({
        ...s,
        token_weights: s.loss_mask.map((_, t) => (i + t) % 3),
      })),
    });
    expect(weighted.result.loss).toBeCloseTo(
      mean((i, t) => (i + t) % 3),
      5,
    );
  });

  it('has no KL and no clipped tokens where nothing is trained', async () => {
    const untrained = made.sequences.map((s) => ({ ...s, loss_mask: s.loss_mask.map(() => 0) }));
    const { result } = await verifyBatch(await trainedPolicy(), { ...made, sequences: untrained });
    expect(result).toMatchObject({ trainable_tokens: 0, kl: 0, clip_fraction: 0, loss: 0, grad_norm: 0 });
  });
});
