/** Settings that decide nothing about what a run learns. Lists of more begin with these. */
import type { CoreSettings } from './settings';

/** They name folders and servers, or say what is printed. */
export const BESIDE_LEARNING = [
  'outputDir',
  'resume',
  'verbose',
  'hubEndpoint',
  'offline',
  'downloadTimeout',
] as const satisfies readonly (keyof CoreSettings)[];

/** When a run is saved, and how many saves stay. */
export const OF_SAVING = ['saveSteps', 'keepCheckpoints'] as const satisfies readonly (keyof CoreSettings)[];
