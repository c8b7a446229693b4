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

/**
 * Slope and intercept of the least-squares line, and the largest relative distance of a point from it.
 * @throws Error below two points
 */
export function fitLine(x: readonly number[], y: readonly number[]) {
  if (x.length < 2 || x.length !== y.length) throw new Error('A line needs two points or more.');
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const sxy = x.reduce((sum, xi, i) => sum + (xi - mx) * ((y[i] as number) - my), 0);
  const sxx = x.reduce((sum, xi) => sum + (xi - mx) ** 2, 0);
  const slope = sxy / sxx;
  const intercept = my - slope * mx;
  const worst = Math.max(...x.map((xi, i) => Math.abs((y[i] as number) / (slope * xi + intercept) - 1)));
  return { slope, intercept, worst };
}
