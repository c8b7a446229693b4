/** Numbers and comparisons in words, and Markdown. */
import { number, percent } from '../../src/report/format';
import { paired, spreadOf, type SeedValue, type Spread } from '../../src/report/spread';

export const NOT_MEASURED = 'not measured';

export const share = (value: number): string => percent(value, 1);
export const plain = (value: number): string => number(value);
export const seconds = (value: number): string => `${number(value)} s`;
export const tokens = (value: number): string => Math.round(value).toLocaleString('en-GB');

/** `14.2 points`, without sign. */
export function points(difference: number): string {
  return `${Math.abs(100 * difference).toFixed(1)} points`;
}

/** `+14.2` or `−3.0`, in points. */
export function signedPoints(difference: number): string {
  const value = 100 * difference;
  const text = Math.abs(value).toFixed(1);
  return `${Number(text) === 0 ? '' : value > 0 ? '+' : '−'}${text}`;
}

/** Fixed digits, with a true minus sign. */
export function fixed(value: number, digits = 2): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** `84.3 % (81.0 % to 87.2 %)`; the bounds only where they differ. */
export function spreadText(spread: Spread | null, format: (value: number) => string): string {
  if (spread === null) return NOT_MEASURED;
  const [mean, min, max] = [format(spread.mean), format(spread.min), format(spread.max)];
  return min === max ? mean : `${mean} (${min} to ${max})`;
}

export function list(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** "1 seed", "3 seeds". */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** Rows of cells as a Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text of a policy or a tool inside Markdown. */
export function code(text: string): string {
  const safe = text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('|', '&#124;')
    .replaceAll('\n', '⏎');
  return `<code>${safe}</code>`;
}

export interface Side {
  readonly name: string;
  readonly values: readonly SeedValue[];
}

/**
 * One sentence that compares shares of two modes seed by seed and claims an order only where every seed agrees.
 * Null when no seed has both. @param what `the accuracy on test questions (greedy)`, @param when `After 60 steps`
 */
export function compareShares(when: string, what: string, a: Side, b: Side): string | null {
  const pair = paired(a.values, b.values);
  const [meanA, meanB] = [a, b].map(({ values }) => spreadOf(values.map(({ value }) => value))?.mean);
  if (pair === null || meanA === undefined || meanB === undefined) return null;
  const { difference, ahead, behind, seeds } = pair;
  const opening =
    `${when}, ${what} is ${share(meanA)} in mode ${a.name} and ${share(meanB)} in mode ${b.name}` +
    (seeds > 1 ? ` (means over ${seeds} seeds)` : '');
  const word = difference.mean > 0 ? 'higher' : 'lower';
  const range =
    seeds > 1 ? `, by ${signedPoints(difference.min)} to ${signedPoints(difference.max)} points` : '';
  if (ahead === 0 && behind === 0) return `${opening}: no difference.`;
  if (ahead === seeds || behind === seeds) {
    const every = seeds > 1 ? ` on average, and ${word} in every seed${range}` : ' in the one seed there is';
    return `${opening}: ${a.name} is ${points(difference.mean)} ${word}${every}.`;
  }
  const equal = seeds - ahead - behind;
  const counts = [`higher in ${ahead}`, `lower in ${behind}`, ...(equal > 0 ? [`equal in ${equal}`] : [])];
  return (
    `${opening}, but the seeds disagree: ${a.name} is ${list(counts)} of ${seeds}${range}. ` +
    'These runs do not settle which is better.'
  );
}
