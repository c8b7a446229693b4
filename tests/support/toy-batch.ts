/** A scored batch of the toy task, as a step has it. */
import { groupRequests, rollOut } from '../../src/grpo/rollout';
import { scoreBatch } from '../../src/grpo/scoring';
import type { Settings } from '../../src/settings/settings';
import type { BigramPolicy } from './bigram-policy';
import { toyRun, toyTasks } from './toy-run';

/** On a fresh policy. @param ready changes it before it samples */
export async function toyBatch(
  changes: Partial<Settings>,
  ready: (policy: BigramPolicy) => void = () => undefined,
) {
  const { deps, settings, policy } = toyRun({ numIterations: 1, ...changes });
  ready(policy);
  const trajectories = await rollOut(deps, groupRequests(toyTasks(4, 'q'), 8, 1), {
    params: { temperature: settings.temperature, topK: 0, topP: 1, minP: 0, seed: 3 },
    maxTurns: settings.maxTurns,
    maxTokens: settings.maxTokens,
    maxSeqLength: settings.maxSeqLength,
  });
  const { trajectories: batch } = scoreBatch(trajectories, settings, deps.rewardWeights);
  return { batch, settings, policy };
}
