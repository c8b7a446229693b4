import type { AdvantageKind, Curriculum, LossType, Mode, RewardScaling } from '../grpo/types';
import type { RewardPreset } from '../env/mail/types';
import type { WeightFormat } from '../kernels/weights/format';
import type { LoraTarget } from '../engine/types';

/** Every setting of a run; one name everywhere (page, URL, file, command line). Meanings: `table.ts`. */
export interface Settings {
  mode: Mode;
  /** Folder name below `public/models`, a URL prefix, or `hub:<owner>/<name>`; on Node also a folder path. */
  model: string;
  /** Folder name below `public/datasets`, `imported`, or on Node a folder path. */
  dataset: string;
  trainDatasetSize: number;
  evalDatasetSize: number;
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
  beta: number;
  epsilonLow: number;
  epsilonHigh: number;
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
  /** System prompt: the original's long one, a one-line one, or what the model's folder asks for. */
  promptStyle: 'auto' | 'full' | 'compact';
  /** Most search results; 0 takes the model folder's hint, else 10. */
  searchLimit: number;
  /** Words of a search result's excerpt; 0 takes the model folder's hint, else 15. */
  snippetTokens: number;
  /** What a bad tool call does: end the episode, or come back to the policy as a message. */
  toolErrors: 'end' | 'message';
  temperature: number;
  topP: number;
  topK: number;
  minP: number;
  loraR: number;
  loraAlpha: number;
  loraTargets: LoraTarget[];
  /** How the frozen weights are kept on the GPU. */
  baseWeights: WeightFormat;
  rewardPreset: RewardPreset;
  advantage: AdvantageKind;
  /** Weight of the outcome in `advantage: mixed`, 0 to 1. */
  advantageMix: number;
  minGroupStd: number;
  maskTruncated: boolean;
  evalSteps: number;
  evalTemperature: number;
  saveSteps: number;
  keepCheckpoints: number;
  targetAccuracy: number;
  patience: number;
  runBaselineEval: boolean;
  resume: 'no' | 'latest' | 'best' | `checkpoint-${number}`;
  seed: number;
  outputDir: string;
  verbose: boolean;
}
