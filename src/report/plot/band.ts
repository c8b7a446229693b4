/** Several curves as one band. Pure. */
import { spreadOf } from '../spread';
import type { Band } from './plot';

/** x ascends. */
export interface Curve {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Linear between the curve's points, its last value beyond its end; null before its beginning. */
export function valueAt({ x, y }: Curve, at: number): number | null {
  const next = x.findIndex((value) => value >= at);
  if (next < 0) return y.at(-1) ?? null;
  const right = x[next] as number;
  if (right === at) return y[next] as number;
  if (next === 0) return null;
  const left = x[next - 1] as number;
  const before = y[next - 1] as number;
  return before + (((y[next] as number) - before) * (at - left)) / (right - left);
}

/** Points of a band where runs have no x in common. */
const GRID = 120;

/**
 * Over the stretch that all the curves cover, so that the mean never jumps because one of them has ended.
 * @param shared whether they have their x in common, as steps are
 */
export function bandOf(curves: readonly Curve[], shared: boolean): Band {
  const used = curves.filter(({ x }) => x.length > 0);
  if (used.length === 0) return { x: [], mean: [], min: [], max: [] };
  const from = Math.max(...used.map(({ x }) => x[0] as number));
  const to = Math.min(...used.map(({ x }) => x.at(-1) as number));
  const own = [...new Set(used.flatMap(({ x }) => x))].filter((x) => x >= from && x <= to);
  const grid =
    shared || used.length === 1
      ? own.sort((a, b) => a - b)
      : Array.from({ length: GRID + 1 }, (_, i) => from + ((to - from) * i) / GRID);
  const spreads = grid.flatMap((x) => {
    const spread = spreadOf(used.map((curve) => valueAt(curve, x)));
    return spread === null ? [] : [{ x, spread }];
  });
  return {
    x: spreads.map(({ x }) => x),
    mean: spreads.map(({ spread }) => spread.mean),
    min: spreads.map(({ spread }) => spread.min),
    max: spreads.map(({ spread }) => spread.max),
  };
}
