import { describe, expect, it } from 'vitest';
import { ENVIRONMENTS, environmentInfo } from '../env/registry';
import { presetSettings } from '../env/settings';
import type { EnvironmentInfo } from '../env/types';
import { defaultSettings, settingsSchema } from '../settings/schema';
import { SettingsError } from '../settings/values';
import { rewardWeightsOf } from './reward-weights';

const INFO: Pick<EnvironmentInfo, 'id' | 'rewards' | 'rewardWeights'> = {
  id: 'toy',
  rewards: { right: { label: 'Right' }, brief: { label: 'Brief' } },
  rewardWeights: { plain: { right: 1 }, both: { right: 1, brief: 0.5 } },
};
/** Settings of an environment without presets of its reward, unless `changes` names one. */
const weights = (rewardWeights: string, changes: { rewardPreset?: string } = {}) => {
  const settings = defaultSettings(settingsSchema({ settings: {} }));
  return rewardWeightsOf(INFO, Object.assign(settings, { rewardWeights }, changes));
};

describe('rewardWeightsOf', () => {
  it('takes by itself those of the preset, or the first where none is named', () => {
    expect(weights('auto', { rewardPreset: 'both' })).toEqual({ right: 1, brief: 0.5 });
    expect(weights('auto')).toEqual({ right: 1 });
    expect(weights('auto', { rewardPreset: 'no such' })).toEqual({ right: 1 });
  });

  it('reads weights in words, whatever the preset', () => {
    expect(weights('brief=2', { rewardPreset: 'both' })).toEqual({ brief: 2 });
    expect(weights(' right = -1e-1 , brief=.5')).toEqual({ right: -0.1, brief: 0.5 });
    expect(weights('right=1,right=3')).toEqual({ right: 3 });
  });

  it.each([
    ['polite=1', /names the part 'polite'; the parts of environment toy are right, brief/],
    ['toString=1', /names the part 'toString'/],
    ['right=1,', /names the part ''/],
    ['right', /gives right the weight ''/],
    ['right=', /gives right the weight ''/],
    ['right=much', /gives right the weight 'much'/],
    ['right=Infinity', /gives right the weight 'Infinity'/],
  ])('refuses %j, saying why', (text, message) => {
    expect(() => weights(text)).toThrow(SettingsError);
    expect(() => weights(text)).toThrow(message);
  });

  it.each(ENVIRONMENTS.map(({ id }) => id))('%s: every set of weights names parts that it has', (id) => {
    const info = environmentInfo(id);
    for (const set of Object.values(info.rewardWeights)) {
      expect(Object.keys(info.rewards)).toEqual(expect.arrayContaining(Object.keys(set)));
    }
    expect(Object.keys(rewardWeightsOf(info, presetSettings('default', id))).length).toBeGreaterThan(0);
  });
});
