/** Per-action ("process") values of one episode. */
import { defaultTurnValues } from './advantage/default';
import { seedTurnValues } from './advantage/seed';
import type { EpisodeOutcome, RewardPreset, TurnValues } from './types';

/** One value per turn. Only `seed` refers to the trajectory's own advantage, as a fallback. */
export function turnValues(outcome: EpisodeOutcome, preset: RewardPreset): TurnValues {
  return preset === 'seed' ? seedTurnValues(outcome) : defaultTurnValues(outcome);
}
