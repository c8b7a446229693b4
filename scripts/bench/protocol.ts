/** What the command and its child processes tell each other. */
import type { ArchName } from './archs';
import type { Cost, Row } from './types';

/** What the parent sends, as JSON in the environment. */
export interface ChildTask {
  readonly benchmark: string;
  readonly arch: ArchName;
  /** Rows to measure. */
  readonly ids: readonly string[];
}

/** What a process in Node is told. */
export interface NodeTask extends ChildTask {
  readonly trl: TrlOptions | null;
}

/** What rows against TRL are measured with. */
export interface TrlOptions {
  /** Folder of the model, for both sides. */
  readonly model: string;
  /** Interpreter that has trl, peft and torch. */
  readonly python: string;
  readonly questions: number;
  readonly rollouts: number;
  /** Sampled in every turn. */
  readonly turnTokens: number;
  readonly rounds: number;
}

export type ChildMessage =
  | { readonly kind: 'device'; readonly device: string }
  | { readonly kind: 'row'; readonly row: Row }
  | { readonly kind: 'log'; readonly line: string };

export const TASK_VARIABLE = 'MAILGYM_BENCH_TASK';

/** What a process for one cold start tells. */
export interface ColdStart {
  /** From opening the device to the end of the first step. */
  readonly first: Cost;
  /** The next step alone. */
  readonly second: Cost;
  /** Compiled on the way. */
  readonly programs: number;
}

/** Names the architecture to such a process. */
export const COLD_ARCH_VARIABLE = 'MAILGYM_BENCH_COLD_ARCH';
