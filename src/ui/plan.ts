/** Runs that are asked for together. Pure. */
import type { Settings } from '../settings/settings';
import type { Planned } from './state';

/** The folder that names the mode, where that of the given settings does; else the given one, of which each run gets a copy. */
function folderOf({ outputDir, mode }: Settings, wanted: Settings['mode']): string {
  return outputDir.endsWith(mode) ? `${outputDir.slice(0, -mode.length)}${wanted}` : outputDir;
}

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
        outputDir: folderOf(settings, mode),
      },
    })),
  );
}
