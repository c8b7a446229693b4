/** From step records to the numbers a chart draws. Pure. */
import type { EvalSummary, StepMetrics } from '../grpo/types';

export type Points = (number | null)[];

/** Steps over which the moving average of noisy per-step values runs. */
export const SMOOTHING = 5;

/** Mean of the last `window` values that are there; null where the value itself is missing. */
export function movingMean(values: readonly (number | null)[], window: number): Points {
  return values.map((value, i) => {
    if (value === null) return null;
    let sum = 0;
    let n = 0;
    for (let j = Math.max(0, i - window + 1); j <= i; j++) {
      const other = values[j];
      if (other === null || other === undefined) continue;
      sum += other;
      n++;
    }
    return sum / n;
  });
}

/** The same over the values that are there, however many places without one lie between them. */
export function smoothed(values: readonly (number | null)[], window: number): Points {
  const means = movingMean(
    values.filter((value) => value !== null),
    window,
  );
  let next = 0;
  return values.map((value) => (value === null ? null : (means[next++] ?? null)));
}

/** Steps of metrics and evaluations together, ascending, each once. */
export function stepAxis(steps: readonly StepMetrics[], evaluations: readonly EvalSummary[]): number[] {
  return [...new Set([...steps.map((s) => s.step), ...evaluations.map((e) => e.step)])].sort((a, b) => a - b);
}

/** Values at the positions of `axis`, null where there is none. */
export function onAxis<T extends { readonly step: number }>(
  axis: readonly number[],
  items: readonly T[],
  value: (item: T) => number | null,
): Points {
  const byStep = new Map(items.map((item) => [item.step, value(item)]));
  return axis.map((step) => byStep.get(step) ?? null);
}

/** Seconds of work (rollouts and training) up to and including each step. */
export function secondsSoFar(steps: readonly StepMetrics[]): number[] {
  let sum = 0;
  return steps.map((s) => (sum += s.rolloutSeconds + s.trainSeconds));
}

/** The last value that is there. */
export function latest(values: readonly (number | null)[]): number | null {
  for (let i = values.length - 1; i >= 0; i--) {
    const value = values[i];
    if (value !== null && value !== undefined) return value;
  }
  return null;
}

export interface Curve {
  readonly x: readonly number[];
  readonly y: Points;
}

/** A curve's values at the positions of `axis`, null where it has none. */
export function onGrid(axis: readonly number[], { x, y }: Curve): Points {
  const at = new Map(x.map((position, i) => [position, y[i] ?? null]));
  return axis.map((position) => at.get(position) ?? null);
}

/** Curves over one common ascending axis, as uPlot wants them. */
export function align(curves: readonly Curve[]): { x: number[]; ys: Points[] } {
  const x = [...new Set(curves.flatMap((curve) => [...curve.x]))].sort((a, b) => a - b);
  const position = new Map(x.map((value, i) => [value, i]));
  const ys = curves.map((curve) => {
    const y: Points = new Array<number | null>(x.length).fill(null);
    curve.x.forEach((value, i) => {
      y[position.get(value) ?? 0] = curve.y[i] ?? null;
    });
    return y;
  });
  return { x, ys };
}
