/** Values that are written in several pieces: ranges, "1 hour 30 minutes", "down 3.2%". */
import type { Token } from './tokens';
import { classOf } from './values/same';
import { baseAmount, dimensionOf } from './values/units';
import type { Quantity, Value } from './values/types';
import { CHANGES } from './words';

const THROUGH = new Set(['to', 'until', 'till', 'through', 'thru']);
const COMPOUND = new Set(['duration', 'length', 'mass']);

export function mergeValues(tokens: readonly Token[]): Token[] {
  return mergeRanges(mergeCompounds(withSigns(tokens)));
}

const FALLS = /^(?:down|fell|fall|drop|dropped|decline|declined|decrease|decreased|loss|lost|falling)$/;

/** "a fall of 3.2%" is written down as its own reading, since only a negative gold value asks for it. */
function withSigns(tokens: readonly Token[]): Token[] {
  return tokens.map((token, i) => {
    const { value } = token;
    if (value?.kind !== 'quantity' || value.amount <= 0 || value.other !== undefined) return token;
    const before = [tokens[i - 1]?.text ?? '', tokens[i - 2]?.text ?? ''];
    const falls =
      FALLS.test(before[0] ?? '') || (/^(?:of|by)$/.test(before[0] ?? '') && FALLS.test(before[1] ?? ''));
    return falls ? { ...token, value: { ...value, other: { ...value, amount: -value.amount } } } : token;
  });
}

/** "1 hour and 30 minutes", "5 ft 10 in", "$5 million 200 thousand" stay apart but for the first two kinds. */
function mergeCompounds(tokens: readonly Token[]): Token[] {
  const merged: Token[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as Token;
    const last = merged.at(-1);
    const isAnd = token.text === 'and' && token.gap.trim() === '';
    const part = isAnd ? tokens[i + 1] : token;
    const sum = last === undefined || part === undefined ? null : sumOf(last, part);
    if (sum !== null && last !== undefined) {
      merged[merged.length - 1] = { ...last, value: sum, text: last.text + (part?.text ?? '') };
      if (isAnd) i++;
      continue;
    }
    merged.push(token);
  }
  return merged;
}

function sumOf({ value: a }: Token, { value: b, gap }: Token): Quantity | null {
  if (a?.kind !== 'quantity' || b?.kind !== 'quantity' || !/^\s*,?\s*$/.test(gap)) return null;
  if (a.unit === null || b.unit === null || a.unit === b.unit) return null;
  const dimension = dimensionOf(a);
  if (dimension === null || dimension !== dimensionOf(b) || !COMPOUND.has(dimension)) return null;
  const one = baseAmount({ ...a, amount: 1 });
  if (baseAmount(b) >= one) return null;
  return { ...a, amount: a.amount + baseAmount(b) / one, digits: '' };
}

function mergeRanges(tokens: readonly Token[]): Token[] {
  const merged: Token[] = [];
  // "moved from 3 pm to 5 pm" names one time: the second.
  let isChange = false;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as Token;
    if (CHANGES.has(token.text)) isChange = true;
    if (/[.;!?]\s|\n/.test(token.gap)) isChange = false;
    const last = merged.at(-1);
    const isBetween = token.text === 'and' && merged.at(-2)?.text === 'between';
    const joins = THROUGH.has(token.text) || isBetween;
    const end = joins ? tokens[i + 1] : token;
    const isDash = !joins && /^\s*-\s*$/.test(token.gap);
    if (last !== undefined && end !== undefined && (joins || isDash) && !(isChange && token.text === 'to')) {
      const range = rangeOf(last.value, end.value);
      if (range !== null) {
        merged[merged.length - 1] = { ...last, value: range, text: `${last.text}-${end.text}` };
        if (joins) i++;
        continue;
      }
    }
    merged.push(token);
  }
  return merged;
}

function rangeOf(from: Value | null, to: Value | null): Value | null {
  if (from === null || to === null || from.kind === 'range' || to.kind === 'range') return null;
  if (from.kind === 'phone' || to.kind === 'phone') return null;
  const [a, b] = withUnit(from, to);
  return classOf(a) === classOf(b) ? { kind: 'range', from: a, to: b } : null;
}

/** "5 to 10 days": the unit is said once. */
function withUnit(from: Value, to: Value): [Value, Value] {
  if (from.kind === 'quantity' && to.kind === 'quantity') {
    if (from.unit === null && to.unit !== null) return [{ ...from, unit: to.unit }, to];
    if (to.unit === null && from.unit !== null) return [from, { ...to, unit: from.unit }];
  }
  return [from, to];
}
