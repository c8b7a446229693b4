/** Per-action ("process") advantages of one trajectory. */
import { defaultActionAdvantages } from './advantage/default';
import { seedActionAdvantages } from './advantage/seed';
import type { EpisodeOutcome, RewardPreset, TurnAdvantages } from './types';

/**
 * One value per turn.
 * @param trajectoryAdvantage group-relative advantage of the trajectory; only `seed` uses it, as a fallback.
 */
export function actionAdvantages(
  outcome: EpisodeOutcome,
  trajectoryAdvantage: number,
  preset: RewardPreset,
): TurnAdvantages {
  return preset === 'seed'
    ? seedActionAdvantages(outcome, trajectoryAdvantage)
    : defaultActionAdvantages(outcome);
}
