/** Runs of equal settings but for the seed, drawn as one curve with a band. Pure. */
import { align, type Curve, type Points } from '../../report/series';
import type { Mode } from '../../settings/choices';
import { mean, sum } from '../../statistics';
import { CURVE_COLOURS, MODE_COLOUR } from '../colour';
import { recipeOf, recordColour, recordMode, recordName } from '../records';
import type { RunRecord } from '../state';
import { t } from '../texts';

export interface Pool {
  readonly id: string;
  readonly records: readonly RunRecord[];
  readonly name: string;
  readonly mode: Mode | null;
  /** A CSS variable; no two pools of one list have the same while there are colours. */
  readonly colour: string;
}

/** In the order of their first runs. @param together false: each run is its own */
export function poolsOf(records: readonly RunRecord[], together = true): Pool[] {
  const byRecipe = new Map<string, RunRecord[]>();
  for (const record of records) {
    const key = (together ? recipeOf(record) : null) ?? record.id;
    byRecipe.set(key, [...(byRecipe.get(key) ?? []), record]);
  }
  const taken = new Set<string>();
  const own = [...byRecipe].flatMap(([key, runs]) => {
    const [first] = runs;
    return first === undefined ? [] : [{ id: runs.length === 1 ? first.id : key, first, runs }];
  });
  const modes = own.map(({ first, runs }) => (runs.length > 1 ? recordMode(first) : null));
  return own.map(({ id, first, runs }) => {
    const mode = recordMode(first);
    const wanted = runs.length > 1 && mode !== null ? MODE_COLOUR[mode] : recordColour(first);
    const colour = freeColour(wanted, taken);
    taken.add(colour);
    const isOnly = modes.filter((one) => one === mode).length < 2;
    return { id, records: runs, name: poolName(first, runs, isOnly), mode, colour };
  });
}

function freeColour(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  return CURVE_COLOURS.find((one) => !taken.has(one) && !looksTaken(one, taken)) ?? wanted;
}

/** The colours of modes are those of the first curves. */
function looksTaken(colour: string, taken: ReadonlySet<string>): boolean {
  const alike: readonly (readonly [string, string])[] = [
    [CURVE_COLOURS[0], MODE_COLOUR.masked],
    [CURVE_COLOURS[1], MODE_COLOUR.rollout],
    [CURVE_COLOURS[2], MODE_COLOUR.simple],
  ];
  return alike.some(([a, b]) => a === colour && taken.has(b));
}

function poolName(first: RunRecord, runs: readonly RunRecord[], isOnly: boolean): string {
  if (runs.length === 1) return recordName(first);
  const seeds = new Set(runs.map(({ settings }) => settings?.seed)).size;
  const mode = recordMode(first);
  return isOnly && mode !== null
    ? t.compare.pool(t.compare.mode[mode], runs.length, seeds)
    : t.compare.pool(recordName(first), runs.length, seeds);
}

/** What a band is: from the lowest to the highest, or the mean with its standard error to both sides. */
export type BandKind = 'range' | 'error';

export interface PooledCurve {
  readonly x: readonly number[];
  /** Mean of the runs that have come so far. */
  readonly mean: Points;
  /** Null where fewer than two runs have a value. */
  readonly low: Points;
  readonly high: Points;
}

/**
 * The mean of several curves and its band, at each position that one of them has. Between two of its own values a curve
 * goes straight on; beyond its last one it says nothing, so a run that has come less far does not bend the mean there.
 * The standard error is sd / sqrt(n), with n - 1 in the deviation.
 */
export function pooledCurve(curves: readonly Curve[], kind: BandKind): PooledCurve {
  const { x, ys } = align(curves);
  const filled = ys.map((y) => interpolated(x, y));
  const at = x.map((_, i) => filled.map((y) => y[i] ?? null).filter((value) => value !== null));
  const edge = (values: readonly number[], side: 1 | -1): number | null => {
    if (values.length < 2) return null;
    if (kind === 'range') return side === 1 ? Math.max(...values) : Math.min(...values);
    return mean(values) + side * errorOfMean(values);
  };
  return {
    x,
    mean: at.map((values) => (values.length === 0 ? null : mean(values))),
    low: at.map((values) => edge(values, -1)),
    high: at.map((values) => edge(values, 1)),
  };
}

function errorOfMean(values: readonly number[]): number {
  const centre = mean(values);
  const variance = sum(values.map((value) => (value - centre) ** 2)) / (values.length - 1);
  return Math.sqrt(variance / values.length);
}

function interpolated(x: readonly number[], y: Points): Points {
  const there = y.flatMap((value, i) => (value === null ? [] : [i]));
  return y.map((value, i) => {
    if (value !== null) return value;
    const before = there.findLast((at) => at < i);
    const after = there.find((at) => at > i);
    if (before === undefined || after === undefined) return null;
    const [x0, x1, y0, y1] = [x[before] ?? 0, x[after] ?? 0, y[before] ?? 0, y[after] ?? 0];
    return y0 + ((y1 - y0) * ((x[i] ?? 0) - x0)) / (x1 - x0);
  });
}
