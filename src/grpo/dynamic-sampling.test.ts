import { describe, expect, it } from 'vitest';
import type { SampleOptions } from '../engine/types';
import type { Settings } from '../settings/settings';
import { sampleStep } from './dynamic-sampling';
import { stepMetrics } from './metrics';
import type { ScoredBatch } from './scoring';
import { TOY_METRICS, toyRun, toyTasks, withOutcome } from '../../tests/support/toy-run';

/** Ten questions; rollouts of those in `alike` all get one reward, so that their groups have no spread. */
async function sample(changes: Partial<Settings>, alike: readonly number[] | 'all' = [], step = 1) {
  const { deps, settings, policy } = toyRun(changes);
  /** Requests per sampling call. */
  const calls: number[] = [];
  const progress: [number, number][] = [];
  const { sample: plain } = policy;
  policy.sample = (requests, options) => {
    calls.push(requests.length);
    return plain.call(policy, requests, options);
  };
  const dull = new Set(alike === 'all' ? [] : alike.map((i) => `t${i}`));
  let rollouts = 0;
  const batch = await sampleStep(
    {
      ...deps,
      // A reward per rollout that no group can have in common, so that all others are kept.
      start: (task, random) =>
        withOutcome(deps.start(task, random), (outcome) => {
          const right = alike === 'all' || dull.has(task.id) ? 0.5 : rollouts++;
          return { ...outcome, rewards: { ...outcome.rewards, right, found: 0, unparsable: 0 } };
        }),
    },
    toyTasks(10, 't'),
    step,
    settings,
    { onProgress: (done, total) => progress.push([done, total]) },
  );
  return { batch, calls, progress, settings };
}

const questionIds = ({ trajectories }: ScoredBatch): string[] => {
  const ids: string[] = [];
  for (const { group, task } of trajectories) ids[group] = task.id;
  return ids;
};
const metricsOf = ({ batch, settings }: Awaited<ReturnType<typeof sample>>) =>
  stepMetrics({
    ...{ step: 1, maxSteps: 1, mode: settings.mode, batchSize: settings.batchSize, batch, update: null },
    ...{ learningRate: 1, gpuBytes: 0, rolloutSeconds: 1, trainSeconds: 1, table: TOY_METRICS },
  });

describe('sampleStep', () => {
  it('asks nothing more when it is off, or when all groups have spread', async () => {
    expect((await sample({ dynamicSampling: 0 }, 'all')).calls).toEqual([18]);
    const { calls, batch } = await sample({ dynamicSampling: 5 });
    expect(calls).toEqual([18]);
    expect(batch).toMatchObject({ groups: 3, groupsKept: 3 });
  });

  it('replaces groups without spread, as many at a time as are missing, until the batch is full', async () => {
    const asked = questionIds((await sample({ dynamicSampling: 7 }, 'all')).batch).map((id) =>
      Number(id.slice(1)),
    );
    // Dull: two of the step's own questions and the first extra one.
    const dull = [asked[0], asked[2], asked[3]] as number[];
    const { batch, calls, progress } = await sample({ dynamicSampling: 7 }, dull);
    expect(calls).toEqual([3 * 6, 2 * 6, 1 * 6]);
    expect(batch).toMatchObject({ groups: 6, groupsKept: 3 });
    const kept = new Set(batch.trajectories.filter((t) => t.kept).map(({ group }) => group));
    expect([...kept]).toEqual([1, 4, 5]);
    expect(questionIds(batch)).toEqual(asked.slice(0, 6).map((i) => `t${i}`));
    expect(progress.at(-1)).toEqual([36, 36]);
    progress
      .slice(1)
      .forEach(([done], i) => expect(done).toBeGreaterThanOrEqual((progress[i] as [number, number])[0]));
  });

  it('keeps to its budget, and ends when the questions run out', async () => {
    const four = await sample({ dynamicSampling: 4 }, 'all');
    expect(four.calls).toEqual([18, 18, 6]);
    expect(four.batch).toMatchObject({ groups: 7, groupsKept: 0 });
    const all = await sample({ dynamicSampling: 100 }, 'all');
    expect(all.batch.groups).toBe(10);
    expect(new Set(questionIds(all.batch)).size).toBe(10);
  });

  it('rolls the own questions out as it would without, and further ones on streams of their own', async () => {
    const without = await sample({ dynamicSampling: 0 }, 'all', 4);
    const having = await sample({ dynamicSampling: 4 }, 'all', 4);
    expect(having.batch.trajectories.slice(0, 18)).toEqual(without.batch.trajectories);
    expect(await sample({ dynamicSampling: 4 }, 'all', 4)).toEqual(having);
    const [own, extra] = [0, 3].map((group) =>
      having.batch.trajectories.filter((t) => t.group === group).map(({ ids }) => ids.slice(3).join()),
    );
    expect(own).not.toEqual(extra);
  });

  it('is measured as work, while behaviour is that of the own questions', async () => {
    const [without, having] = [
      metricsOf(await sample({ dynamicSampling: 0 }, 'all')),
      metricsOf(await sample({ dynamicSampling: 4 }, 'all')),
    ];
    expect(without).toMatchObject({ groups: 3, groupsResampled: 0, groupsKept: 0 });
    expect(having).toMatchObject({ groups: 7, groupsResampled: 4, groupsKept: 0 });
    for (const field of ['totalTokens', 'trainableTokens', 'forestTokens', 'tokensPerSecond'] as const) {
      expect(having[field]).toBeGreaterThan(without[field]);
    }
    expect(having.trainableRatio).toBe(having.trainableTokens / having.totalTokens);
    expect(having.forestRatio).toBe(having.forestTokens / having.totalTokens);
    const behaviour = [
      ...['rewardMean', 'rewardStd', 'rewardMin', 'rewardMax', 'accuracy', 'meanLevel'],
      ...['meanTurns', 'toolCalls', 'toolErrors', 'truncatedResults', 'truncatedRollouts', 'foundRate'],
      ...['rewards/right', 'rewards/found', 'rewards/unparsable'],
    ] as const;
    for (const field of behaviour) expect(having[field], field).toEqual(without[field]);
  });

  it('samples with the settings of the run', async () => {
    const chosen = { temperature: 0.7, topK: 5, topP: 0.9, minP: 0.1, seed: 12 };
    const { deps, settings, policy } = toyRun({ ...chosen, maxTokens: 3, maxSeqLength: 20 });
    const seen: SampleOptions[] = [];
    const { sample: plain } = policy;
    policy.sample = (requests, options) => {
      seen.push(options);
      return plain.call(policy, requests, options);
    };
    await sampleStep(deps, toyTasks(4, 't'), 1, settings);
    expect(seen).toMatchObject([{ params: chosen, maxTurnTokens: 3, maxSeqLength: 20 }]);
  });

  it('opens further questions no earlier than the curriculum does', async () => {
    const { deps, settings } = toyRun({
      ...{ dynamicSampling: 8, curriculum: 'easy-first', batchSize: 2, maxSteps: 10 },
    });
    const tasks = toyTasks(10, 't').map((task, i) => ({ ...task, level: 1 + (i % 2) }));
    const levels = async (step: number) => {
      const { trajectories } = await sampleStep(
        { ...deps, rewardWeights: { right: 0 } },
        tasks,
        step,
        settings,
      );
      return new Set(trajectories.map(({ task }) => task.level));
    };
    expect([...(await levels(1))]).toEqual([1]);
    expect((await levels(6)).size).toBe(2);
  });
});
