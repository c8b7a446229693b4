import type { LossConfig } from '../engine/types';
import type { Settings } from '../settings/settings';
import { openObjective } from './objectives/prepare';
import type { ObjectiveSettings } from './objectives/types';

/** What the policy is told about the loss of every row. */
export function lossConfig(
  settings: ObjectiveSettings & Pick<Settings, 'beta' | 'entropyCoef' | 'temperature'>,
): LossConfig {
  return {
    term: openObjective(settings).term,
    beta: settings.beta,
    // Log-probs of greedy sampling are those of temperature 1.
    temperature: settings.temperature > 0 ? settings.temperature : 1,
    entropyCoef: settings.entropyCoef,
  };
}
