/** Runs that are asked for together. Pure. */
import type { Settings } from '../settings/settings';
import type { Planned } from './state';

/** What the setting `outputDir` says by itself. */
const folderOf = (mode: Settings['mode']): string => `outputs/grpo_${mode}`;

/**
 * The same with the mask and without, under each of so many seeds from the given one on. Both begin with an evaluation of
 * the model as it is, which their curves start from. Pairs come together, so that one pair is whole before the next begins.
 */
export function plannedModes(settings: Settings, preset: string, seeds: number): Planned[] {
  return Array.from({ length: seeds }, (_, i) => settings.seed + i).flatMap((seed) =>
    (['masked', 'rollout'] as const).map((mode) => ({
      preset,
      settings: {
        ...settings,
        mode,
        seed,
        runBaselineEval: true,
        resume: 'no' as const,
        outputDir: folderOf(mode),
      },
    })),
  );
}
