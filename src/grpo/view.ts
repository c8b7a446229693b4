/** Trajectories as the page shows them. */
import type { ChatFormat } from '../chat/types';
import { taskText } from '../conversation/text';
import { TOKEN_SOURCE } from '../tokens/types';
import type { ScoredTrajectory, TokenUpdate, Trajectory, TrajectoryView } from './types';

type TokenTexts = Pick<ChatFormat, 'tokenText'>;

/**
 * The first `limit` trajectories; whole groups where the limit allows.
 * @param updateOf what the step's update found of a trajectory; texts of its moves are still to be written
 */
export function trajectoryViews(
  trajectories: readonly ScoredTrajectory[],
  chat: TokenTexts,
  limit: number,
  updateOf: (trajectory: ScoredTrajectory) => TokenUpdate | undefined = () => undefined,
): TrajectoryView[] {
  return trajectories.slice(0, limit).map((trajectory) => {
    const update = updateOf(trajectory);
    return {
      ...viewOf(trajectory, chat),
      advantage: trajectory.advantage,
      kept: trajectory.kept,
      lossMask: trajectory.lossMask,
      tokenAdvantages: trajectory.tokenAdvantages,
      ...(update === undefined ? {} : { update: withTexts(update, chat) }),
    };
  });
}

/** A conversation outside of training: its mask marks what the model wrote. */
export function conversationView(trajectory: Trajectory, chat: TokenTexts): TrajectoryView {
  const { source, ids } = trajectory;
  return {
    ...viewOf(trajectory, chat),
    advantage: 0,
    kept: true,
    lossMask: Uint8Array.from(source, (from) => (from === TOKEN_SOURCE.sampled ? 1 : 0)),
    tokenAdvantages: new Float32Array(ids.length),
  };
}

type Scores = 'advantage' | 'kept' | 'lossMask' | 'tokenAdvantages' | 'update';

function viewOf(trajectory: Trajectory, chat: TokenTexts): Omit<TrajectoryView, Scores> {
  const { outcome, task } = trajectory;
  return {
    questionId: task.id,
    question: taskText(task),
    goldAnswer: task.answer,
    answer: outcome.answer,
    group: trajectory.group,
    rollout: trajectory.rollout,
    reward: trajectory.reward,
    correct: outcome.success,
    endReason: outcome.stopCondition,
    turns: outcome.turns,
    tokens: trajectory.ids.map((id) => chat.tokenText(id)),
    source: trajectory.source,
    logprobs: trajectory.logprobs,
    ids: trajectory.ids,
    level: task.level,
    scorable: trajectory.scorable,
  };
}

function withTexts(update: TokenUpdate, chat: TokenTexts): TokenUpdate {
  const moves = update.moves.map((move) => ({ ...move, texts: move.ids.map((id) => chat.tokenText(id)) }));
  return { ...update, moves };
}
