/** Trajectories as the page shows them. */
import type { ChatFormat } from '../chat/types';
import { taskText } from '../conversation/text';
import type { ScoredTrajectory, TrajectoryView } from './types';

/** The first `limit` trajectories; whole groups where the limit allows. */
export function trajectoryViews(
  trajectories: readonly ScoredTrajectory[],
  chat: Pick<ChatFormat, 'tokenText'>,
  limit: number,
): TrajectoryView[] {
  return trajectories.slice(0, limit).map((trajectory) => {
    const { outcome, task } = trajectory;
    return {
      questionId: task.id,
      question: taskText(task),
      goldAnswer: task.answer,
      answer: outcome.answer,
      group: trajectory.group,
      rollout: trajectory.rollout,
      reward: trajectory.reward,
      advantage: trajectory.advantage,
      correct: outcome.success,
      endReason: outcome.stopCondition,
      kept: trajectory.kept,
      turns: outcome.turns,
      tokens: trajectory.ids.map((id) => chat.tokenText(id)),
      source: trajectory.source,
      lossMask: trajectory.lossMask,
      tokenAdvantages: trajectory.tokenAdvantages,
      logprobs: trajectory.logprobs,
    };
  });
}
