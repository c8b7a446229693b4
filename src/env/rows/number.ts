/** Numbers as people write them in English text. */

const DIGITS = String.raw`(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+`;
const MAGNITUDE = String.raw`(?:${DIGITS})(?:e[-+]?\d+)?`;
/** A sign after a letter or a digit joins two words, as in `5-7` or `x-3`. */
const SIGN = String.raw`(?:(?<![\p{L}\p{N}])[-+−])?`;
/** Currency may stand between sign and digits. */
const NUMBER = String.raw`${SIGN}\s?[$€£¥]?\s?${MAGNITUDE}(?:\s?/\s?${MAGNITUDE})?`;

const ANYWHERE = new RegExp(NUMBER, 'giu');
const ALONE = new RegExp(String.raw`^[$€£¥]?\s?${NUMBER}\s?[%$€£¥]?\.?$`, 'iu');

/** The value of a text that is one number, with thousands commas, a fraction bar, a currency or a percent sign; else null. */
export function numberOf(text: string): number | null {
  const trimmed = text.trim();
  return ALONE.test(trimmed) ? lastNumber(trimmed) : null;
}

/** The last number in a text; null when there is none. A percent sign or currency does not change it. */
export function lastNumber(text: string): number | null {
  const found = text.match(ANYWHERE)?.at(-1);
  if (found === undefined) return null;
  const [above = NaN, below = 1] = found
    .replaceAll('−', '-')
    .replace(/[$€£¥,\s]/g, '')
    .split('/')
    .map(Number);
  const value = above / below;
  return Number.isFinite(value) ? value : null;
}
