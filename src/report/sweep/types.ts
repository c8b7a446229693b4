/** What the report of a sweep is written from. Nothing in it depends on the clock, or on how the work was shared. */
import type { StepMetrics } from '../../grpo/types';
import type { OutcomeStep, RunSoFar } from '../outcome';

/** A step, reduced to what charts and conclusions need. */
export type SweepStep = OutcomeStep & Pick<StepMetrics, 'rewardMean' | 'accuracy'>;

export interface SweepRun extends RunSoFar {
  readonly name: string;
  readonly steps: readonly SweepStep[];
  /** Position of its combination in `cells`. */
  readonly cell: number;
  readonly finished: boolean;
  /** Of the final adapter on test questions; null where it was not measured. */
  readonly test: {
    readonly questions: number;
    readonly sampledRight: number;
    readonly greedyRight: number;
  } | null;
}

export interface SweepData {
  readonly format: 1;
  /** The settings that were swept. */
  readonly axes: readonly { readonly key: string; readonly label: string }[];
  /** Combinations; `values` in the order of the axes. */
  readonly cells: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly seeds: readonly number[];
  readonly facts: {
    readonly environment: string;
    readonly model: string;
    readonly dataset: string;
    readonly steps: number;
    /** Settings beside the swept ones that differ from the defaults. */
    readonly changed: Readonly<Record<string, unknown>>;
    readonly devices: readonly string[];
    readonly command: string;
  };
  /** Those that have begun, seed by seed. */
  readonly runs: readonly SweepRun[];
}
