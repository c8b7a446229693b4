import type {
  AdvantageKind,
  BaseWeightsChoice,
  CacheType,
  Curriculum,
  Mode,
  RewardAggregation,
  RewardScaling,
  LoraTarget,
} from './choices';
import type { ImportanceSamplingLevel, LossType } from './objective';

/** What a setting may hold. */
export type SettingValue = string | number | boolean | readonly string[];

/**
 * The settings that every run has, whatever its environment; one name everywhere (page, URL, file, command line).
 * Meanings: `table/`.
 */
export type CoreSettings = {
  /** Id of a built-in environment, or on the command line the path of a user's file. */
  environment: string;
  mode: Mode;
  /** Folder name below `public/models`, a URL prefix, or `hub:<owner>/<name>`; on Node also a path. */
  model: string;
  /** Where the environment's tasks come from: a folder name below `public/datasets`, `imported`, or on Node a path. */
  dataset: string;
  trainDatasetSize: number;
  evalDatasetSize: number;
  /** Expert episodes that a run begins with; 0 for none. */
  warmStartEpisodes: number;
  /** JSON Lines file of conversations to begin with, or `none`. */
  warmStartFile: string;
  warmStartEpochs: number;
  /** Conversations of one supervised step. */
  warmStartBatchSize: number;
  warmStartLearningRate: number;
  maxSteps: number;
  /** Questions per step. */
  batchSize: number;
  numGenerations: number;
  /** Most questions that a step asks beyond `batchSize`, in place of groups without spread. */
  dynamicSampling: number;
  curriculum: Curriculum;
  /** Share of `maxSteps` after which `curriculum: easy-first` asks all questions. */
  curriculumShare: number;
  learningRate: number;
  lrSchedule: 'constant' | 'linear' | 'cosine';
  warmupSteps: number;
  weightDecay: number;
  maxGradNorm: number;
  maxSkippedUpdates: number;
  /** What KL refers to: the policy as GRPO starts with it, or the bare model. Equal without a warm start. */
  klReference: 'start' | 'bare';
  beta: number;
  epsilonLow: number;
  epsilonHigh: number;
  /** Above it a ratio counts no more where the advantage is negative; 0 for no such bound. */
  delta: number;
  /** Of `lossType: sapo`, for positive and negative advantages. */
  sapoTemperaturePos: number;
  sapoTemperatureNeg: number;
  importanceSamplingLevel: ImportanceSamplingLevel;
  /** Share of trained tokens, those of highest entropy, that the policy loss looks at; 1 for all. */
  topEntropyQuantile: number;
  entropyCoef: number;
  lossType: LossType;
  scaleRewards: RewardScaling;
  numIterations: number;
  /** Distinct tokens (forest nodes) of one forward and backward pass. */
  microBatchTokens: number;
  maxTurns: number;
  /** Most tokens of one assistant turn. */
  maxTokens: number;
  /** Most tokens of a whole conversation, prompt included. */
  maxSeqLength: number;
  /** Whether the model may think before it answers; templates that know no thoughts are not changed by it. */
  thinking: boolean;
  /** Further variables of the chat template: a JSON object, or `none`. */
  chatTemplateArguments: string;
  /** The day that templates write into prompts, YYYY-MM-DD; fixed, so that runs repeat. */
  templateDate: string;
  /** Whether arguments of the wrong type are read where it is plain what they mean. */
  readSlips: boolean;
  temperature: number;
  topP: number;
  topK: number;
  minP: number;
  loraR: number;
  loraAlpha: number;
  loraTargets: LoraTarget[];
  /** How the frozen weights are kept on the GPU. */
  baseWeights: BaseWeightsChoice;
  /** Most memory for keys and values while sampling, in units of 2^20 bytes. */
  cacheMegabytes: number;
  /** How keys and values are kept while sampling. */
  cacheType: CacheType;
  /** Weights of the reward's parts: `auto` takes those of `rewardPreset`, else `part=weight,…`. */
  rewardWeights: string;
  rewardAggregation: RewardAggregation;
  advantage: AdvantageKind;
  /** Weight of the outcome in `advantage: mixed`, 0 to 1. */
  advantageMix: number;
  minGroupStd: number;
  maskTruncated: boolean;
  evalSteps: number;
  evalTemperature: number;
  /** Tries at each task in sampled evaluations of a policy; those while training make one. */
  evalTries: number;
  saveSteps: number;
  keepCheckpoints: number;
  /** Whether each step appends its rollouts to `rollouts.jsonl`. */
  saveRollouts: boolean;
  targetAccuracy: number;
  patience: number;
  runBaselineEval: boolean;
  resume: 'no' | 'latest' | 'best' | `checkpoint-${number}` | `checkpoint-minus-${number}`;
  seed: number;
  outputDir: string;
  /** Address of the hub. */
  hubEndpoint: string;
  /** Whether models come from earlier downloads alone. */
  offline: boolean;
  /** Seconds without data before a download is tried again. */
  downloadTimeout: number;
  verbose: boolean;
};

/** All settings of a run, flat: the core's and, by the names of its environment's table, the environment's own. */
export type Settings = CoreSettings & { [name: string]: SettingValue };
