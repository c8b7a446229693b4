/**
 * The rollouts of one step, with fresh questions in place of groups that teach nothing: dynamic sampling (Yu et al.,
 * "DAPO", 2025), within a budget.
 */
import type { Task } from '../env/types';
import type { Settings } from '../settings/settings';
import { groupRequests, rollOut, type RolloutDeps } from './rollout';
import { extraTasksOfStep, tasksOfStep } from './schedule';
import { scoreBatch, type ScoredBatch } from './scoring';
import type { Trajectory } from './types';

export interface SampleStepOptions {
  /** Rollouts done, and asked for so far: the total grows when further questions are asked. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Asks the step's `batchSize` questions; then, while fewer groups than that are kept, as many further ones as are
 * missing, each time in one batched sampling call, until `dynamicSampling` further ones were asked or the questions
 * run out. So at most `batchSize` groups are kept, and groups `batchSize` and up are the further ones.
 *
 * Depends on policy, settings and step only. A wish to stop is not looked at in between: a step that ended early
 * would differ from the one that a resumed run takes.
 * @throws TrainingError as {@link rollOut} does.
 */
export async function sampleStep(
  deps: RolloutDeps,
  tasks: readonly Task[],
  step: number,
  settings: Settings,
  options: SampleStepOptions = {},
): Promise<ScoredBatch> {
  const extra = extraTasksOfStep(tasks, step, settings);
  const trajectories: Trajectory[] = [];
  let next = tasksOfStep(tasks, step, settings);
  for (let groups = 0; ;) {
    const before = trajectories.length;
    const requests = groupRequests(next, settings.numGenerations, step, groups);
    const report = (done: number) => options.onProgress?.(before + done, before + requests.length);
    report(0);
    const rolledOut = await rollOut(deps, requests, {
      params: {
        temperature: settings.temperature,
        topK: settings.topK,
        topP: settings.topP,
        minP: settings.minP,
        seed: settings.seed,
      },
      maxTurns: settings.maxTurns,
      maxTokens: settings.maxTokens,
      maxSeqLength: settings.maxSeqLength,
      onProgress: report,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    trajectories.push(...rolledOut);
    groups += next.length;
    const batch = scoreBatch(trajectories, settings, deps.rewardWeights);
    next = extra.splice(0, settings.batchSize - batch.groupsKept);
    if (next.length === 0) return batch;
  }
}
