/** Name under which a step records the mean of a part of the reward. */
export const rewardMetric = (part: string): `rewards/${string}` => `rewards/${part}`;
