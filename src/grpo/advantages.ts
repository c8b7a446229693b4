/** From rewards to advantages: group-relative outcomes, per-action values, and their mix. */
import type { EpisodeOutcome, TurnAdvantages } from '../agent/types';
import { mean, standardDeviation } from './statistics';
import type { AdvantageKind, RewardScaling, Trajectory } from './types';

export interface AdvantageSettings {
  readonly kind: AdvantageKind;
  readonly scaling: RewardScaling;
  /** Weight of the outcome in kind `mixed`, 0 to 1. */
  readonly mix: number;
  /** Groups whose spread is below this are dropped; groups without any spread always are. */
  readonly minGroupStd: number;
  /** Values of the turns of one trajectory, given its group-relative advantage. Asked in kinds `action` and `mixed`. */
  readonly actionAdvantages: (outcome: EpisodeOutcome, trajectoryAdvantage: number) => TurnAdvantages;
}

export type RewardedTrajectory = Pick<Trajectory, 'group' | 'outcome' | 'reward'>;

export interface AdvantageResult {
  /** Group-relative advantage of every trajectory; 0 for unscorable ones. */
  readonly advantage: readonly number[];
  /** Advantage of every turn of every trajectory. */
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

/**
 * A_i = (R_i - mean of the group) / (std of the group, or of the batch, + 1e-4), or undivided.
 * Unscorable trajectories leave their group. A group is dropped when what it would train on has no spread: rewards in
 * kind `trajectory`, turn values in `action`, the undivided mix in `mixed`.
 *
 * `mixed` is mix·A + (1 - mix)·P. P centres every turn value on the mean of its kind of action (first tool called)
 * within the group, so that an action that is right in every rollout is no longer pushed in all of them, and is then
 * divided like the outcome.
 */
export function computeAdvantages(
  trajectories: readonly RewardedTrajectory[],
  settings: AdvantageSettings,
): AdvantageResult {
  const byGroup = new Map<number, number[]>();
  trajectories.forEach(({ group, outcome }, i) => {
    const members = byGroup.get(group) ?? [];
    byGroup.set(group, members);
    if (outcome.endReason !== 'unscorable') members.push(i);
  });
  const groups = [...byGroup.values()];
  const rewardsOf = (members: readonly number[]) =>
    members.map((i) => (trajectories[i] as RewardedTrajectory).reward);
  const divisor = scalingDivisor(settings.scaling, rewardsOf(groups.flat()));

  const centred = trajectories.map(() => 0);
  const advantage = trajectories.map(() => 0);
  for (const members of groups) {
    const rewards = rewardsOf(members);
    const centre = mean(rewards);
    const divide = divisor(rewards);
    members.forEach((i, k) => {
      centred[i] = (rewards[k] as number) - centre;
      advantage[i] = (centred[i] as number) / divide;
    });
  }

  const outcomeOf = (i: number) => (trajectories[i] as RewardedTrajectory).outcome;
  const flat = (value: number, i: number) => outcomeOf(i).turns.map(() => value);
  let turns: (readonly number[])[];
  /** What decides about the group: per trajectory one value per turn. */
  let deciding: (readonly number[])[];
  switch (settings.kind) {
    case 'trajectory':
      turns = advantage.map(flat);
      deciding = centred.map((value) => [value]);
      break;
    case 'action':
      turns = advantage.map((value, i) => settings.actionAdvantages(outcomeOf(i), value));
      deciding = turns;
      break;
    case 'mixed': {
      const process = centreProcess(trajectories, groups, advantage, settings);
      const divideProcess = scalingDivisor(
        settings.scaling,
        groups.flat().flatMap((i) => process[i] as number[]),
      );
      turns = trajectories.map(() => []);
      deciding = trajectories.map(() => []);
      for (const members of groups) {
        const divide = divideProcess(members.flatMap((i) => process[i] as number[]));
        for (const i of members) {
          const values = process[i] as number[];
          const mixWith = (outcome: number, scale: number) =>
            values.map((value) => settings.mix * outcome + ((1 - settings.mix) * value) / scale);
          turns[i] = mixWith(advantage[i] as number, divide);
          deciding[i] = mixWith(centred[i] as number, 1);
        }
      }
      break;
    }
  }

  const kept = trajectories.map(() => false);
  let groupsKept = 0;
  for (const members of groups) {
    const spread = turnSpread(members.map((i) => deciding[i] as readonly number[]));
    if (members.length < 2 || spread <= NO_SPREAD || spread < settings.minGroupStd) continue;
    groupsKept++;
    for (const i of members) kept[i] = true;
  }
  return { advantage, turns, kept, groups: groups.length, groupsKept };
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

function centreProcess(
  trajectories: readonly RewardedTrajectory[],
  groups: readonly (readonly number[])[],
  advantage: readonly number[],
  settings: AdvantageSettings,
): number[][] {
  const process = trajectories.map(({ outcome }, i) => [
    ...settings.actionAdvantages(outcome, advantage[i] as number),
  ]);
  for (const members of groups) {
    const byAction = new Map<string, { i: number; turn: number }[]>();
    for (const i of members) {
      (trajectories[i] as RewardedTrajectory).outcome.turns.forEach(({ calls }, turn) => {
        const action = calls[0]?.name ?? '';
        byAction.set(action, [...(byAction.get(action) ?? []), { i, turn }]);
      });
    }
    for (const places of byAction.values()) {
      const centre = mean(places.map(({ i, turn }) => process[i]?.[turn] ?? 0));
      for (const { i, turn } of places) {
        const values = process[i] as number[];
        values[turn] = (values[turn] ?? 0) - centre;
      }
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
