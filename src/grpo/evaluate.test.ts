import { describe, expect, it } from 'vitest';
import type { Outcome } from '../env/types';
import { evaluateBothWays, evaluatePolicy, evaluationLog, rewardsByTask } from './evaluate';
import { toyRun, toyTasks, withOutcome } from '../../tests/support/toy-run';

const tasks = toyTasks(40, 'v');
const options = { step: 3, split: 'validation', temperature: 1 } as const;

describe('evaluatePolicy', () => {
  it('repeats, and sums up what its rows say', async () => {
    const { deps, settings } = toyRun();
    const evaluation = await evaluatePolicy(deps, settings, tasks, options);
    const again = await evaluatePolicy(deps, settings, tasks, { ...options, step: 9 });
    expect(again.rows).toEqual(evaluation.rows);
    const { summary, rows } = evaluation;
    const correct = rows.filter((row) => row.correct).length;
    expect(correct).toBeGreaterThan(0);
    expect(correct).toBeLessThan(40);
    expect(summary).toMatchObject({
      questions: 40,
      correctAnswers: correct,
      accuracy: correct / 40,
      beatRate: null,
    });
    expect(summary.rewards['right']).toBeCloseTo(correct / 40, 12);
    expect(summary.avgReward).toBeCloseTo(rows.reduce((total, { reward }) => total + reward, 0) / 40, 12);
  });

  it('compares with the baseline by question, ties counting, unknown questions not', async () => {
    const { deps, settings } = toyRun();
    const first = await evaluatePolicy(deps, settings, tasks, options);
    // Through JSON, as a resumed run has it.
    const baseline = JSON.parse(JSON.stringify(rewardsByTask(first))) as Record<string, number>;
    expect((await evaluatePolicy(deps, settings, tasks, { ...options, baseline })).summary.beatRate).toBe(1);
    baseline['v0'] = 99;
    delete baseline['v1'];
    const { summary } = await evaluatePolicy(deps, settings, tasks, { ...options, baseline });
    expect(summary.beatRate).toBeCloseTo(38 / 39, 12);
  });

  it('leaves unscorable episodes out', async () => {
    const { deps, settings } = toyRun();
    const before = await evaluatePolicy(deps, settings, tasks, options);
    const failing: typeof deps = {
      ...deps,
      start: (task, random) => {
        const episode = deps.start(task, random);
        if (task.id !== before.rows.find((row) => row.correct)?.id) return episode;
        return withOutcome(episode, (outcome) => ({ ...outcome, stopCondition: 'unscorable' }));
      },
    };
    const { summary } = await evaluatePolicy(failing, settings, tasks, options);
    expect(summary.correctAnswers).toBe(before.summary.correctAnswers - 1);
    expect(summary.accuracy).toBeCloseTo((before.summary.correctAnswers - 1) / 39, 12);
  });

  it('means metrics over scorable episodes, tokens included, and parts over those they apply to', async () => {
    const { deps, settings } = toyRun();
    const some = tasks.slice(0, 4);
    const made = [
      { metrics: { found: 1 }, rewards: { right: 1, extra: null } },
      { metrics: { found: 0 }, rewards: { right: 0, extra: 3 } },
      { metrics: { found: 1 }, rewards: { right: 0.5, extra: 4 } },
      { metrics: { found: 7 }, rewards: { right: NaN, extra: 9 } },
    ];
    const { summary, rows, trajectories } = await evaluatePolicy(
      {
        ...deps,
        start: (task, random) => {
          const change = made[some.findIndex(({ id }) => id === task.id)];
          return withOutcome(deps.start(task, random), (outcome) => ({
            ...outcome,
            ...change,
            success: null,
          }));
        },
      },
      settings,
      some,
      options,
    );
    const own = trajectories
      .slice(0, 3)
      .map(({ outcome }) => outcome.metrics['total_output_tokens'] as number);
    expect(summary.metrics['found']).toBeCloseTo(2 / 3, 12);
    expect(summary.metrics['total_output_tokens']).toBeCloseTo(
      own.reduce((total, tokens) => total + tokens, 0) / 3,
      12,
    );
    expect(summary.rewards).toEqual({ right: 0.5, extra: 3.5 });
    expect(summary).toMatchObject({
      avgReward: 0.5,
      minReward: 0,
      maxReward: 1,
      accuracy: 0,
      correctAnswers: 0,
    });
    expect(rows.map(({ correct }) => correct)).toEqual([null, null, null, null]);
  });

  it('says task, question, gold and verdict in rows', async () => {
    const { deps, settings } = toyRun();
    const { rows, trajectories } = await evaluatePolicy(deps, settings, tasks, options);
    rows.forEach((row, i) => {
      const { outcome, reward } = trajectories[i] as (typeof trajectories)[0];
      expect(row).toEqual({
        ...{ id: `v${i}`, question: `q${i % 4}`, gold: 'good', answer: outcome.answer, reward },
        ...{
          correct: outcome.answer === 'good',
          turns: outcome.turns.length,
          endReason: outcome.stopCondition,
        },
      });
    });
  });

  it('refuses an empty list', async () => {
    const { deps, settings } = toyRun();
    await expect(evaluatePolicy(deps, settings, [], options)).rejects.toThrow(/no tasks/);
  });

  it('writes logs with the fields of the original system', async () => {
    const { deps, settings } = toyRun();
    const evaluation = await evaluatePolicy(deps, settings, tasks, {
      ...options,
      step: 0,
      isBaseline: true,
    });
    const logFields = (outcomes: readonly Outcome[]) => ({ own_field: outcomes.length });
    expect(evaluationLog(evaluation, rewardsByTask(evaluation), logFields)).toMatchObject({
      step: -1,
      is_baseline: true,
      accuracy: evaluation.summary.accuracy,
      total_samples: 40,
      beat_control_avg_delta: 0,
      control_reward_map: rewardsByTask(evaluation),
      own_field: 40,
      metrics: evaluation.summary.metrics,
    });
  });
});

describe('evaluationLog', () => {
  it('means what scorable episodes gain on the baseline, unknown questions left out', async () => {
    const { deps, settings } = toyRun();
    const evaluation = await evaluatePolicy(deps, settings, tasks.slice(0, 4), options);
    const trajectories = evaluation.trajectories.map((trajectory, i) => ({
      ...trajectory,
      reward: [1, 0.5, 9, 7][i]!,
      scorable: i !== 2,
    }));
    const log = (baseline: Record<string, number> | null) =>
      evaluationLog({ ...evaluation, trajectories }, baseline, undefined)['beat_control_avg_delta'];
    expect(log({ v0: 0.25, v1: 0.25, v2: 0 })).toBe(0.5);
    expect(log({ other: 1 })).toBeNull();
    expect(log(null)).toBeNull();
    expect(evaluationLog(evaluation, null, undefined)).not.toHaveProperty('control_reward_map');
  });
});

describe('evaluateBothWays', () => {
  it('reports sampled and greedy side by side, greedy without chance', async () => {
    const { deps, settings } = toyRun();
    const progress: number[] = [];
    const report = await evaluateBothWays(deps, settings, tasks, {
      step: 0,
      split: 'test',
      onProgress: (done, total) => progress.push(done / total),
    });
    expect(report).toMatchObject({ split: 'test', questions: 40 });
    expect(report.sampledAccuracy).toBe(report.perQuestion.filter((row) => row.sampledCorrect).length / 40);
    expect(report.greedyAccuracy).toBe(report.perQuestion.filter((row) => row.greedyCorrect).length / 40);
    expect(new Set(report.perQuestion.filter((_, i) => i % 4 === 0).map((row) => row.greedy)).size).toBe(1);
    expect(progress.at(-1)).toBe(1);
    expect(progress).toEqual(progress.slice().sort((a, b) => a - b));
  });

  it('says of every question what was tried first and what is greedy, in the order of the tasks', async () => {
    const { deps, settings } = toyRun({ evalTries: 2 });
    const report = await evaluateBothWays(deps, settings, tasks, { step: 0, split: 'test' });
    const own = { ...options, split: 'test' } as const;
    const sampled = await evaluatePolicy(deps, settings, tasks, { ...own, tries: 2 });
    const greedy = await evaluatePolicy(deps, settings, tasks, { ...own, temperature: 0 });
    report.perQuestion.forEach((row, i) => {
      const [first, best] = [sampled.trajectories[2 * i]!, greedy.trajectories[i]!];
      expect(row).toMatchObject({
        ...{ id: `v${i}`, sampled: first.outcome.answer, sampledCorrect: first.outcome.success },
        ...{ reward: first.reward, sampledTurns: first.outcome.turns },
        ...{ greedy: best.outcome.answer, greedyCorrect: best.outcome.success },
        greedyTurns: best.outcome.turns,
      });
    });
    expect(new Set(report.perQuestion.map(({ reward }) => reward)).size).toBeGreaterThan(1);
    expect(report.perQuestion.some(({ greedyTurns }) => greedyTurns.length > 0)).toBe(true);
  });

  it('tells how sure it is of both', async () => {
    const { deps, settings } = toyRun();
    const report = await evaluateBothWays(deps, settings, tasks, { step: 0, split: 'test' });
    expect(report.accuracyInterval?.low).toBeLessThan(report.sampledAccuracy);
    expect(report.accuracyInterval?.high).toBeGreaterThan(report.sampledAccuracy);
    expect(report.greedyAccuracyInterval).not.toBeNull();
    expect(report).not.toHaveProperty('passAtK');
    expect(report.perQuestion[0]).not.toHaveProperty('tries');
  });

  it('draws from streams keyed by position in the list and number of the try', async () => {
    const { deps, settings, policy } = toyRun({ evalTries: 2 });
    const keys: unknown[] = [];
    const sample: typeof policy.sample = (requests, options) => {
      keys.push(requests.map(({ key }) => [key.step, key.group, key.rollout]));
      return policy.sample(requests, options);
    };
    const spied = Object.assign(Object.create(policy) as typeof policy, { sample });
    await evaluateBothWays({ ...deps, policy: spied }, settings, tasks.slice(0, 2), {
      step: 7,
      split: 'test',
    });
    expect(keys).toEqual([
      [
        [0, 0, 0],
        [0, 0, 1],
        [0, 1, 0],
        [0, 1, 1],
      ],
      [
        [0, 0, 0],
        [0, 1, 0],
      ],
    ]);
  });

  it('makes several sampled tries at each task, the first of which is the one that a single try makes', async () => {
    const progress: number[] = [];
    const evaluate = (evalTries: number) => {
      const { deps, settings } = toyRun({ evalTries });
      const onProgress = (done: number, total: number) => progress.push(done / total);
      return evaluateBothWays(deps, settings, tasks, { step: 0, split: 'test', onProgress });
    };
    const one = await evaluate(1);
    progress.length = 0;
    const report = await evaluate(6);
    expect(progress.length).toBe(40 * 7);
    expect(progress.at(-1)).toBe(1);
    expect(report.greedy).toEqual({ ...one.greedy, seconds: report.greedy.seconds });
    expect(report.perQuestion.map(({ tries: _, ...row }) => row)).toEqual(one.perQuestion);
    expect(report.sampled).toMatchObject({ questions: 40, tries: 6 });
    const right = report.perQuestion.map(({ tries = [] }) => tries.filter(({ correct }) => correct).length);
    expect(report.perQuestion.every(({ tries }) => tries?.length === 6)).toBe(true);
    expect(report.sampled.correctAnswers).toBe(right.reduce((sum, n) => sum + n, 0));
    expect(report.sampledAccuracy).toBeCloseTo(report.sampled.correctAnswers / 240, 12);
    expect(Object.keys(report.passAtK ?? {})).toEqual(['1', '2', '4', '6']);
    expect(report.passAtK?.['1']).toBeCloseTo(report.sampledAccuracy, 12);
    expect(report.passAtK?.['6']).toBeCloseTo(right.filter((n) => n > 0).length / 40, 12);
    expect(report.agreement).toBeGreaterThan(0);
    expect(report.agreement).toBeLessThanOrEqual(1);
    expect(report.perQuestion[0]?.tries?.[0]?.turns).toEqual(report.perQuestion[0]?.sampledTurns);
  });
});
