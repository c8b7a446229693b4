/** Means with their spread, and differences seed by seed. */
import { mean } from '../statistics';

export interface Spread {
  readonly values: readonly number[];
  readonly mean: number;
  readonly min: number;
  readonly max: number;
}

/** Null when there is no value. */
export function spreadOf(values: readonly (number | null | undefined)[]): Spread | null {
  const there = values.filter((value) => value !== null && value !== undefined);
  if (there.length === 0) return null;
  return { values: there, mean: mean(there), min: Math.min(...there), max: Math.max(...there) };
}

/** Standard error of a share that was counted on `n` questions: sqrt(p(1 - p) / n). */
export function standardError(share: number, n: number): number {
  return n > 0 ? Math.sqrt((share * (1 - share)) / n) : 0;
}

/** A value of one seed. */
export interface SeedValue {
  readonly seed: number;
  readonly value: number | null;
}

export interface Paired {
  /** a - b, over the seeds that have both. */
  readonly difference: Spread;
  /** Seeds in which a is above b. */
  readonly ahead: number;
  readonly behind: number;
  readonly seeds: number;
}

/** Compares two modes seed by seed, since equal seeds start from equal rollouts. Null when no seed has both. */
export function paired(a: readonly SeedValue[], b: readonly SeedValue[]): Paired | null {
  const other = new Map(b.map(({ seed, value }) => [seed, value]));
  const difference = spreadOf(
    a.map(({ seed, value }) => {
      const opposite = other.get(seed) ?? null;
      return value === null || opposite === null ? null : value - opposite;
    }),
  );
  if (difference === null) return null;
  return {
    difference,
    ahead: difference.values.filter((value) => value > 0).length,
    behind: difference.values.filter((value) => value < 0).length,
    seeds: difference.values.length,
  };
}
