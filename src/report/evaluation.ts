/** A finished evaluation in words, for console and page. Pure. */
import { NONE, percent } from './format';

interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** An accuracy with its 95 % interval, where there is one: "75 % (95 %: 60 to 86 %)". */
export function accuracyText(accuracy: number, interval: Bounds | null, digits = 0): string {
  const range =
    interval === null
      ? ''
      : ` (95 %: ${(100 * interval.low).toFixed(digits)} to ${percent(interval.high, digits)})`;
  return percent(accuracy, digits) + range;
}

/** What several tries at each question tell; null where one was made. */
export function triesText(
  report: {
    readonly passAtK?: Readonly<Record<string, number | null>>;
    readonly agreement?: number;
  },
  digits = 0,
): string | null {
  const { passAtK, agreement } = report;
  if (passAtK === undefined || agreement === undefined) return null;
  const chances = Object.entries(passAtK).map(
    ([k, chance]) => `pass@${k} ${chance === null ? NONE : percent(chance, digits)}`,
  );
  return `${chances.join(', ')}; ${percent(agreement, digits)} of a question's tries agree`;
}
