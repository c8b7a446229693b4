/** Why a curve ends before its run: where no group has a spread nothing is trained, and what training measures is not there. Pure. */
import type { Points } from '../../report/series';
import type { RunRecord } from '../state';

/** The step of the last value, where every later step trained nothing; null for a curve that ends with its run, or by itself. */
export function endedAt({ steps }: Pick<RunRecord, 'steps'>, values: Points): number | null {
  const last = values.findLastIndex((value) => value !== null);
  if (values.length !== steps.length || last < 0 || last === steps.length - 1) return null;
  return steps.slice(last + 1).every(({ groupsKept }) => groupsKept === 0)
    ? (steps[last]?.step ?? null)
    : null;
}
