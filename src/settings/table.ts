/**
 * What every setting means: the one source of form fields, validation, defaults, environment variables and
 * `docs/settings.md`. The mapped type makes a missing or superfluous entry a compile error.
 */
import { WEIGHT_FORMATS } from '../kernels/weights/format';
import { LORA_TARGETS } from '../engine/types';
import type { Settings } from './settings';

export type SettingKey = keyof Settings;

export const SETTING_GROUPS = [
  'Task',
  'Rollout',
  'Reward and advantage',
  'Objective',
  'Optimiser',
  'Adapter',
  'Evaluation and stopping',
  'Files',
] as const;
export type SettingGroup = (typeof SETTING_GROUPS)[number];

/** Bounds are inclusive unless marked open. */
export interface NumberRule {
  readonly kind: 'integer' | 'number';
  readonly min: number;
  readonly max: number;
  readonly minOpen?: boolean;
  readonly maxOpen?: boolean;
}
export interface ChoiceRule<T> {
  readonly kind: 'choice';
  readonly choices: readonly T[];
  /** Values beside the choices, by their form, and that form in words. */
  readonly others?: { readonly form: RegExp; readonly words: string };
}
/** A non-empty list without repeats. */
export interface ListRule<T> {
  readonly kind: 'list';
  readonly choices: readonly T[];
}
export interface BooleanRule {
  readonly kind: 'boolean';
}
/** Non-empty text without control characters. */
export interface TextRule {
  readonly kind: 'text';
}
export type SettingRule = NumberRule | ChoiceRule<string> | ListRule<string> | BooleanRule | TextRule;

type RuleFor<T> = [T] extends [boolean]
  ? BooleanRule
  : [T] extends [number]
    ? NumberRule
    : [T] extends [readonly (infer Item)[]]
      ? ListRule<Item>
      : string extends T
        ? TextRule
        : ChoiceRule<T>;

export interface SettingInfo<T> {
  readonly label: string;
  readonly group: SettingGroup;
  /** '' for pure numbers, names and switches. */
  readonly unit: string;
  readonly default: T;
  readonly rule: RuleFor<T>;
  readonly description: string;
  /** The original system's environment variable. */
  readonly env?: string;
  /** Shown in the page only on request. */
  readonly advanced?: true;
}

export type SettingsTable = { readonly [K in SettingKey]: SettingInfo<Settings[K]> };

const count = (min: number, max: number): NumberRule => ({ kind: 'integer', min, max });
const real = (min: number, max: number, open: { minOpen?: true; maxOpen?: true } = {}): NumberRule => ({
  kind: 'number',
  min,
  max,
  ...open,
});
const onOff: BooleanRule = { kind: 'boolean' };
const text: TextRule = { kind: 'text' };

export const SETTINGS_TABLE: SettingsTable = {
  mode: {
    label: 'Mode',
    group: 'Task',
    unit: '',
    default: 'masked',
    rule: { kind: 'choice', choices: ['masked', 'rollout', 'simple'] },
    description:
      'Which tokens learn. masked: only what the policy sampled. rollout: every token after the first prompt, tool ' +
      'results too, for comparison. simple: one completion per question, no tools, a reward for the format alone.',
  },
  model: {
    label: 'Model',
    group: 'Task',
    unit: '',
    default: 'mailgym-tiny',
    rule: text,
    env: 'MODEL_NAME',
    description:
      'The policy before training: a folder name below public/models, a URL prefix, or hub:<owner>/<name>; on the ' +
      'command line also the path of a folder.',
  },
  dataset: {
    label: 'Dataset',
    group: 'Task',
    unit: '',
    default: 'mailgym-office',
    rule: text,
    description:
      'Mails and questions: a folder name below public/datasets, or imported for mail given to the page; on the ' +
      'command line also the path of a folder with a dataset.json.',
  },
  trainDatasetSize: {
    label: 'Training questions',
    group: 'Task',
    unit: 'questions',
    default: 3000,
    rule: count(1, 10_000_000),
    env: 'TRAIN_DATASET_SIZE',
    description: 'Questions of the training split that are used, at most; a smaller split is used whole.',
  },
  evalDatasetSize: {
    label: 'Evaluation questions',
    group: 'Evaluation and stopping',
    unit: 'questions',
    default: 48,
    rule: count(1, 10_000_000),
    env: 'EVAL_DATASET_SIZE',
    description:
      'Questions of the validation or test split that an evaluation asks, at most; always the same ones.',
  },
  maxSteps: {
    label: 'Steps',
    group: 'Task',
    unit: 'steps',
    default: 120,
    rule: count(1, 1_000_000),
    env: 'MAX_STEPS',
    description: 'Training steps of the run: rollouts of one batch of questions, then the updates on them.',
  },
  batchSize: {
    label: 'Questions per step',
    group: 'Rollout',
    unit: 'questions',
    default: 6,
    rule: count(1, 4096),
    env: 'PER_DEVICE_TRAIN_BATCH_SIZE',
    description: 'Questions asked in each step; each makes one group of rollouts.',
  },
  numGenerations: {
    label: 'Rollouts per question',
    group: 'Rollout',
    unit: 'rollouts',
    default: 8,
    // A group of one has nothing to compare with and is always dropped.
    rule: count(2, 1024),
    env: 'NUM_GENERATIONS',
    description: 'Size of a group: tries at the same question, which are compared with each other.',
  },
  dynamicSampling: {
    label: 'Dynamic sampling',
    group: 'Rollout',
    unit: 'questions',
    default: 0,
    // With the largest batch, groups stay below the 65,536 that the sampler's random streams tell apart.
    rule: count(0, 16_384),
    description:
      'Further questions that a step asks, at most, in place of groups that teach nothing (DAPO); as many at a time as ' +
      'are missing. 0: such groups are not replaced.',
    advanced: true,
  },
  curriculum: {
    label: 'Curriculum',
    group: 'Task',
    unit: '',
    default: 'none',
    rule: { kind: 'choice', choices: ['none', 'easy-first'] },
    description:
      'none: all questions from the first step. easy-first: the easiest level first, then one more level at a time. A ' +
      'dataset without levels has one.',
    advanced: true,
  },
  curriculumShare: {
    label: 'Length of the curriculum',
    group: 'Task',
    unit: '',
    default: 0.5,
    rule: real(0, 1, { minOpen: true, maxOpen: true }),
    description: 'Share of maxSteps after which easy-first asks questions of all levels.',
    advanced: true,
  },
  learningRate: {
    label: 'Learning rate',
    group: 'Optimiser',
    unit: '',
    default: 2e-3,
    rule: real(0, 1, { minOpen: true }),
    env: 'LEARNING_RATE',
    description: "Peak step size of AdamW. Adapters of small models take far more than a large model's 1e-5.",
  },
  lrSchedule: {
    label: 'Learning-rate schedule',
    group: 'Optimiser',
    unit: '',
    default: 'linear',
    rule: { kind: 'choice', choices: ['constant', 'linear', 'cosine'] },
    description: 'How the rate falls after warm-up. linear and cosine end at 10 % of the peak.',
  },
  warmupSteps: {
    label: 'Warm-up',
    group: 'Optimiser',
    unit: 'steps',
    default: 0,
    rule: count(0, 1_000_000),
    env: 'WARMUP_STEPS',
    description: 'Steps in which the rate rises in equal parts to its peak.',
    advanced: true,
  },
  weightDecay: {
    label: 'Weight decay',
    group: 'Optimiser',
    unit: '',
    default: 0,
    rule: real(0, 1),
    description: "AdamW's decoupled weight decay, on the adapter.",
    advanced: true,
  },
  maxGradNorm: {
    label: 'Gradient clip',
    group: 'Optimiser',
    unit: '',
    default: 1,
    rule: real(0, 1e6, { minOpen: true }),
    env: 'MAX_GRAD_NORM',
    description: 'A gradient whose norm is larger is scaled down to it.',
    advanced: true,
  },
  beta: {
    label: 'KL weight (beta)',
    group: 'Objective',
    unit: '',
    default: 0.01,
    rule: real(0, 10),
    env: 'BETA',
    description:
      'Weight of the k3 estimate of the divergence from the model without its adapter; 0 saves that forward pass.',
  },
  epsilonLow: {
    label: 'Clip below (epsilon)',
    group: 'Objective',
    unit: '',
    default: 0.2,
    rule: real(0, 1, { minOpen: true, maxOpen: true }),
    description: 'The ratio of new to old probability counts no lower than 1 - epsilonLow.',
    advanced: true,
  },
  epsilonHigh: {
    label: 'Clip above (epsilon)',
    group: 'Objective',
    unit: '',
    default: 0.2,
    rule: real(0, 10, { minOpen: true }),
    description: 'The ratio of new to old probability counts no higher than 1 + epsilonHigh.',
    advanced: true,
  },
  entropyCoef: {
    label: 'Entropy bonus',
    group: 'Objective',
    unit: '',
    default: 0,
    rule: real(0, 1),
    description: 'Reward for undecided tokens; keeps exploration alive. 0 for none.',
    advanced: true,
  },
  lossType: {
    label: 'Loss aggregation',
    group: 'Objective',
    unit: '',
    default: 'dapo',
    rule: { kind: 'choice', choices: ['grpo', 'bnpo', 'dapo', 'dr_grpo'] },
    description:
      'Weight of a token: grpo averages each rollout, then the batch; bnpo averages the tokens of a micro-batch; dapo ' +
      'those of the whole step; dr_grpo divides by the longest possible completion.',
    advanced: true,
  },
  scaleRewards: {
    label: 'Advantage scaling',
    group: 'Reward and advantage',
    unit: '',
    default: 'group',
    rule: { kind: 'choice', choices: ['group', 'batch', 'none'] },
    description:
      'Divide advantages by the standard deviation of rewards in the group, in all kept groups of the step (batch), or ' +
      'not at all.',
    advanced: true,
  },
  numIterations: {
    label: 'Updates per step',
    group: 'Optimiser',
    unit: 'updates',
    default: 1,
    rule: count(1, 64),
    description: 'Optimiser updates on the same rollouts; from the second on the clipped ratio matters.',
    advanced: true,
  },
  microBatchTokens: {
    label: 'Micro-batch',
    group: 'Optimiser',
    unit: 'tokens',
    default: 4096,
    rule: count(64, 1_048_576),
    description:
      'Distinct tokens of one forward and backward pass. Smaller needs less GPU memory; results are equal.',
    advanced: true,
  },
  maxTurns: {
    label: 'Turns',
    group: 'Rollout',
    unit: 'turns',
    default: 4,
    rule: count(1, 100),
    env: 'MAX_TURNS',
    description: 'Assistant turns of an episode, at most; the last one must give the answer.',
  },
  maxTokens: {
    label: 'Tokens per turn',
    group: 'Rollout',
    unit: 'tokens',
    default: 64,
    rule: count(1, 131_072),
    env: 'MAX_TOKENS',
    description: 'Tokens that the policy may write in one turn, at most.',
  },
  maxSeqLength: {
    label: 'Context',
    group: 'Rollout',
    unit: 'tokens',
    default: 1024,
    rule: count(16, 1_048_576),
    env: 'MAX_SEQ_LENGTH',
    description:
      "Tokens of a whole conversation, prompt and tool results included; cut to the model's own limit.",
  },
  promptStyle: {
    label: 'System prompt',
    group: 'Rollout',
    unit: '',
    default: 'auto',
    rule: { kind: 'choice', choices: ['auto', 'full', 'compact'] },
    description:
      'full: several paragraphs of instructions. compact: one line. auto: what the model folder asks for.',
    advanced: true,
  },
  searchLimit: {
    label: 'Search results',
    group: 'Rollout',
    unit: 'results',
    default: 0,
    rule: count(0, 10),
    description: "Results of a search, at most. 0: the model folder's hint, else 10.",
    advanced: true,
  },
  snippetTokens: {
    label: 'Excerpt length',
    group: 'Rollout',
    unit: 'words',
    default: 0,
    rule: count(0, 64),
    description: "Words in the excerpt of a search result. 0: the model folder's hint, else 15.",
    advanced: true,
  },
  toolErrors: {
    label: 'Bad tool calls',
    group: 'Rollout',
    unit: '',
    default: 'end',
    rule: { kind: 'choice', choices: ['end', 'message'] },
    description: 'end: a call that cannot be run ends the episode. message: the error is told to the policy.',
    advanced: true,
  },
  temperature: {
    label: 'Temperature',
    group: 'Rollout',
    unit: '',
    default: 1,
    rule: real(0, 10, { minOpen: true }),
    env: 'TEMPERATURE',
    description: 'Divides the logits, in sampling and in the loss alike. Below 1 is more certain.',
  },
  topP: {
    label: 'Top-p',
    group: 'Rollout',
    unit: '',
    default: 1,
    rule: real(0, 1, { minOpen: true }),
    description: 'Sample from the most likely tokens that hold this much probability together. 1 keeps all.',
    advanced: true,
  },
  topK: {
    label: 'Top-k',
    group: 'Rollout',
    unit: 'tokens',
    default: 0,
    rule: count(0, 1_000_000),
    description: 'Sample from this many most likely tokens. 0 keeps all.',
    advanced: true,
  },
  minP: {
    label: 'Min-p',
    group: 'Rollout',
    unit: '',
    default: 0,
    rule: real(0, 1, { maxOpen: true }),
    description: 'Leave out tokens less likely than this share of the most likely one. 0 keeps all.',
    advanced: true,
  },
  loraR: {
    label: 'LoRA rank',
    group: 'Adapter',
    unit: '',
    default: 16,
    rule: count(1, 1024),
    description: "Inner size of the adapter's matrices.",
  },
  loraAlpha: {
    label: 'LoRA alpha',
    group: 'Adapter',
    unit: '',
    default: 32,
    rule: real(0, 65_536, { minOpen: true }),
    description: 'The adapter counts alpha / rank times.',
  },
  loraTargets: {
    label: 'LoRA targets',
    group: 'Adapter',
    unit: '',
    default: [...LORA_TARGETS],
    rule: { kind: 'list', choices: LORA_TARGETS },
    description: 'Projections that get an adapter, separated by commas.',
    advanced: true,
  },
  baseWeights: {
    label: 'Base weights',
    group: 'Adapter',
    unit: '',
    default: 'f32',
    rule: { kind: 'choice', choices: WEIGHT_FORMATS },
    description:
      'How the frozen weights are kept on the GPU, for training, evaluation and sampling alike. f16, int8 and int4 ' +
      'take 16, 9 and 5 bits a weight instead of 32 (embedding and head 16 in all of them); the policy is then the ' +
      'rounded model.',
    advanced: true,
  },
  rewardPreset: {
    label: 'Reward',
    group: 'Reward and advantage',
    unit: '',
    default: 'default',
    rule: { kind: 'choice', choices: ['default', 'seed', 'simple'] },
    description:
      'default: no failure ever pays more than a success. seed: the original rules, number for number. simple: 1 for ' +
      'a correct answer, else 0.',
  },
  advantage: {
    label: 'Advantage',
    group: 'Reward and advantage',
    unit: '',
    default: 'trajectory',
    rule: { kind: 'choice', choices: ['trajectory', 'action', 'mixed'] },
    description:
      "trajectory: a rollout's reward against its group. action: the original's fixed value per action. mixed: both, " +
      'compared within the group.',
    advanced: true,
  },
  advantageMix: {
    label: 'Outcome share',
    group: 'Reward and advantage',
    unit: '',
    default: 0.5,
    rule: real(0, 1),
    description: 'Weight of the outcome when advantage is mixed; the rest goes to the actions.',
    advanced: true,
  },
  minGroupStd: {
    label: 'Least spread of a group',
    group: 'Reward and advantage',
    unit: 'reward',
    default: 0.05,
    rule: real(0, 10),
    env: 'MIN_GROUP_STD',
    description:
      'Groups whose rewards have a smaller standard deviation teach nothing and are dropped, and counted; ' +
      'dynamicSampling replaces them.',
    advanced: true,
  },
  maskTruncated: {
    label: 'Ignore cut rollouts',
    group: 'Reward and advantage',
    unit: '',
    default: false,
    rule: onOff,
    description: 'Do not learn from rollouts that ran into a token limit.',
    advanced: true,
  },
  evalSteps: {
    label: 'Evaluate every',
    group: 'Evaluation and stopping',
    unit: 'steps',
    default: 20,
    rule: count(0, 1_000_000),
    env: 'EVAL_STEPS',
    description: 'Steps between evaluations on the validation split. 0: only after the last step.',
  },
  evalTemperature: {
    label: 'Evaluation temperature',
    group: 'Evaluation and stopping',
    unit: '',
    default: 1,
    rule: real(0, 10),
    description: 'Temperature of sampled evaluations. 0: always the most likely token.',
    advanced: true,
  },
  saveSteps: {
    label: 'Save every',
    group: 'Files',
    unit: 'steps',
    default: 20,
    rule: count(0, 1_000_000),
    env: 'SAVE_STEPS',
    description: 'Steps between checkpoints. 0: none but those of evaluations and the end.',
  },
  keepCheckpoints: {
    label: 'Checkpoints kept',
    group: 'Files',
    unit: 'checkpoints',
    default: 3,
    rule: count(0, 1_000_000),
    description: 'Older checkpoints are removed; best_model and final stay. 0 keeps all.',
    advanced: true,
  },
  targetAccuracy: {
    label: 'Target accuracy',
    group: 'Evaluation and stopping',
    unit: '',
    default: 0.95,
    rule: real(0, 1, { minOpen: true }),
    env: 'TARGET_ACCURACY',
    description: 'The run ends when an evaluation reaches this share of correct answers.',
  },
  patience: {
    label: 'Patience',
    group: 'Evaluation and stopping',
    unit: 'evaluations',
    default: 5,
    rule: count(0, 1_000_000),
    env: 'PATIENCE',
    description: 'The run ends after this many evaluations in a row without a better accuracy. 0: never.',
  },
  runBaselineEval: {
    label: 'Baseline evaluation',
    group: 'Evaluation and stopping',
    unit: '',
    default: true,
    rule: onOff,
    env: 'RUN_BASELINE_EVAL',
    description: 'Evaluate the untouched model before the first step.',
  },
  resume: {
    label: 'Resume',
    group: 'Files',
    unit: '',
    default: 'no',
    rule: {
      kind: 'choice',
      choices: ['no', 'latest', 'best'],
      others: { form: /^checkpoint-(0|[1-9]\d*)$/, words: 'checkpoint-N' },
    },
    description:
      'Start afresh, or go on from a checkpoint of outputDir: the last one, that of the best model, or that of step N.',
  },
  seed: {
    label: 'Seed',
    group: 'Task',
    unit: '',
    default: 42,
    rule: count(0, 4_294_967_295),
    env: 'SEED',
    description: 'Everything random follows from it: two runs with one seed give the same numbers.',
  },
  outputDir: {
    label: 'Output folder',
    group: 'Files',
    unit: '',
    default: 'outputs/grpo_<mode>',
    rule: text,
    env: 'OUTPUT_DIR',
    description:
      "Where adapters, metrics and logs go; <mode> stands for the mode. In the page: the browser's storage.",
  },
  verbose: {
    label: 'Verbose log',
    group: 'Files',
    unit: '',
    default: false,
    rule: onOff,
    env: 'VERBOSE',
    description: 'Log every rollout, group and update.',
    advanced: true,
  },
};

/** In the order of the table. */
export const SETTING_KEYS = Object.keys(SETTINGS_TABLE) as readonly SettingKey[];

/** A fresh copy; `outputDir` still holds its placeholder. */
export function defaultSettings(): Settings {
  const defaults = Object.fromEntries(SETTING_KEYS.map((key) => [key, SETTINGS_TABLE[key].default]));
  return structuredClone(defaults) as unknown as Settings;
}

export function isSettingKey(name: string): name is SettingKey {
  return Object.hasOwn(SETTINGS_TABLE, name);
}

/** An entry seen without its setting's type, for code that handles any setting. */
export type AnySettingInfo = Omit<SettingInfo<unknown>, 'rule'> & { readonly rule: SettingRule };

export function settingInfo(key: SettingKey): AnySettingInfo {
  return SETTINGS_TABLE[key];
}
