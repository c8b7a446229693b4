/** Named starting points. Each is the table's defaults with a few differences. */
import type { Settings } from './settings';
import { defaultSettings } from './table';

export interface Preset {
  readonly title: string;
  readonly description: string;
  readonly changes: Readonly<Partial<Settings>>;
}

export const PRESETS = {
  default: {
    title: 'Default',
    description:
      'The built-in model on the built-in mail: a visible climb in about a hundred steps on a real GPU.',
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
  seed: {
    title: 'Original system',
    description:
      "The values, rewards and per-action advantages of the Python system that this one follows. Needs a model with a long context; a shorter one's limit is used.",
    changes: {
      trainDatasetSize: 3000,
      evalDatasetSize: 100,
      maxSteps: 200,
      batchSize: 4,
      numGenerations: 3,
      learningRate: 1e-5,
      lrSchedule: 'constant',
      weightDecay: 0.01,
      maxTurns: 10,
      maxTokens: 4096,
      maxSeqLength: 16_384,
      promptStyle: 'full',
      searchLimit: 10,
      snippetTokens: 15,
      loraAlpha: 16,
      lossType: 'grpo',
      rewardPreset: 'seed',
      advantage: 'action',
      evalSteps: 10,
      evalTemperature: 0.5,
      saveSteps: 10,
      keepCheckpoints: 0,
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

/** A preset's name. */
export type PresetName = keyof typeof PRESETS;
/** The presets' names. */
export const PRESET_NAMES = Object.keys(PRESETS) as readonly PresetName[];

export function isPresetName(name: string): name is PresetName {
  return Object.hasOwn(PRESETS, name);
}

/** A fresh copy of all values of a preset; `outputDir` still holds its placeholder. */
export function presetSettings(name: PresetName): Settings {
  return { ...defaultSettings(), ...structuredClone(PRESETS[name].changes) };
}
