/** Advantages from several rewards, each normalised on its own before they are summed. */
import { mean, standardDeviation } from '../../statistics';

/** Added to a standard deviation before dividing by it, as in TRL. */
const STD_FLOOR = 1e-4;

/** One rollout's rewards by name; null where a reward does not apply. */
export interface RewardParts {
  readonly group: number;
  readonly rewards: Readonly<Record<string, number | null>>;
}

/**
 * GDPO (Liu et al., "Group reward-decoupled normalization policy optimization", 2026; TRL's
 * `multi_objective_aggregation='normalize_then_sum'`): every reward less its group's mean, by its group's standard
 * deviation + 1e-4; then the weighted sum of those, less its mean over the batch, by its standard deviation over the
 * batch + 1e-4. Two rewards of different spread so keep the say that their weights give them.
 *
 * A reward that is null for a rollout is left out of its group's mean and deviation and counts as 0. A rollout with no
 * reward at all is left out of the batch's and gets advantage 0. Deviations are of the population, as everywhere here
 * (TRL's are of the sample).
 * @param weights by reward; 1 where a name is not there
 * @returns per rollout
 */
export function normalizeThenSum(
  rollouts: readonly RewardParts[],
  weights: Readonly<Record<string, number>>,
): number[] {
  const names = [...new Set(rollouts.flatMap(({ rewards }) => Object.keys(rewards)))];
  const sums = rollouts.map(() => 0);
  const isScored = rollouts.map(() => false);
  for (const members of groupsOf(rollouts)) {
    for (const name of names) {
      const scored = members.flatMap((i) => {
        const value = rollouts[i]?.rewards[name] ?? null;
        return value === null ? [] : [{ i, value }];
      });
      const normalised = standardScores(scored.map(({ value }) => value));
      scored.forEach(({ i }, k) => {
        sums[i] = (sums[i] as number) + (weights[name] ?? 1) * (normalised[k] as number);
        isScored[i] = true;
      });
    }
  }
  const advantages = rollouts.map(() => 0);
  const scored = [...isScored.keys()].filter((i) => isScored[i]);
  standardScores(scored.map((i) => sums[i] as number)).forEach((value, k) => {
    advantages[scored[k] as number] = value;
  });
  return advantages;
}

function groupsOf(rollouts: readonly RewardParts[]): readonly (readonly number[])[] {
  const groups = new Map<number, number[]>();
  rollouts.forEach(({ group }, i) => groups.set(group, [...(groups.get(group) ?? []), i]));
  return [...groups.values()];
}

/** Values less their mean, by their deviation and a floor; 0 where all are equal. */
function standardScores(values: readonly number[]): number[] {
  const centre = mean(values);
  const spread = standardDeviation(values);
  return values.map((value) => (value - centre) / (spread + STD_FLOOR));
}
