/** Which parts of an environment's reward count, and how much. */
import type { EnvironmentInfo } from '../env/types';
import type { Settings } from '../settings/settings';
import { settingProblem, SettingsError, type SettingProblem } from '../settings/values';

/**
 * The weights that `rewardWeights` spells out (`part=weight,…`), else those that `rewardPreset` names.
 * @throws SettingsError for a part that the environment does not have, or a weight that is no number
 */
export function rewardWeightsOf(
  { rewards, rewardWeights: sets, id }: Pick<EnvironmentInfo, 'rewards' | 'rewardWeights' | 'id'>,
  settings: Settings,
): Readonly<Record<string, number>> {
  const { rewardWeights: text } = settings;
  if (text === 'auto') {
    const named = sets[String(settings['rewardPreset'] ?? '')];
    return named ?? Object.values(sets)[0] ?? {};
  }
  const refuse = (problem: SettingProblem) => new SettingsError([problem]);
  const weights: Record<string, number> = {};
  for (const item of text.split(',')) {
    const [part = '', value = ''] = item.split('=').map((word) => word.trim());
    if (!Object.hasOwn(rewards, part)) {
      throw refuse(
        settingProblem('rewardWeights', 'settings/no-reward-part', {
          part,
          environment: id,
          known: Object.keys(rewards),
        }),
      );
    }
    const weight = Number(value);
    if (value === '' || !Number.isFinite(weight)) {
      throw refuse(settingProblem('rewardWeights', 'settings/reward-weight', { part, given: value }));
    }
    weights[part] = weight;
  }
  return weights;
}
