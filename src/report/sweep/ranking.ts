/** Which combination of a sweep is ahead, and what can be said of that. Pure. */
import { conclude, type Conclusion, type Outcome } from '../conclusion';
import { outcomeOfRun } from '../outcome';
import { mean } from '../../statistics';
import type { SweepData, SweepRun } from './types';

/** What the combinations are ranked by: the split that all their runs were judged on. */
export type Judge = 'test' | 'validation';

export interface Ranked {
  readonly cell: number;
  readonly runs: readonly SweepRun[];
  /** Mean share of right answers over the seeds; null where no run was evaluated. */
  readonly accuracy: number | null;
}

export interface Ranking {
  readonly judge: Judge;
  /** Best first; those without an evaluation last. */
  readonly cells: readonly Ranked[];
  /** The best against each other, in order; those that can be compared. */
  readonly conclusions: readonly { readonly cell: number; readonly conclusion: Conclusion }[];
}

export function rank(data: SweepData): Ranking {
  const { runs } = data;
  const judge: Judge = runs.length > 0 && runs.every(({ test }) => test !== null) ? 'test' : 'validation';
  const outcomes = (some: readonly SweepRun[]): Outcome[] => some.map((run) => outcome(run, judge));
  const cells = data.cells
    .map((_, cell): Ranked => {
      const own = runs.filter((run) => run.cell === cell);
      const shares = outcomes(own).flatMap(({ end }) => (end === null ? [] : [end.right / end.questions]));
      return { cell, runs: own, accuracy: shares.length === 0 ? null : mean(shares) };
    })
    .sort((a, b) => (b.accuracy ?? -1) - (a.accuracy ?? -1) || a.cell - b.cell);
  const [best, ...others] = cells;
  const conclusions = others.flatMap(({ cell, runs: own }) => {
    const conclusion = conclude(outcomes(best?.runs ?? []), outcomes(own));
    return conclusion === null ? [] : [{ cell, conclusion }];
  });
  return { judge, cells, conclusions };
}

/** A test score says nothing of the start, which was asked validation questions. */
function outcome(run: SweepRun, judge: Judge): Outcome {
  const found = outcomeOfRun(run);
  if (judge === 'validation' || run.test === null) return found;
  return { ...found, start: null, end: { right: run.test.sampledRight, questions: run.test.questions } };
}
