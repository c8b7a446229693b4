/** Named starting points. Each is the environment's defaults with a few differences. */
import type { CoreSettings, SettingValue } from './settings';

export interface Preset {
  readonly title: string;
  readonly description: string;
  readonly changes: Readonly<Partial<CoreSettings> & Record<string, SettingValue>>;
}

/** Presets of every environment. */
export const CORE_PRESETS = {
  default: {
    title: 'Default',
    description:
      'The built-in model on built-in tasks: a visible climb in about a hundred steps on a real GPU.',
    changes: {},
  },
  quick: {
    title: 'Quick',
    description: 'A dozen small steps that already show a rise, for software GPUs and first impressions.',
    changes: {
      maxSteps: 12,
      batchSize: 4,
      numGenerations: 6,
      evalSteps: 6,
      evalDatasetSize: 24,
      saveSteps: 6,
      microBatchTokens: 2048,
    },
  },
  smoke: {
    title: 'Smoke test',
    description:
      'Two tiny steps with a fixed value per action, and no threshold for groups: shows that everything runs.',
    changes: {
      maxSteps: 2,
      batchSize: 1,
      numGenerations: 2,
      maxTurns: 2,
      maxTokens: 24,
      loraR: 4,
      loraAlpha: 8,
      advantage: 'action',
      minGroupStd: 0,
      evalSteps: 0,
      evalDatasetSize: 2,
      saveSteps: 1,
      runBaselineEval: false,
      microBatchTokens: 1024,
    },
  },
} as const satisfies Record<string, Preset>;
