/** A kind of value that mail holds and that one can ask for. */
import type { Span } from '../types';

export interface FoundValue extends Span {
  /** As the mail writes it: the answer. */
  readonly text: string;
  /** What it is, as "the passcode"; null where only the kind is known. Values with a label are asked for by it. */
  readonly what: string | null;
  /** Whole question for it, with `{mail}`; absent where the kind's own wordings serve. */
  readonly asks?: readonly string[];
}

export interface ValueKind {
  readonly id: string;
  /** 1 (easy) to 3. */
  readonly level: number;
  /** Values fit to be an answer, ascending, without overlap. */
  find(text: string): FoundValue[];
  /**
   * Places that a reader could take for such a value, finished or not: where they are more than the values found, the kind
   * alone does not tell which is meant. Global.
   */
  readonly hints: RegExp;
  /** Questions by the kind alone, with `{mail}`; empty for kinds that are asked for by their label only. */
  readonly asks: readonly string[];
  /** Questions by a label, with `{what}` and `{mail}`. */
  readonly asksWhat: readonly string[];
}

/** For labels that are things given: a code, an address, a number. */
export const ASKS_WHAT: readonly string[] = [
  'What is {what} given in {mail}?',
  'What is {what} in {mail}?',
  'According to {mail}, what is {what}?',
  'Which value does {mail} give for {what}?',
];

/** All matches as values; the group `value`, where there is one, is the answer. */
export function findAll(
  text: string,
  pattern: RegExp,
  what: (match: RegExpMatchArray) => string | null = () => null,
): FoundValue[] {
  return Array.from(text.matchAll(pattern), (match): FoundValue => {
    const value = match.groups?.['value'] ?? match[0];
    const start = match.index + match[0].indexOf(value);
    return { start, end: start + value.length, text: value, what: what(match) };
  });
}

/** Without what is the beginning or end of a range or of a choice: "2 to 4 pm", "June 5-7", "$3 or $4". */
export function withoutRanges(text: string, values: readonly FoundValue[]): FoundValue[] {
  return values.filter(({ start, end }) => {
    const before = text.slice(Math.max(0, start - 12), start);
    const after = text.slice(end, end + 12);
    return (
      !/(?:\d|[ap]\.?m\.?|\b(?:st|nd|rd|th)\b)\s*(?:-+|–|—|to|thru|through|and|or|&|\/)\s*$/i.test(before) &&
      !/^\s*(?:-+|–|—|to|thru|through|and|or|&|\/)\s*(?:approximately |about )?[$€£]?\d/i.test(after) &&
      !/\b(?:between|from)\s*$/i.test(before)
    );
  });
}

/** The stretch of one sentence or line around a place, up to it. */
export function sentenceBefore(text: string, at: number): string {
  const before = text.slice(Math.max(0, at - 160), at);
  return (
    before
      .split(/[.?!;]\s|\n\s*\n|\n\s*[-*•]|\t/)
      .at(-1)
      ?.replace(/\s+/g, ' ') ?? ''
  );
}
