/**
 * Dates of mail headers. `Date.parse` is not used on them: it reads a date without zone in the machine's zone and finds
 * dates in arbitrary words.
 */

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Zone names of RFC 5322 section 4.3, minutes east of UTC. Any other name counts as UTC, as that section asks. */
const ZONES: Readonly<Record<string, number>> = {
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
};

/** [weekday,] day month year time [zone], month as a name, with the obsolete forms of RFC 5322. */
const RFC5322 = /^(?:[a-z]+\.?,?\s*)?(\d{1,2})[\s-]+([a-z]{3})[a-z]*\.?,?[\s-]+(\d{2,4})(?:,?\s+(.*))?$/i;
/** C's asctime: weekday month day time [zone] year. */
const ASCTIME =
  /^[a-z]+,?\s+([a-z]{3})[a-z]*\s+(\d{1,2})\s+(\d{1,2}:\S+)\s+(?:([a-z]+|[+-]\d{4})\s+)?(\d{4})\b/i;
const TIME = /^(\d{1,2})[:.](\d{1,2})(?:[:.](\d{1,2})(?:\.\d+)?)?\s*(am|pm)?\s*(.*)$/i;
const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** Milliseconds since the epoch, UTC, whole seconds; null when no date can be read. A date without zone is UTC. */
export function parseMailDate(header: string): number | null {
  const text = withoutComments(header).replace(/\s+/g, ' ').trim();
  const iso = ISO.exec(text);
  if (iso !== null) {
    const [, year, month, day, hour = '0', minute = '0', second = '0', zone = 'Z'] = iso;
    return utc(
      Number(year),
      Number(month) - 1,
      Number(day),
      [Number(hour), Number(minute), Number(second)],
      offset(zone),
    );
  }
  const asctime = ASCTIME.exec(text);
  if (asctime !== null) {
    const [, month = '', day, time = '', zone = '', year = ''] = asctime;
    return compose(year, month, day, `${time} ${zone}`);
  }
  const rfc = RFC5322.exec(text);
  if (rfc === null) return null;
  const [, day, month = '', year = '', time = ''] = rfc;
  return compose(year, month, day, time);
}

/** Day, month and year as numbers, then perhaps a time: what spreadsheets and mail programs write into tables. */
const NUMERIC = /^(?:[a-z]{2,9}\.?,?\s+)?(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})(?:[,\s]+(?:at\s+)?(.*))?$/i;
/** January 31, 2024 3:15 PM */
const MONTH_FIRST =
  /^(?:[a-z]+,?\s+)?([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?:,?\s+(?:at\s+)?(.*))?$/i;

/**
 * Dates of tables: those of mail headers and numeric ones. A date without zone is UTC.
 * @param dayFirst how to read numbers that could be both, as in 3/4/2025; dots always put the day first
 */
export function parseTableDate(text: string, dayFirst: boolean): number | null {
  const plain = text.replace(/[\s\u202f\u00a0]+/g, ' ').trim();
  const header = parseMailDate(plain);
  if (header !== null) return header;
  const words = MONTH_FIRST.exec(plain);
  if (words !== null) {
    const [, month = '', day, year = '', time = ''] = words;
    return compose(year, month.slice(0, 3), day, time);
  }
  const numbers = NUMERIC.exec(plain);
  if (numbers === null) return null;
  const [, first = '', second = '', third = '', time = ''] = numbers;
  if (first.length === 4) return composeNumbers(first, second, third, time);
  const first12 = Number(first) <= 12;
  const dayLeads = !first12 || (Number(second) <= 12 && (dayFirst || plain.includes('.')));
  return dayLeads ? composeNumbers(third, second, first, time) : composeNumbers(third, first, second, time);
}

/** Whether dates of one table put the day first: what the unmistakable ones among them do; false when there are none. */
export function dayFirstOf(texts: readonly string[]): boolean {
  let day = 0;
  let month = 0;
  for (const text of texts) {
    const [, first = '', second = ''] = NUMERIC.exec(text.trim()) ?? [];
    if (first.length > 2) continue;
    if (Number(first) > 12) day++;
    else if (Number(second) > 12) month++;
  }
  return day > month;
}

function composeNumbers(year: string, month: string, day: string, time: string): number | null {
  return compose(year, MONTHS[Number(month) - 1] ?? '', day, time);
}

function compose(year: string, month: string, day: string | undefined, timeAndZone: string): number | null {
  const monthIndex = MONTHS.indexOf(month.toLowerCase());
  if (monthIndex < 0) return null;
  const time = TIME.exec(timeAndZone);
  if (time === null && timeAndZone.trim() !== '') return null;
  const [, hour = '0', minute = '0', second = '0', half = '', zone = ''] = time ?? [];
  const hours = half === '' ? Number(hour) : (Number(hour) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  return utc(
    fullYear(Number(year)),
    monthIndex,
    Number(day),
    [hours, Number(minute), Number(second)],
    offset(zone),
  );
}

/** RFC 5322 section 4.3 for short years. Years below 50 written with four digits (0001) are broken clocks: same rule. */
function fullYear(year: number): number {
  if (year < 50) return year + 2000;
  return year < 1000 ? year + 1900 : year;
}

function utc(
  year: number,
  month: number,
  day: number,
  [hour, minute, second]: readonly [number, number, number],
  east: number | null,
): number | null {
  const valid = month >= 0 && month < 12 && day >= 1 && hour < 24 && minute < 60 && second <= 60;
  if (!valid || east === null) return null;
  const midnight = Date.UTC(year, month, day);
  if (new Date(midnight).getUTCDate() !== day) return null;
  return midnight + ((hour * 60 + minute - east) * 60 + second) * 1000;
}

/** Minutes east of UTC, 0 for an unknown zone name, null for an impossible number. */
function offset(zone: string): number | null {
  const numeric = /^(?:gmt|utc?)?\s*([+-])(\d{1,2}):?(\d{2})/i.exec(zone);
  if (numeric === null) return ZONES[/^[a-z]+/i.exec(zone)?.[0].toUpperCase() ?? ''] ?? 0;
  const minutes = Number(numeric[2]) * 60 + Number(numeric[3]);
  if (minutes >= 24 * 60) return null;
  return numeric[1] === '-' ? -minutes : minutes;
}

/** Drops `(…)` comments, which may nest; an unclosed one reaches to the end. */
function withoutComments(text: string): string {
  let depth = 0;
  let kept = '';
  for (const character of text) {
    if (character === '(') depth++;
    else if (character === ')' && depth > 0) depth--;
    else if (depth === 0) kept += character;
  }
  return kept;
}
