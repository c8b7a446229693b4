/** Which runs a comparison consists of. */
import type { Settings } from '../../src/settings/settings';
import { planRun, type PlannedRun } from '../runs/finish';
import type { CompareOptions } from './options';
import { runName, type Variant } from './types';

/** A run of the comparison. */
export interface ComparedRun extends PlannedRun {
  readonly variant: Variant;
}

/**
 * Modes by seeds, and one run with the original system's reward under the first seed.
 * @throws SettingsError when a run's settings contradict each other
 */
export function planRuns(options: CompareOptions): ComparedRun[] {
  const { settings, seeds, modes, work } = options;
  const plan = (variant: Variant, seed: number, changes: Partial<Settings>): ComparedRun => ({
    ...planRun(work, runName(variant, seed), { ...settings, ...changes, seed }),
    variant,
  });
  // Seed by seed, so that whatever is finished can be compared.
  const runs = seeds.flatMap((seed) => modes.map((mode) => plan(mode, seed, { mode })));
  const [first] = seeds;
  if (options.seedRewardSteps > 0 && modes.includes('masked') && first !== undefined) {
    runs.push(
      plan('seed-reward', first, {
        mode: 'masked',
        rewardPreset: 'seed',
        advantage: options.seedRewardAdvantage,
        maxSteps: options.seedRewardSteps,
      }),
    );
  }
  return runs;
}
