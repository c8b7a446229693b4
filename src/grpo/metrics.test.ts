import { describe, expect, it } from 'vitest';
import { sampleStep } from './dynamic-sampling';
import { callFacts, SilenceWatch, stepMetrics, type StepFacts } from './metrics';
import { TOY_METRICS, toyRun, toyTask, toyTasks } from '../../tests/support/toy-run';
import type { ToolResult, Turn } from '../conversation/types';
import type { Outcome } from '../env/types';
import type { ScoredTrajectory, StepMetrics } from './types';

/** Metrics of a step of toy rollouts, of whose tool results `cut` chooses those that did not fit. */
async function toyMetrics(cut: (result: number) => boolean): Promise<StepMetrics> {
  const { deps, settings } = toyRun();
  const batch = await sampleStep(deps, toyTasks(10, 't'), 1, settings);
  let seen = 0;
  const trajectories = batch.trajectories.map((trajectory) => ({
    ...trajectory,
    outcome: {
      ...trajectory.outcome,
      turns: trajectory.outcome.turns.map((turn) => ({
        ...turn,
        results: turn.results.map((result) => ({ ...result, truncated: cut(seen++) })),
      })),
    },
  }));
  return stepMetrics({
    ...{ step: 1, maxSteps: 1, mode: settings.mode, batchSize: settings.batchSize },
    ...{ batch: { ...batch, trajectories }, update: null },
    ...{ learningRate: 1, gpuBytes: 0, rolloutSeconds: 1, trainSeconds: 1, table: TOY_METRICS },
  });
}

/** What a hand-made trajectory has; token arrays follow from its ids. */
interface Made {
  readonly group: number;
  readonly ids: readonly number[];
  readonly mask: readonly number[];
  readonly reward: number;
  readonly level: number;
  readonly outcome: Partial<Outcome>;
  readonly scorable?: boolean;
  readonly truncated?: boolean;
}

function made({
  group,
  ids,
  mask,
  reward,
  level,
  outcome,
  scorable = true,
  truncated = false,
}: Made): ScoredTrajectory {
  return {
    ...{ task: toyTask('t', 'q0', level), group, rollout: 0, ids, source: Uint8Array.from(mask) },
    ...{
      logprobs: new Float32Array(ids.length),
      turnOf: new Int16Array(ids.length),
      opening: { messages: [], tools: [] },
      reward,
      scorable,
      truncated,
    },
    ...{
      advantage: 0,
      tokenAdvantages: new Float32Array(ids.length),
      lossMask: Uint8Array.from(mask),
      kept: true,
    },
    outcome: {
      ...{ turns: [], stopCondition: 'answered', success: null, answer: null, metrics: {}, rewards: {} },
      ...outcome,
    },
  };
}

/** A turn with so many calls; of its results, which are errors and which were cut. */
function turn(calls: number, errors: readonly boolean[] = [], cut: readonly boolean[] = []): Turn {
  const call = (i: number) => ({ id: `c${i}`, name: 'search', arguments: {} });
  return {
    text: '',
    calls: Array.from({ length: calls }, (_, i) => call(i)),
    results: errors.map((isError, i) => ({
      ...{ callId: `c${i}`, name: 'search', content: '{}', isError, truncated: cut[i] === true },
    })),
  };
}

describe('stepMetrics', () => {
  /** Two own groups of two, the last rollout unscorable, and one group that dynamic sampling asked. */
  const trajectories = [
    made({
      ...{ group: 0, ids: [1, 2, 3, 4], mask: [0, 0, 1, 1], reward: 1, level: 1 },
      outcome: {
        success: true,
        turns: [turn(1)],
        metrics: { found: 1, hidden: 5 },
        rewards: { right: 1, extra: null },
      },
    }),
    made({
      ...{ group: 0, ids: [1, 2, 3, 5, 6], mask: [0, 0, 0, 1, 1], reward: 0, level: 1, truncated: true },
      outcome: {
        success: false,
        turns: [turn(2, [true, false], [false, true]), turn(1, [true])],
        metrics: { found: 0 },
        rewards: { right: 0, extra: null },
      },
    }),
    made({
      ...{ group: 1, ids: [1, 7], mask: [0, 1], reward: 0.5, level: 3 },
      outcome: { success: false, rewards: { right: null } },
    }),
    made({
      ...{ group: 1, ids: [1, 7, 8], mask: [0, 0, 1], reward: 0, level: 3, scorable: false },
      outcome: { success: true, turns: [turn(1)], metrics: { found: 1 }, rewards: { right: NaN } },
    }),
    made({
      ...{
        group: 2,
        ids: [9, 9, 9, 9, 9, 9],
        mask: [1, 1, 0, 0, 0, 0],
        reward: 100,
        level: 5,
        truncated: true,
      },
      outcome: {
        success: true,
        turns: [turn(3, [true], [true])],
        metrics: { found: 1 },
        rewards: { right: 50 },
      },
    }),
  ];
  const update = {
    ...{
      loss: 0.1,
      policyLoss: 0.2,
      kl: 0.3,
      entropy: 0.4,
      clipFraction: 0.5,
      gradNorm: 0.6,
      firstRatioError: 0.7,
    },
  };
  const facts: StepFacts = {
    ...{ step: 4, maxSteps: 9, mode: 'rollout', batchSize: 2, update, learningRate: 0.125, gpuBytes: 77 },
    ...{ rolloutSeconds: 3, trainSeconds: 1 },
    batch: { trajectories, groups: 3, groupsKept: 2, groupsAllRight: 1, groupsAllWrong: 0 },
    table: {
      found: { label: 'found', unit: 'share', description: 'Found.', inSteps: 'foundRate' },
      hidden: { label: 'hidden', unit: 'count', description: 'Of evaluations only.' },
    },
  };

  it('is every number of a step, by hand', () => {
    const { rewardStd, ...record } = stepMetrics(facts);
    // Rewards 1, 0 and 0.5 of the scorable own rollouts.
    expect(rewardStd).toBeCloseTo(Math.sqrt(1 / 6), 12);
    expect(record).toEqual({
      ...{ step: 4, maxSteps: 9, mode: 'rollout' },
      ...update,
      ...{ rewardMean: 0.5, rewardMin: 0, rewardMax: 1, accuracy: 1 / 3 },
      ...{ learningRate: 0.125, meanLevel: 2, skippedUpdates: 0 },
      ...{ groups: 3, groupsResampled: 1, groupsKept: 2, groupsAllRight: 1, groupsAllWrong: 0 },
      // A mask on the first token does not count. Distinct: 1 to 8 once each, and six of token 9 in a row.
      ...{ trainableTokens: 2 + 2 + 1 + 1 + 1, totalTokens: 20, trainableRatio: 0.35 },
      ...{ forestTokens: 14, forestRatio: 0.7 },
      ...{ meanTurns: 1, toolCalls: 5, toolErrors: 2, truncatedResults: 1, truncatedRollouts: 1 },
      ...{ turnsWithoutCall: 0, brokenCalls: 0, wrongArguments: 0, typeSlips: 0 },
      ...{ foundRate: 0.5, 'rewards/right': 0.5, 'rewards/extra': null },
      ...{ gpuBytes: 77, rolloutSeconds: 3, trainSeconds: 1, tokensPerSecond: 5 },
    });
  });

  it('tells apart no call, a broken one and wrong arguments, and counts slips', () => {
    const tools = [
      { type: 'function', function: { name: 'search', description: '', parameters: {} } },
    ] as const;
    const told = (turns: readonly Turn[], offered: ScoredTrajectory['opening']['tools'] = tools) => ({
      ...made({ ...{ group: 0, ids: [1], mask: [0], reward: 0, level: 1 }, outcome: { turns } }),
      opening: { messages: [], tools: offered },
    });
    const refused = (why: NonNullable<ToolResult['refused']>): Turn => {
      const one = turn(1, [true]);
      return { ...one, results: one.results.map((result) => ({ ...result, refused: why })) };
    };
    const broken = {
      ...turn(0),
      broken: [
        { id: 'b', name: '' },
        { id: 'c', name: 'search' },
      ],
    };
    const slip = { ...turn(0), calls: [{ id: 's', name: 'search', arguments: {}, slips: 2 }] };
    const turns = [turn(0), broken, refused('arguments'), refused('name'), refused('broken'), slip];
    const silent = [turn(0), turn(0), turn(0)];
    expect(callFacts([told([...turns, turn(0)]), told(silent, [])])).toEqual({
      ...{ turnsWithoutCall: 2, brokenCalls: 2, wrongArguments: 1, typeSlips: 2 },
    });
  });

  it('has null for what an update would have told, and 0 where nothing was there to measure', () => {
    const nothing = { trajectories: [], groups: 0, groupsKept: 0, groupsAllRight: 0, groupsAllWrong: 0 };
    const record = stepMetrics({
      ...facts,
      batch: nothing,
      update: null,
      rolloutSeconds: 0,
      trainSeconds: 0,
    });
    expect(record).toMatchObject({
      ...{ loss: null, policyLoss: null, kl: null, entropy: null, clipFraction: null, gradNorm: null },
      ...{ firstRatioError: null, rewardMean: 0, rewardStd: 0, rewardMin: 0, rewardMax: 0, accuracy: null },
      ...{ groupsResampled: 0, trainableRatio: 0, forestRatio: 0, tokensPerSecond: 0 },
    });
  });

  it('counts tool results that were cut to fit the context', async () => {
    expect((await toyMetrics(() => false)).truncatedResults).toBe(0);
    expect((await toyMetrics((result) => result < 3)).truncatedResults).toBe(3);
  });
});

describe('SilenceWatch', () => {
  const observed = (steps: readonly StepMetrics[]) => {
    const watch = new SilenceWatch();
    return steps.map((metrics) => watch.observe(metrics, 18));
  };

  it('warns of cut tool results once per stretch of three steps, whatever the rollouts earn', async () => {
    const well = await toyMetrics(() => false);
    const cut = { ...well, toolCalls: 40, truncatedResults: 5 };
    const warnings = observed([cut, cut, well, cut, cut, cut, cut, well, cut, cut, cut]).map(
      (texts) => texts.filter((text) => /tool results were cut/.test(text)).length,
    );
    expect(warnings).toEqual([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
    expect(observed([cut, cut, cut]).flat().join()).toMatch(/5 of 40 calls.*Raise maxSeqLength/);
  });

  it('says nothing of a tenth or less, nor of steps without calls', async () => {
    const well = await toyMetrics(() => false);
    const few = { ...well, toolCalls: 40, truncatedResults: 4 };
    const none = { ...well, toolCalls: 0, truncatedResults: 0 };
    const texts = observed([few, few, few, none, none, none]).flat();
    expect(texts.filter((text) => /tool results/.test(text))).toEqual([]);
  });

  it('warns of rollouts that are cut, nine of ten or more', async () => {
    const well = await toyMetrics(() => false);
    const [most, some] = [17, 16].map((truncatedRollouts) => ({ ...well, truncatedRollouts })) as [
      StepMetrics,
      StepMetrics,
    ];
    expect(observed([most, most, most]).flat().join()).toMatch(/17 of 18 rollouts were cut/);
    expect(observed([most, most, some, most]).flat().join()).not.toMatch(/rollouts were cut/);
  });
});
