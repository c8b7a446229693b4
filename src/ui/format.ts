/** Numbers and times in the page's language. */
import { formatsOf, type Formats, type FormatWords } from '../report/format';
import { metricText as textOfMetric, type Unit } from '../report/metric-info';
import { catalogue } from './texts/language';

export { NONE } from '../report/format';

const made = new WeakMap<FormatWords, Formats>();

function formats(): Formats {
  const words = catalogue.value.format;
  const there = made.get(words) ?? formatsOf(words);
  made.set(words, there);
  return there;
}

export const number: Formats['number'] = (value, digits) => formats().number(value, digits);
export const tick: Formats['tick'] = (value) => formats().tick(value);
export const signed: Formats['signed'] = (value, digits) => formats().signed(value, digits);
export const fixed: Formats['fixed'] = (value, digits) => formats().fixed(value, digits);
export const percent: Formats['percent'] = (share, digits) => formats().percent(share, digits);
export const integer: Formats['integer'] = (value) => formats().integer(value);
export const bytes: Formats['bytes'] = (value) => formats().bytes(value);
export const duration: Formats['duration'] = (seconds) => formats().duration(seconds);
export const remaining: Formats['remaining'] = (seconds) => formats().remaining(seconds);
export const date: Formats['date'] = (day) => formats().date(day);
export const moment: Formats['moment'] = (date) => formats().moment(date);
export const list: Formats['list'] = (items) => formats().list(items);
export const visibleToken: Formats['visibleToken'] = (text) => formats().visibleToken(text);

/** A value of a metric, with its unit where that is not plain from the label. */
export function metricText(value: number | null | undefined, unit: Unit): string {
  return textOfMetric(value, unit, formats());
}
