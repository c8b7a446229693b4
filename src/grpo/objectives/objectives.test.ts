import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ReferenceConfig,
  type ReferenceSequence,
  referenceLoss,
} from '../../../tests/support/reference-loss';
import { defaultTestSettings } from '../../../tests/support/settings';
import * as kernel from '../../kernels/vocabulary/row-loss';
import { LOSS_TYPES } from '../../settings/objective';
import { buildForest } from '../../tokens/forest';
import { buildLossRows } from '../loss-rows';
import { cutMicroBatches } from '../micro-batch';
import { k3, rowLoss } from '../reference';
import { forestPart } from '../step-parts';
import { trajectoryWeights } from '../weights';
import { boundedExp, boundedExpSlope, MAX_EXPONENT } from './bounded-exp';
import { openObjective, quantile, type StepSequence } from './prepare';
import { OBJECTIVE_NAMES, OBJECTIVES } from './registry';
import { supervisedTokens } from './supervised';
import type { ObjectiveSettings } from './types';

const SETTINGS: ObjectiveSettings = defaultTestSettings({ epsilonLow: 0.2, epsilonHigh: 0.3 });

/** A deterministic stand-in for a model: a number in (0, 1) of a token after a prefix; a function of both only. */
function hash(ids: readonly number[], t: number, salt: number): number {
  let state = salt;
  for (let i = 0; i <= t; i++) state = (Math.imul(state ^ (ids[i] as number), 0x01000193) + 0x9e3779b9) >>> 0;
  return (state >>> 8) / 0x1000000;
}
const logprobOf = (ids: readonly number[], t: number, salt: number) =>
  Math.fround(-3 * hash(ids, t, salt) - 0.01);

const token = fc.record({
  id: fc.integer({ min: 0, max: 2 }),
  trained: fc.boolean(),
  /** Distance of old from the current log-prob; null: NaN. Few values, so that rows are shared and split. */
  stale: fc.constantFrom(0, 0, 0.4, -0.4, 1.5, -1.7, null),
});
const trajectory = fc.record({
  group: fc.integer({ min: 0, max: 2 }),
  tokens: fc.array(token, { minLength: 1, maxLength: 10 }),
  advantages: fc.array(fc.constantFrom(-1.5, -0.25, 0, 0.5, 2), { minLength: 10, maxLength: 10 }),
});
type Item = Omit<ReferenceSequence, 'microBatch'> & { readonly group: number; readonly ids: number[] };

function itemOf({
  group,
  tokens,
  advantages,
}: typeof trajectory extends fc.Arbitrary<infer T> ? T : never): Item {
  const ids = tokens.map(({ id }) => id);
  const logprobs = ids.map((_, t) => logprobOf(ids, t, 1));
  return {
    group,
    ids,
    logprobs,
    refLogprobs: ids.map((_, t) => logprobOf(ids, t, 2)),
    entropy: ids.map((_, t) => hash(ids, t - 1, 3)),
    lossMask: tokens.map(({ trained }) => Number(trained)),
    tokenAdvantages: advantages.slice(0, ids.length),
    turnOf: ids.map((_, t) => Math.floor(t / 3)),
    old: tokens.map(({ stale }, t) => (stale === null ? NaN : Math.fround((logprobs[t] as number) + stale))),
  };
}

/** The step as the trainer takes it: prepared as a whole, then rows of one micro-batch after another. */
function forestLoss(items: readonly Item[], micro: readonly number[][], config: ReferenceConfig) {
  const microOf = items.map((_, i) => micro.findIndex((members) => members.includes(i)));
  const weights = trajectoryWeights(
    items.map(({ lossMask }, i) => ({ lossMask, microBatch: microOf[i] as number })),
    config.lossType,
    config.maxCompletionLength,
  );
  const given = items.map((item, i): StepSequence => ({
    ...item,
    tokenWeights: item.ids.map(() => weights[i] as number),
  }));
  const objective = openObjective(config);
  const scores = items.map(({ logprobs, entropy }) => ({
    logprobs: Float32Array.from(logprobs),
    entropy: Float64Array.from(entropy) as unknown as Float32Array,
  }));
  const prepared = objective.needs === 'scores' ? objective.prepare(given, scores) : null;
  let loss = prepared?.policyLoss ?? 0;
  const clipped = items.map(({ ids, old, logprobs, tokenAdvantages }, i) =>
    ids.map((_, t) => {
      const logRatio = Number.isNaN(old[t]) ? 0 : (logprobs[t] as number) - (old[t] as number);
      return prepared === null
        ? objective.clips(logRatio, tokenAdvantages[t] as number)
        : prepared.clipped[i]?.[t] === 1;
    }),
  );
  const parts = micro.map((members) => {
    const { forest, nodeOf } = forestPart(items, members);
    const sequences = members.map((i) => (prepared?.sequences ?? given)[i] as StepSequence);
    const { rows, rowOf } = buildLossRows(forest, nodeOf, sequences);
    const perRow = (salt: number) => {
      const values = new Float64Array(rows.count);
      members.forEach((i, k) =>
        rowOf[k]?.forEach((row, t) => {
          if (row >= 0) values[row] = logprobOf((items[i] as Item).ids, t, salt);
        }),
      );
      return values;
    };
    const found = rowLoss(rows, perRow(1), perRow(2), { term: objective.term, beta: config.beta });
    loss += found.loss;
    return { members, rowOf, gradient: found.gradient };
  });
  return { loss, clipped, parts };
}

const VARIANTS: readonly (readonly [string, Partial<ObjectiveSettings>])[] = [
  ...LOSS_TYPES.flatMap((lossType) =>
    (['token', 'turn', 'sequence'] as const).map(
      (importanceSamplingLevel) =>
        [
          `${lossType}, ratios per ${importanceSamplingLevel}`,
          { lossType, importanceSamplingLevel, ...(lossType === 'cispo' ? { epsilonHigh: 1.2 } : {}) },
        ] as const,
    ),
  ),
  ['two-sided clip', { lossType: 'dapo', delta: 1.4 }],
  ['two-sided clip, per sequence', { lossType: 'grpo', delta: 1.4, importanceSamplingLevel: 'sequence' }],
  ['entropy quantile', { lossType: 'dapo', topEntropyQuantile: 0.4 }],
  ['entropy quantile, sapo', { lossType: 'sapo', topEntropyQuantile: 0.4 }],
  [
    'entropy quantile, per turn',
    { lossType: 'bnpo', topEntropyQuantile: 0.4, importanceSamplingLevel: 'turn' },
  ],
];

describe('an objective on forest rows', () => {
  it.each(VARIANTS)('is that of separate sequences in loss, gradient and clipping: %s', (_, changes) => {
    fc.assert(
      fc.property(
        fc.array(trajectory, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(0, 0.05),
        (batch, budget, beta) => {
          const items = batch.map(itemOf);
          const config = { ...SETTINGS, ...changes, beta, maxCompletionLength: 17 };
          const micro = cutMicroBatches(items, budget);
          const got = forestLoss(items, micro, config);
          const expected = referenceLoss(
            items.map((item, i) => ({
              ...item,
              microBatch: micro.findIndex((members) => members.includes(i)),
            })),
            config,
          );
          expect(got.loss).toBeCloseTo(expected.loss, 6);
          for (const { members, rowOf, gradient } of got.parts) {
            // A row's gradient is the sum over the tokens that share it.
            const sums = new Float64Array(gradient.length);
            members.forEach((i, k) =>
              rowOf[k]?.forEach((row, t) => {
                if (row >= 0) sums[row] = (sums[row] as number) + (expected.gradient[i]?.[t] as number);
              }),
            );
            gradient.forEach((value, row) => expect(value).toBeCloseTo(sums[row] as number, 5));
          }
          const marks = items.flatMap(({ lossMask }, i) =>
            (got.clipped[i] as boolean[]).filter((__, t) => t > 0 && lossMask[t]),
          );
          const share = marks.length === 0 ? 0 : marks.filter(Boolean).length / marks.length;
          expect(share).toBeCloseTo(expected.clipFraction, 12);
        },
      ),
      { seed: 2, numRuns: 120 },
    );
  });

  it.each(OBJECTIVE_NAMES)('has one text, whose uniforms it gives: %s', (name) => {
    const term = OBJECTIVES[name].term(SETTINGS);
    const other = OBJECTIVES[name].term({ ...SETTINGS, epsilonHigh: 3, sapoTemperatureNeg: 2 });
    expect([other.name, other.wgsl]).toEqual([term.name, term.wgsl]);
    expect(new Set(term.wgsl.match(/p\.\w+/g) ?? [])).toEqual(
      new Set(Object.keys(term.uniforms).map((uniform) => `p.${uniform}`)),
    );
  });
});

it.each(OBJECTIVE_NAMES)('what an objective says it reads is what its term depends on: %s', (name) => {
  const other: Partial<ObjectiveSettings> = {
    ...{ epsilonLow: 0.11, epsilonHigh: 2.5, delta: 7, sapoTemperaturePos: 3, sapoTemperatureNeg: 4 },
  };
  const uniforms = (changes: Partial<ObjectiveSettings>) =>
    OBJECTIVES[name].term({ ...SETTINGS, ...changes }).uniforms;
  const keys = Object.keys(other) as (keyof ObjectiveSettings)[];
  const read = keys.filter(
    (key) => JSON.stringify(uniforms({ [key]: other[key] })) !== JSON.stringify(uniforms({})),
  );
  expect(read).toEqual([...OBJECTIVES[name].reads]);
});

describe('the clip', () => {
  const clips = (changes: Partial<ObjectiveSettings>, logRatio: number, advantage: number) =>
    openObjective({ ...SETTINGS, ...changes }).clips(logRatio, advantage);

  it.each(['grpo', 'bnpo', 'dapo', 'dr_grpo'] as const)(
    'decides above for good tokens and below for bad ones, never the other way round (%s)',
    (lossType) => {
      const [up, down, inside] = [Math.log(1.31), Math.log(0.79), Math.log(1.29)];
      expect([up, down, inside].map((x) => clips({ lossType }, x, 1))).toEqual([true, false, false]);
      expect([up, down, Math.log(0.81)].map((x) => clips({ lossType }, x, -1))).toEqual([false, true, false]);
      expect([up, down].map((x) => clips({ lossType }, x, 0))).toEqual([false, false]);
    },
  );

  it('has a second bound for bad tokens with delta', () => {
    const at = (ratio: number, advantage: number) => clips({ delta: 2 }, Math.log(ratio), advantage);
    expect([at(1.99, -1), at(2.01, -1), at(0.79, -1)]).toEqual([false, true, true]);
  });

  it('is a cap on both signs with cispo, and none with sapo', () => {
    const cispo = { lossType: 'cispo', epsilonHigh: 5 } as const;
    expect([5.1, 4.9].map((r) => [1, -1, 0].map((a) => clips(cispo, Math.log(r), a)))).toEqual([
      [true, true, false],
      [false, false, false],
    ]);
    expect([-3, 3].map((x) => clips({ lossType: 'sapo' }, x, 1))).toEqual([false, false]);
  });
});

describe('ratios that would overflow', () => {
  it('go on as the tangent of the exponential, in the kernel from the same place', () => {
    expect(MAX_EXPONENT).toBe(kernel.MAX_EXPONENT);
    expect(boundedExp(19.9)).toBe(Math.exp(19.9));
    expect(boundedExp(115) / Math.exp(20)).toBeCloseTo(96, 9);
    expect(boundedExpSlope(115)).toBe(Math.exp(20));
    for (const x of [15, 30, 400]) {
      expect((boundedExp(x + 1e-3) - boundedExp(x - 1e-3)) / 2e-3 / boundedExpSlope(x)).toBeCloseTo(1, 5);
    }
  });

  it.each(LOSS_TYPES)(
    'give finite losses and gradients, and none where the clip decides (%s)',
    (lossType) => {
      const { term } = openObjective({ ...SETTINGS, lossType, epsilonHigh: 1.5 });
      for (const logRatio of [115, 5000, -5000]) {
        for (const [pos, neg] of [
          [1, 0],
          [0, -1],
          [1, -1],
        ] as const) {
          const { value, byLogRatio, byLogprob } = term.at(logRatio, -2, pos, neg);
          expect([value, byLogRatio, byLogprob].every(Number.isFinite)).toBe(true);
        }
      }
      if (lossType !== 'cispo') expect(Math.abs(term.at(115, -2, 1, 0).byLogRatio)).toBe(0);
    },
  );

  it('leave k3 finite, and its usual value below the bound', () => {
    expect(k3(-3, -1)).toBe(Math.expm1(2) - 2);
    expect(k3(-900, -1)).toBeCloseTo(Math.exp(20) * 880 - 900, -2);
  });
});

describe('quantile', () => {
  it('lies between its neighbours in proportion', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([4, 1, 3, 2], 1)).toBe(4);
    expect(quantile([4, 1, 3, 2], 0)).toBe(1);
    expect(quantile([], 0.3)).toBe(0);
  });
});

describe('supervised', () => {
  it('is the weighted mean of -log p over what the expert wrote, with its gradient, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(trajectory, { minLength: 1, maxLength: 6 }),
        fc.array(fc.constantFrom(0, 0.5, 1, 2), { minLength: 10, maxLength: 10 }),
        fc.integer({ min: 1, max: 40 }),
        (batch, weightList, budget) => {
          const items = batch.map(itemOf);
          const tokenWeights = items.map(({ ids }) => weightList.slice(0, ids.length));
          const counted = (i: number, t: number) =>
            t > 0 && items[i]?.lossMask[t] ? (tokenWeights[i]?.[t] as number) : 0;
          const all = items.flatMap(({ ids, logprobs }, i) =>
            ids.map((_, t) => ({ w: counted(i, t), logprob: logprobs[t] as number })),
          );
          const total = all.reduce((sum, { w }) => sum + w, 0);
          const expected =
            total === 0 ? 0 : -all.reduce((sum, { w, logprob }) => sum + w * logprob, 0) / total;
          const tokens = supervisedTokens(
            items.map(({ lossMask }, i) => ({ lossMask, tokenWeights: tokenWeights[i] as number[] })),
          );
          const { term } = openObjective(SETTINGS, 'supervised');
          let loss = 0;
          for (const members of cutMicroBatches(items, budget)) {
            const { forest, nodeOf } = buildForest(members.map((i) => items[i] as Item));
            const { rows, rowOf } = buildLossRows(
              forest,
              nodeOf,
              members.map((i) => tokens[i] as StepSequence),
            );
            const logprobs = new Float64Array(rows.count);
            const slopes = new Float64Array(rows.count);
            members.forEach((i, k) =>
              rowOf[k]?.forEach((row, t) => {
                if (row < 0) return;
                logprobs[row] = items[i]?.logprobs[t] as number;
                slopes[row] = (slopes[row] as number) - (total === 0 ? 0 : counted(i, t) / total);
              }),
            );
            const found = rowLoss(rows, logprobs, logprobs, { term, beta: 0 });
            loss += found.loss;
            found.gradient.forEach((value, row) => expect(value).toBeCloseTo(slopes[row] as number, 6));
          }
          expect(loss).toBeCloseTo(expected, 5);
        },
      ),
      { seed: 4, numRuns: 200 },
    );
  });

  it('needs nothing of the step, whatever the settings of the run after it', () => {
    const settings = { ...SETTINGS, importanceSamplingLevel: 'sequence', topEntropyQuantile: 0.2 } as const;
    expect(openObjective(settings).needs).toBe('scores');
    expect(openObjective(settings, 'supervised').needs).toBe('old');
    expect(openObjective(SETTINGS).needs).toBe('old');
  });

  it('weighs all tokens alike where no weights are given', () => {
    const [a, b] = supervisedTokens([{ lossMask: [1, 1, 0] }, { lossMask: [0, 1, 1] }]);
    expect([...(a?.tokenWeights as Float64Array)]).toEqual([0, 1 / 3, 0]);
    expect([...(b?.tokenWeights as Float64Array)]).toEqual([0, 1 / 3, 1 / 3]);
  });
});
