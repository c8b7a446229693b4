/** From rewards to advantages: group-relative outcomes, per-action values, and their mix. */
import type { Outcome, TurnValue } from '../env/types';
import type { AdvantageKind, RewardAggregation, RewardScaling } from '../settings/choices';
import { normalizeThenSum } from './advantages/normalize-then-sum';
import { mean, standardDeviation } from '../statistics';
import type { Trajectory } from './types';

export interface AdvantageSettings {
  readonly kind: AdvantageKind;
  readonly scaling: RewardScaling;
  /** Weight of the outcome in kind `mixed`, 0 to 1. */
  readonly mix: number;
  /** Groups whose spread is below this are dropped; groups without any spread always are. */
  readonly minGroupStd: number;
  readonly aggregation: RewardAggregation;
  /** Weights of the reward's parts; parts that are not named weigh 0. */
  readonly rewardWeights: Readonly<Record<string, number>>;
}

export type RewardedTrajectory = Pick<Trajectory, 'group' | 'outcome' | 'reward' | 'scorable'>;

export interface AdvantageResult {
  /** Group-relative advantage of every trajectory; 0 for unscorable ones. */
  readonly advantage: readonly number[];
  /** Advantage of every turn of every trajectory; none for unscorable ones. */
  readonly turns: readonly (readonly number[])[];
  /** False for unscorable trajectories and for those of dropped groups. */
  readonly kept: readonly boolean[];
  readonly groups: number;
  readonly groupsKept: number;
}

/** Added to a standard deviation before dividing by it. */
const STD_FLOOR = 1e-4;
/** Spread that float noise can cause in equal values. */
const NO_SPREAD = 1e-9;

/** The scorable trajectories of one group; lists have one entry per member. */
interface Group {
  /** Indices into the batch. */
  readonly members: readonly number[];
  readonly outcomes: readonly Outcome[];
  readonly rewards: readonly number[];
  /** Rewards less the group's mean. */
  readonly centred: readonly number[];
}

/**
 * A_i = (R_i - mean of the group) / (std of the group, or of the batch, + 1e-4), or undivided.
 * Unscorable trajectories leave their group. A group is dropped when what it would train on has no spread: rewards in
 * kind `trajectory`, turn values in `action`, the undivided mix in `mixed`. A group's own rollouts alone decide, so
 * that groups may be judged as they come in (dynamic sampling).
 *
 * With `normalize_then_sum` (GDPO) the outcome's advantage is {@link normalizeThenSum} of the kept groups instead, and
 * `scaling` plays no role.
 *
 * The std of the batch is that of the kept groups: how many others were asked and dropped must not change the size of
 * an update. When none is kept it is that of all, which then only shows in the log.
 *
 * `mixed` is mix·A + (1 - mix)·P. P centres every turn value on the mean of its kind of action (first tool called)
 * within the group, so that an action that is right in every rollout is no longer pushed in all of them, and is then
 * divided like the outcome.
 */
export function computeAdvantages(
  trajectories: readonly RewardedTrajectory[],
  settings: AdvantageSettings,
): AdvantageResult {
  const groups = groupsOf(trajectories);
  const trainable = groups.filter((group) => isTrainable(group, settings));
  const basis = trainable.length > 0 ? trainable : groups;

  const divisor = scalingDivisor(
    settings.scaling,
    basis.flatMap(({ rewards }) => rewards),
  );
  const byParts =
    settings.aggregation === 'normalize_then_sum' ? partAdvantages(trajectories, basis, settings) : null;
  const advantagesOf = ({ centred, rewards, members }: Group) => {
    if (byParts !== null) return members.map((i) => byParts.get(i) ?? 0);
    const divide = divisor(rewards);
    return centred.map((value) => value / divide);
  };
  let turnsOf: (group: Group) => readonly (readonly number[])[];
  switch (settings.kind) {
    case 'trajectory':
      turnsOf = (group) =>
        advantagesOf(group).map((value, k) => (group.outcomes[k] as Outcome).turns.map(() => value));
      break;
    case 'action':
      turnsOf = (group) => actionValues(group, advantagesOf(group));
      break;
    case 'mixed': {
      const processOf = (group: Group) => centredProcess(group, advantagesOf(group));
      const divideProcess = scalingDivisor(settings.scaling, basis.flatMap(processOf).flat());
      turnsOf = (group) => {
        const process = processOf(group);
        return mixed(advantagesOf(group), process, divideProcess(process.flat()), settings.mix);
      };
      break;
    }
  }

  const advantage = trajectories.map(() => 0);
  const turns: (readonly number[])[] = trajectories.map(() => []);
  const kept = trajectories.map(() => false);
  for (const group of groups) {
    const values = advantagesOf(group);
    const turnValues = turnsOf(group);
    group.members.forEach((i, k) => {
      advantage[i] = values[k] as number;
      turns[i] = turnValues[k] as readonly number[];
    });
  }
  for (const { members } of trainable) for (const i of members) kept[i] = true;
  return { advantage, turns, kept, groups: groups.length, groupsKept: trainable.length };
}

/** GDPO's advantages of the groups that train, by index into the batch; the size of a reward's part plays no role. */
function partAdvantages(
  trajectories: readonly RewardedTrajectory[],
  groups: readonly Group[],
  { rewardWeights }: AdvantageSettings,
): Map<number, number> {
  const members = groups.flatMap((group) => [...group.members]);
  const rollouts = members.map((i) => {
    const { group, outcome } = trajectories[i] as RewardedTrajectory;
    const counted = Object.entries(outcome.rewards).filter(([part]) => (rewardWeights[part] ?? 0) !== 0);
    return { group, rewards: Object.fromEntries(counted) };
  });
  const advantages = normalizeThenSum(rollouts, rewardWeights);
  return new Map(members.map((i, k) => [i, advantages[k] as number]));
}

/** In order of first appearance. A group whose trajectories are all unscorable stays, without members. */
function groupsOf(trajectories: readonly RewardedTrajectory[]): Group[] {
  const byGroup = new Map<number, number[]>();
  trajectories.forEach(({ group, scorable }, i) => {
    const members = byGroup.get(group) ?? [];
    byGroup.set(group, members);
    if (scorable) members.push(i);
  });
  return [...byGroup.values()].map((members) => {
    const own = members.map((i) => trajectories[i] as RewardedTrajectory);
    const rewards = own.map(({ reward }) => reward);
    const centre = mean(rewards);
    return {
      members,
      outcomes: own.map(({ outcome }) => outcome),
      rewards,
      centred: rewards.map((reward) => reward - centre),
    };
  });
}

function isTrainable(group: Group, settings: AdvantageSettings): boolean {
  const spread = turnSpread(decidingValues(group, settings));
  return spread > NO_SPREAD && spread >= settings.minGroupStd;
}

/** What decides about a group: per trajectory one value per turn. */
function decidingValues(group: Group, settings: AdvantageSettings): readonly (readonly number[])[] {
  const { centred, rewards } = group;
  if (settings.kind === 'trajectory') return centred.map((value) => [value]);
  // The batch's std is not known before the decision; actions then see the undivided outcome.
  const divide = settings.scaling === 'group' ? standardDeviation(rewards) + STD_FLOOR : 1;
  const advantage = centred.map((value) => value / divide);
  if (settings.kind === 'action') return actionValues(group, advantage);
  return mixed(centred, centredProcess(group, advantage), 1, settings.mix);
}

/** Values of every member's turns; a turn of which the environment has no opinion has the trajectory's advantage. */
function actionValues({ outcomes }: Group, advantage: readonly number[]): number[][] {
  return outcomes.map(({ turns, turnValues }, k) => {
    const own = advantage[k] as number;
    return turns.map((_, turn) => valueOf(turnValues?.[turn] ?? { advantage: 1 }, own));
  });
}

function valueOf(value: TurnValue, advantage: number): number {
  return typeof value === 'number' ? value : value.advantage * advantage;
}

/** Per member and turn: mix·outcome + (1 - mix)·process/divide. */
function mixed(
  outcome: readonly number[],
  process: readonly (readonly number[])[],
  divide: number,
  mix: number,
): number[][] {
  return process.map((values, k) =>
    values.map((value) => mix * (outcome[k] as number) + ((1 - mix) * value) / divide),
  );
}

/** Answers, for a group's values, what to divide them by. */
function scalingDivisor(
  scaling: RewardScaling,
  batch: readonly number[],
): (group: readonly number[]) => number {
  switch (scaling) {
    case 'group':
      return (group) => standardDeviation(group) + STD_FLOOR;
    case 'batch': {
      const divide = standardDeviation(batch) + STD_FLOOR;
      return () => divide;
    }
    case 'none':
      return () => 1;
  }
}

/** Largest standard deviation that any turn position has over the group; a turn that is missing counts as 0. */
function turnSpread(values: readonly (readonly number[])[]): number {
  const longest = Math.max(0, ...values.map((turns) => turns.length));
  let spread = 0;
  for (let turn = 0; turn < longest; turn++) {
    spread = Math.max(spread, standardDeviation(values.map((turns) => turns[turn] ?? 0)));
  }
  return spread;
}

/** Action values less the mean over the same kind of action in the group. */
function centredProcess(group: Group, advantage: readonly number[]): number[][] {
  const process = actionValues(group, advantage);
  const byAction = new Map<string, { k: number; turn: number }[]>();
  group.outcomes.forEach(({ turns }, k) =>
    turns.forEach(({ calls }, turn) => {
      const action = calls[0]?.name ?? '';
      byAction.set(action, [...(byAction.get(action) ?? []), { k, turn }]);
    }),
  );
  for (const places of byAction.values()) {
    const centre = mean(places.map(({ k, turn }) => process[k]?.[turn] ?? 0));
    for (const { k, turn } of places) {
      const values = process[k] as number[];
      values[turn] = (values[turn] ?? 0) - centre;
    }
  }
  return process;
}

/**
 * Spreads turn values over tokens. Tool results and role headers carry the value of the turn they follow; a turn that
 * the episode never judged (cut off by the context) carries the trajectory's advantage; the prompt carries 0.
 */
export function tokenAdvantages(
  turnOf: Int16Array,
  turns: readonly number[],
  advantage: number,
): Float32Array {
  return Float32Array.from(turnOf, (turn) => (turn < 0 ? 0 : (turns[turn] ?? advantage)));
}
