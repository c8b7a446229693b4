/** What `docs/learning/data/` holds: one file per run, one for the start, one for the gradient example. */
import type { BESIDE_LEARNING } from '../../src/settings/beside';
import type { EnvironmentInfo, Split } from '../../src/env/types';
import type { Mode } from '../../src/settings/choices';
import type { CoreSettings, SettingValue } from '../../src/settings/settings';

/** What is laid side by side: the three modes, and the masked mode under the original system's reward. */
export const VARIANTS = ['masked', 'rollout', 'simple', 'seed-reward'] as const;
export type Variant = (typeof VARIANTS)[number];
/** In words, for tables and legends. */
export const VARIANT_NAME: Readonly<Record<Variant, string>> = {
  masked: 'masked',
  rollout: 'rollout',
  simple: 'simple',
  'seed-reward': 'masked, original reward',
};

/** `masked-42`. The same name whether `compare` or `train` made the folder. */
export function runName(variant: Variant, seed: number): string {
  return `${variant}-${seed}`;
}

/** One line of `metrics.jsonl`, reduced to what plots and tables need. Units as in `StepMetrics`. */
export interface StepRow {
  readonly step: number;
  readonly reward: number;
  readonly accuracy: number | null;
  readonly kl: number | null;
  readonly entropy: number | null;
  readonly groups: number;
  readonly groupsKept: number;
  readonly trainableTokens: number;
  readonly totalTokens: number;
  /** Distinct tokens of the batch: what is computed once equal beginnings are merged. */
  readonly forestTokens: number;
  readonly idkRate: number;
  readonly rolloutSeconds: number;
  readonly trainSeconds: number;
}

/** An evaluation on validation questions during a run; step 0 is the untouched start. */
export interface EvaluationRow {
  readonly step: number;
  readonly questions: number;
  readonly accuracy: number;
  readonly attempted: number;
  readonly idk: number;
  readonly reward: number;
  readonly seconds: number;
}

/** One supervised step of a warm start; numbered up to 0. */
export interface WarmStartRow {
  readonly step: number;
  /** Nats per token of the expert. */
  readonly loss: number;
  readonly seconds: number;
}

/** Questions of one family and level, and how many were answered rightly. */
export interface Cell {
  readonly family: string;
  readonly level: number;
  readonly questions: number;
  readonly sampledRight: number;
  readonly greedyRight: number;
}

/** One policy on one split. Counts are of questions; `reward`, `idk` and `attempted` of the sampled pass. */
export interface Score {
  readonly split: Split;
  readonly questions: number;
  readonly sampledRight: number;
  readonly greedyRight: number;
  readonly idk: number;
  readonly attempted: number;
  /** Means over the questions, of an environment's metrics that its evaluations show. */
  readonly metrics?: Readonly<Record<string, number>>;
  readonly reward: number;
  readonly cells: readonly Cell[];
}

/** Settings without those that name folders or change nothing that is learned. */
export type RunSettings = Omit<CoreSettings, (typeof BESIDE_LEARNING)[number]> & {
  [name: string]: SettingValue;
};

export interface RunData {
  readonly format: 1;
  readonly name: string;
  readonly variant: Variant;
  readonly mode: Mode;
  readonly seed: number;
  readonly settings: RunSettings;
  /** In words; null when it was not recorded. */
  readonly device: string | null;
  /** Runs that shared the machine, this one included; null when it was not recorded. */
  readonly sideBySide: number | null;
  /** `YYYY-MM-DD`, UTC; null without a baseline evaluation. */
  readonly date: string | null;
  /** False for a run that has not come to its end. */
  readonly finished: boolean;
  readonly steps: readonly StepRow[];
  readonly evaluations: readonly EvaluationRow[];
  /** Absent without a warm start. */
  readonly warmStart?: readonly WarmStartRow[];
  /** Of the adapter after the warm start, on test questions. */
  readonly warm?: Score;
  /** Of the adapter after the last step. Null: not measured. */
  readonly test: Score | null;
  /** The same on the second dataset. */
  readonly other: Score | null;
}

export interface StartData {
  readonly format: 1;
  readonly model: string;
  readonly dataset: string;
  /** Seed of the sampled passes. */
  readonly seed: number;
  readonly validation: Score | null;
  readonly test: Score | null;
  readonly other: Score | null;
  /** Generator's seed of the second dataset; null when it was given as a folder. */
  readonly otherSeed: number | null;
}

export interface ExampleToken {
  readonly text: string;
  readonly source: 'prompt' | 'sampled' | 'tool';
  readonly advantage: number;
  /** Nats, under the start policy at the sampling temperature; null for the prompt, which no mode scores. */
  readonly logprob: number | null;
}

/** Gradients of one group of rollouts under the start policy. Norms are over the whole adapter. */
export interface GroupGradients {
  readonly questionId: string;
  readonly rollouts: number;
  readonly right: number;
  readonly sampledTokens: number;
  readonly toolTokens: number;
  /** Mean log-prob per token, nats. */
  readonly sampledLogprob: number;
  readonly toolLogprob: number;
  /** Norm with the masked loss. */
  readonly masked: number;
  /** Norm with the loss of mode rollout. */
  readonly whole: number;
  /** Mode rollout's gradient split in two: what comes from tool tokens, and from sampled ones. */
  readonly tool: number;
  readonly sampled: number;
  /** Cosines between the masked gradient and the other two; 0 when a norm is 0. */
  readonly maskedTool: number;
  readonly maskedWhole: number;
}

export interface ExampleRollout {
  readonly rollout: number;
  readonly reward: number;
  readonly correct: boolean;
  readonly answer: string | null;
  readonly advantage: number;
  readonly tokens: readonly ExampleToken[];
}

export interface GradientExample {
  readonly format: 1;
  readonly seed: number;
  readonly question: string;
  readonly gold: string;
  /** The group that is shown, and all groups of that batch that teach, itself included. */
  readonly shown: GroupGradients;
  readonly groups: readonly GroupGradients[];
  /** The rollouts with the highest and the lowest advantage. */
  readonly rollouts: readonly ExampleRollout[];
}

/** Everything the report is written from. */
export interface Learning {
  readonly environment: EnvironmentInfo;
  readonly runs: readonly RunData[];
  readonly start: StartData | null;
  readonly example: GradientExample | null;
  readonly trials: readonly Trial[];
}

/** One variation of the settings and what came of it; an entry of `trials.json`. Shares in [0, 1], one per seed. */
export interface Trial {
  readonly name: string;
  /** Settings that differ from the defaults. */
  readonly changed: Readonly<Record<string, unknown>>;
  readonly seeds: readonly number[];
  /** Test questions of each measurement. */
  readonly questions: number;
  readonly sampled: readonly number[];
  readonly greedy: readonly number[];
  readonly note: string;
}
