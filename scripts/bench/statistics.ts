/** Numbers of the report from the numbers of the rounds. */
import type { Cost, Pair } from './types';

/** NaN when empty. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[Math.max(0, middle - 1)], sorted[middle]];
  if (high === undefined || low === undefined) return NaN;
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}

/** Medians of what was paid (less is better): the ratio is how many times less ours paid. */
export function costPair(ours: readonly number[], peer: readonly number[] | null): Pair {
  const own = median(ours);
  if (peer === null) return { ours: own, peer: null, ratio: null };
  const other = median(peer);
  return { ours: own, peer: other, ratio: other / own };
}

/** From costs per run to something per second: `amount` over the median. */
export function ratePair(pair: Pair, ours: number, peer: number): Pair {
  const own = (1000 * ours) / pair.ours;
  if (pair.peer === null) return { ours: own, peer: null, ratio: null };
  const other = (1000 * peer) / pair.peer;
  return { ours: own, peer: other, ratio: own / other };
}

/** Least and largest ratio of rounds with the same number. */
export function spread(ours: readonly number[], peer: readonly number[]): readonly [number, number] {
  const ratios = ours.map((own, i) => (peer[i] ?? NaN) / own);
  return [Math.min(...ratios), Math.max(...ratios)];
}

export function costsOf(costs: readonly Cost[], kind: keyof Cost): number[] {
  return costs.map((cost) => cost[kind]);
}

export interface TermsFit {
  /** One per term. */
  readonly factors: readonly number[];
  readonly fitted: readonly number[];
  readonly worst: number;
}

/**
 * The sum of terms, each times a factor, that is closest to y by relative distance (least squares); the largest
 * relative distance of a point from it. Work costs something, so no factor is negative: a term whose own would be is
 * left out, and has 0.
 * @param terms per term its value at every point; no two alike
 * @throws Error below as many points as terms
 */
export function fitTerms(terms: readonly (readonly number[])[], y: readonly number[]): TermsFit {
  if (y.length < terms.length || terms.some(({ length }) => length !== y.length))
    throw new Error('A fit needs a value of every term at every point, and as many points as terms.');
  // Tokens and pairs of tokens are magnitudes apart.
  const scales = terms.map((values) => Math.max(...values.map(Math.abs)));
  const relative = terms.map((values, k) =>
    values.map((v, i) => v / (scales[k] as number) / (y[i] as number)),
  );
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((s, v, i) => s + v * (b[i] as number), 0);
  const matrix = relative.map((row) => [
    ...relative.map((column) => dot(row, column)),
    dot(
      row,
      y.map(() => 1),
    ),
  ]);
  const factors = solve(matrix).map((factor, k) => factor / (scales[k] as number));
  // By what a term adds at most, since the terms have units of their own.
  const most = factors.map((factor, k) => factor * (scales[k] as number));
  const worthless = most.indexOf(Math.min(0, ...most));
  if (worthless >= 0 && (most[worthless] as number) < 0 && terms.length > 1) {
    const rest = fitTerms(
      terms.filter((_, k) => k !== worthless),
      y,
    );
    return { ...rest, factors: rest.factors.toSpliced(worthless, 0, 0) };
  }
  const fitted = y.map((_, i) => factors.reduce((sum, f, k) => sum + f * (terms[k]?.[i] as number), 0));
  const worst = Math.max(...fitted.map((value, i) => Math.abs((y[i] as number) / value - 1)));
  return { factors, fitted, worst };
}

/** Gauss-Jordan elimination with pivots. @param rows [n, n + 1], the right side last; overwritten */
function solve(rows: number[][]): number[] {
  const at = (row: number, column: number) => rows[row]?.[column] as number;
  for (let k = 0; k < rows.length; k++) {
    let pivot = k;
    for (let i = k + 1; i < rows.length; i++) if (Math.abs(at(i, k)) > Math.abs(at(pivot, k))) pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot] as number[], rows[k] as number[]];
    for (let i = 0; i < rows.length; i++) {
      if (i === k) continue;
      const factor = at(i, k) / at(k, k);
      rows[i] = (rows[i] as number[]).map((value, j) => value - factor * at(k, j));
    }
  }
  return rows.map((row, k) => (row[rows.length] as number) / (row[k] as number));
}
