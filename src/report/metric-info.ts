/** How a number that a run records is named, measured and written. Pure. */
import type { MetricUnit } from '../env/types';
import { english, NONE, type Formats } from './format';

/** Of an environment's metrics, or of what only the trainer measures. `whole`: a count that is never a mean. */
export type Unit = MetricUnit | 'whole' | 'reward' | 'bytes' | 'tokens per second';

export interface MetricEntry {
  /** Begins with a capital; the title of its chart. */
  readonly label: string;
  /** In a legend beside others of its chart; by default the label. */
  readonly short?: string;
  readonly unit: Unit;
  /** Values that a chart always shows; others widen it. By default what the unit says. */
  readonly range?: readonly [number, number];
  /** One or two sentences under its chart: what it is. */
  readonly caption: string;
  /** For the docs, after the caption: how exactly it is measured, and how to read it. Markdown. */
  readonly reading?: string;
  /** Depends on the clock or the device, not on the seed. */
  readonly clock?: true;
  /** On the console's line of a step: label and digits after the point (of the percentage, for shares). */
  readonly console?: { readonly label: string; readonly digits: number };
}

/** An entry of a table, with the name under which a record has it. */
export interface NamedMetric extends MetricEntry {
  readonly name: string;
}

const RANGES: Readonly<Partial<Record<Unit, readonly [number, number]>>> = {
  share: [0, 1],
  count: [0, 0],
  whole: [0, 1],
  tokens: [0, 0],
  seconds: [0, 0],
  bytes: [0, 0],
  'tokens per second': [0, 0],
};

export function rangeOf({ unit, range }: Pick<MetricEntry, 'unit' | 'range'>): MetricEntry['range'] {
  return range ?? RANGES[unit];
}

/** A value for people, with its unit where that is not plain from the label. */
export function metricText(
  value: number | null | undefined,
  unit: Unit,
  { percent, signed, seconds, number, bytes, integer }: Formats = english,
): string {
  if (value === null || value === undefined) return NONE;
  switch (unit) {
    case 'share':
      return percent(value);
    case 'reward':
      return signed(value);
    case 'seconds':
      return seconds(value);
    case 'bytes':
      return bytes(value);
    case 'whole':
      return integer(value);
    case 'count':
    case 'tokens':
    case 'tokens per second':
    case 'nats':
    case 'none':
      return number(value);
  }
}

/** On the console, where digits stay the same from line to line. */
export function consoleText(value: number | null | undefined, unit: Unit, digits: number): string {
  if (value === null || value === undefined) return 'n/a';
  return unit === 'share' ? `${(100 * value).toFixed(digits)}%` : value.toFixed(digits);
}
