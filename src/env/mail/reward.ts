/** From a preset's name to its reward function. */
import { defaultReward } from './reward/default';
import { seedReward } from './reward/seed';
import { succeeded } from './reward/success';
import type { RewardFunction, RewardPreset } from './types';

export function rewardFor(preset: RewardPreset): RewardFunction {
  switch (preset) {
    case 'seed':
      return seedReward;
    case 'default':
      return defaultReward;
    case 'simple':
      return (outcome) => (succeeded(outcome) ? 1 : 0);
  }
}
