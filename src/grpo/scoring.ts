/** From trajectories to scored trajectories: advantages and masks of a step's batch. */
import type { Settings } from '../settings/settings';
import { computeAdvantages, tokenAdvantages } from './advantages';
import { lossMask } from './mask';
import type { ScoredTrajectory, Trajectory } from './types';

export interface ScoredBatch {
  readonly trajectories: readonly ScoredTrajectory[];
  readonly groups: number;
  readonly groupsKept: number;
  readonly groupsAllRight: number;
  readonly groupsAllWrong: number;
}

export function scoreBatch(
  trajectories: readonly Trajectory[],
  settings: Pick<
    Settings,
    | 'mode'
    | 'advantage'
    | 'advantageMix'
    | 'scaleRewards'
    | 'minGroupStd'
    | 'maskTruncated'
    | 'rewardAggregation'
  >,
  rewardWeights: Readonly<Record<string, number>>,
): ScoredBatch {
  const result = computeAdvantages(trajectories, {
    kind: settings.advantage,
    scaling: settings.scaleRewards,
    mix: settings.advantageMix,
    minGroupStd: settings.minGroupStd,
    aggregation: settings.rewardAggregation,
    rewardWeights,
  });
  const groups = new Map<number, boolean[]>();
  for (const trajectory of trajectories) {
    const rights = groups.get(trajectory.group) ?? [];
    groups.set(trajectory.group, rights);
    if (trajectory.scorable) rights.push(isRight(trajectory));
  }
  const judged = [...groups.values()].filter((rights) => rights.length > 0);
  return {
    trajectories: trajectories.map((trajectory, i) => ({
      ...trajectory,
      advantage: result.advantage[i] as number,
      tokenAdvantages: tokenAdvantages(
        trajectory.turnOf,
        result.turns[i] as readonly number[],
        result.advantage[i] as number,
      ),
      lossMask: lossMask(trajectory, settings.mode, settings.maskTruncated),
      kept: result.kept[i] as boolean,
    })),
    groups: result.groups,
    groupsKept: result.groupsKept,
    groupsAllRight: judged.filter((rights) => rights.every(Boolean)).length,
    groupsAllWrong: judged.filter((rights) => !rights.some(Boolean)).length,
  };
}

/** Where the environment has no verdict, right is a reward of 1 or more (but for rounding). */
function isRight({ outcome, reward }: Trajectory): boolean {
  return outcome.success ?? reward > 1 - 1e-9;
}
