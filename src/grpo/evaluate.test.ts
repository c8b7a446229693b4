import { describe, expect, it } from 'vitest';
import { evaluateBothWays, evaluatePolicy, evaluationLog, rewardsByQuestion } from './evaluate';
import { idOf, toyQuestions, toyRun } from '../../tests/support/toy-run';

const questions = toyQuestions(40, 'v');
const options = { step: 3, split: 'validation', temperature: 1 } as const;

describe('evaluatePolicy', () => {
  it('repeats, and sums up what its rows say', async () => {
    const { deps, settings } = toyRun();
    const evaluation = await evaluatePolicy(deps, settings, questions, options);
    const again = await evaluatePolicy(deps, settings, questions, { ...options, step: 9 });
    expect(again.rows).toEqual(evaluation.rows);
    const { summary, rows, rubric } = evaluation;
    const correct = rows.filter((row) => row.correct).length;
    expect(correct).toBeGreaterThan(0);
    expect(correct).toBeLessThan(40);
    expect(summary).toMatchObject({
      questions: 40,
      correctAnswers: correct,
      accuracy: correct / 40,
      beatRate: null,
    });
    expect(rubric['answer_correct']).toBeCloseTo(correct / 40, 12);
    expect(summary.avgReward).toBeCloseTo(rows.reduce((total, { reward }) => total + reward, 0) / 40, 12);
  });

  it('compares with the baseline by question, ties counting, unknown questions not', async () => {
    const { deps, settings } = toyRun();
    const first = await evaluatePolicy(deps, settings, questions, options);
    // Through JSON, as a resumed run has it.
    const baseline = JSON.parse(JSON.stringify(rewardsByQuestion(first))) as Record<string, number>;
    expect((await evaluatePolicy(deps, settings, questions, { ...options, baseline })).summary.beatRate).toBe(
      1,
    );
    baseline['v0'] = 99;
    delete baseline['v1'];
    const { summary } = await evaluatePolicy(deps, settings, questions, { ...options, baseline });
    expect(summary.beatRate).toBeCloseTo(38 / 39, 12);
  });

  it('leaves unscorable episodes out', async () => {
    const { deps, settings } = toyRun();
    const before = await evaluatePolicy(deps, settings, questions, options);
    const failing: typeof deps = {
      ...deps,
      createEpisode: (question) => {
        const episode = deps.createEpisode(question);
        if (question.id !== before.rows.find((row) => row.correct)?.id) return episode;
        const broken = Object.create(episode) as typeof episode;
        Object.defineProperty(broken, 'outcome', {
          get: () => ({ ...episode.outcome, endReason: 'unscorable' }),
        });
        return broken;
      },
    };
    const { summary } = await evaluatePolicy(failing, settings, questions, options);
    expect(summary.correctAnswers).toBe(before.summary.correctAnswers - 1);
    expect(summary.accuracy).toBeCloseTo((before.summary.correctAnswers - 1) / 39, 12);
  });

  it('evaluates another adapter, or none, and puts the own one back, after errors too', async () => {
    const { deps, settings, policy } = toyRun();
    const bare = await evaluatePolicy(deps, settings, questions, options);
    const trained = new Map(
      [...(await policy.readAdapter())].map(([name, { shape }]) => {
        const data = new Float32Array((shape[0] as number) * (shape[1] as number));
        data[idOf('<first>') * (shape[1] as number) + idOf('good')] = 20;
        return [name, { shape, data }];
      }),
    );
    const good = await evaluatePolicy(deps, settings, questions, { ...options, adapter: trained });
    expect(good.summary.accuracy).toBe(1);
    expect((await evaluatePolicy(deps, settings, questions, options)).rows).toEqual(bare.rows);
    policy.loadAdapter(trained);
    const off = await evaluatePolicy(deps, settings, questions, { ...options, adapter: null });
    expect(off.rows).toEqual(bare.rows);
    await expect(
      evaluatePolicy(deps, settings, questions, { ...options, adapter: null, signal: AbortSignal.abort() }),
    ).rejects.toThrow();
    expect(await policy.readAdapter()).toEqual(trained);
  });

  it('refuses an empty list', async () => {
    const { deps, settings } = toyRun();
    await expect(evaluatePolicy(deps, settings, [], options)).rejects.toThrow(/no questions/);
  });

  it('writes logs with the fields of the original system', async () => {
    const { deps, settings } = toyRun();
    const evaluation = await evaluatePolicy(deps, settings, questions, {
      ...options,
      step: 0,
      isBaseline: true,
    });
    expect(evaluationLog(evaluation, rewardsByQuestion(evaluation))).toMatchObject({
      step: -1,
      is_baseline: true,
      accuracy: evaluation.summary.accuracy,
      total_samples: 40,
      beat_control_avg_delta: 0,
      control_reward_map: rewardsByQuestion(evaluation),
    });
  });
});

describe('evaluateBothWays', () => {
  it('reports sampled and greedy side by side, greedy without chance', async () => {
    const { deps, settings } = toyRun();
    const progress: number[] = [];
    const report = await evaluateBothWays(deps, settings, questions, {
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
});
