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
