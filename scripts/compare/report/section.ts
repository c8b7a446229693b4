/** What the sections of the report share. */
import { budgetOf, valuesAt, type Axis, type Measure } from '../curves';
import type { Plots } from '../plots';
import { columnsOf } from '../subject';
import { fixed, share, spreadText } from '../words';
import { spreadOf, type SeedValue, type Spread } from '../../../src/report/spread';
import type { Learning, RunData, Score, Variant } from '../types';

/** Paragraphs, tables and pictures, in order; joined by empty lines. */
export type Section = readonly string[];

/** Null where it was not recorded. */
export type ScoreValue = (score: Score) => number | null;

export interface Context {
  readonly learning: Learning;
  readonly plots: Plots;
}

/** The picture, or nothing when there was no data to draw. */
export function figure(plots: Plots, file: string, alt: string): string[] {
  return plots.has(file) ? [`![${alt}](${file})`] : [];
}

export function runsOf(learning: Learning, variant: Variant): RunData[] {
  return learning.runs.filter((run) => run.variant === variant);
}

/** Modes that have runs, in the order of the report. */
export function modesOf(learning: Learning): ('masked' | 'rollout' | 'simple')[] {
  return (['masked', 'rollout', 'simple'] as const).filter((mode) => runsOf(learning, mode).length > 0);
}

/** A number of each run's test score. */
export function scores(runs: readonly RunData[], of: ScoreValue): SeedValue[] {
  return runs.map(({ seed, test }) => ({ seed, value: test === null ? null : of(test) }));
}

/** A number of the policy that GRPO began with, one for each seed; empty without a warm start. */
export function warmScores(learning: Learning, of: ScoreValue): SeedValue[] {
  const bySeed = new Map(
    learning.runs.flatMap(({ seed, warm }) => (warm === undefined ? [] : [[seed, of(warm)] as const])),
  );
  return [...bySeed].map(([seed, value]) => ({ seed, value }));
}

/** The environment's own numbers of one policy, or of several, as they stand in tables. */
export function columnTexts(learning: Learning, of: (value: ScoreValue) => Spread | null): string[] {
  return columnsOf(learning.environment).map(({ isShare, of: value }) =>
    spreadText(of(value), (number) => (isShare ? share(number) : fixed(number))),
  );
}

export function spread(values: readonly SeedValue[]): Spread | null {
  return spreadOf(values.map(({ value }) => value));
}

export function spreadAt(runs: readonly RunData[], axis: Axis, measure: Measure, at: number): Spread | null {
  return spread(valuesAt(runs, axis, measure, at));
}

/** How far all runs of the three modes can be compared. */
export function modesBudget(learning: Learning, axis: Axis): number {
  return budgetOf(
    learning.runs.filter(({ variant }) => variant !== 'seed-reward'),
    axis,
  );
}
