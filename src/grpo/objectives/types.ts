/** What an objective says about itself. One file each; `registry.ts` has them by name. */
import type { RowTerm } from '../../engine/types';
import type { LossType } from '../../settings/objective';
import type { Settings } from '../../settings/settings';

/** Objectives of a run: those that `lossType` chooses from, and that of a warm start. */
export type ObjectiveName = LossType | 'supervised';

/** The settings that decide a loss, but for KL and entropy bonus. */
export type ObjectiveSettings = Pick<
  Settings,
  | 'lossType'
  | 'epsilonLow'
  | 'epsilonHigh'
  | 'delta'
  | 'sapoTemperaturePos'
  | 'sapoTemperatureNeg'
  | 'importanceSamplingLevel'
  | 'topEntropyQuantile'
>;

/** Numbers of one optimiser step. Sequences and micro-batches without trained tokens are not counted. */
export interface TokenCounts {
  readonly sequences: number;
  readonly microBatches: number;
  /** Trained tokens: of the step, of the token's sequence, of its micro-batch. */
  readonly tokens: number;
  readonly ofSequence: number;
  readonly ofMicroBatch: number;
  /** Tokens. */
  readonly maxCompletionLength: number;
}

export interface Objective {
  /** The settings that it reads. */
  readonly reads: readonly (keyof ObjectiveSettings)[];
  /** Weight of a trained token in the loss. */
  readonly tokenWeight: (counts: TokenCounts) => number;
  /** The term of a row whose ratio is its own token's. */
  readonly term: (settings: ObjectiveSettings) => RowTerm;
  /**
   * Whether the clip decides about a token: its gradient is removed (grpo and its kin), or its ratio is capped (cispo).
   * For the metric `clipFraction`.
   */
  readonly clips: (settings: ObjectiveSettings) => (logRatio: number, advantage: number) => boolean;
}
