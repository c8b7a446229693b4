import type { RunSummary } from '../../src/run/train/trainer';

/** A training run in progress, wherever it runs. */
export interface Training {
  readonly result: Promise<RunSummary>;
  /** Ends it after the current step, which is saved. */
  stop(): void;
  /** Frees browser and server; after the result. */
  close(): Promise<void>;
}
