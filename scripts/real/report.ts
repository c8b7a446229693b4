/** What the parts of `npm run test:real` find, as a table of Markdown. */

/** One thing that was compared. */
export interface Row {
  readonly part: string;
  readonly what: string;
  /** As it is to be read. */
  readonly found: string;
  /** What it is held against, '' for nothing. */
  readonly beside: string;
  readonly bound: string;
  readonly isMet: boolean;
}

/** A number that may be at most `bound`; one that is no number misses it. */
export function atMost(names: Pick<Row, 'part' | 'what'>, found: number, bound: number, beside = ''): Row {
  return { ...names, found: number(found), beside, bound: `≤ ${number(bound)}`, isMet: found <= bound };
}

export const number = (value: number): string =>
  value === 0 || (Math.abs(value) >= 0.01 && Math.abs(value) < 1e4)
    ? String(Number(value.toPrecision(3)))
    : value.toExponential(1);

export function table(rows: readonly Row[]): string {
  return [
    '| part | what | MailGym | beside | bound | |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows.map(
      ({ part, what, found, beside, bound, isMet }) =>
        `| ${[part, what, found, beside, bound, isMet ? 'ok' : '**missed**'].join(' | ')} |`,
    ),
  ].join('\n');
}
