/** Accuracy by question family and level, before and after training. */
import { spreadOf, type Spread } from '../../src/report/spread';
import type { Cell, RunData, Score, Variant } from './types';

export interface FamilyRow {
  readonly family: string;
  readonly level: number;
  readonly questions: number;
  /** Share; null when the start was not measured. */
  readonly start: number | null;
  /** Spread over seeds, of variants that have a test score. */
  readonly trained: ReadonlyMap<Variant, Spread>;
}

export function familyRows(
  start: Score | null,
  runs: readonly RunData[],
  pass: 'sampled' | 'greedy',
): FamilyRow[] {
  const right = (cell: Cell) => (pass === 'sampled' ? cell.sampledRight : cell.greedyRight) / cell.questions;
  const find = (score: Score | null, like: Cell) =>
    score?.cells.find(({ family, level }) => family === like.family && level === like.level);
  const cells = start?.cells ?? runs.find(({ test }) => test !== null)?.test?.cells ?? [];
  return cells.map((cell) => {
    const trained = new Map<Variant, Spread>();
    for (const variant of new Set(runs.map((run) => run.variant))) {
      const own = runs.filter((run) => run.variant === variant).flatMap((run) => find(run.test, cell) ?? []);
      const spread = spreadOf(own.map(right));
      if (spread !== null) trained.set(variant, spread);
    }
    const before = find(start, cell);
    return {
      family: cell.family,
      level: cell.level,
      questions: cell.questions,
      start: before === undefined ? null : right(before),
      trained,
    };
  });
}
