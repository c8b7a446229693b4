/** Where in a mail an answer stands. */
import type { Email, EvidenceField, Question } from '../corpus/types';
import type { ShownMail, ShownMark } from './types';

/** Marks of one text; a mail that repeats a word without end is not marked without end. */
const MOST_MARKS = 40;
/** Words that say nothing when they stand alone. */
const COMMON = new Set(
  'the and for with that this from are was were has have had not but you your our his her its their they them will would can could about'.split(
    ' ',
  ),
);

/**
 * The words of an answer in a mail: the answer as a whole, however its words are spaced and written; where that stands
 * nowhere, its telling words one by one. Empty when none of them is there.
 */
export function answerMarks(
  mail: Omit<ShownMail, 'marks'>,
  answers: readonly string[],
): readonly ShownMark[] {
  for (const answer of answers) {
    const words = answer.match(/[\p{L}\p{N}]+/gu) ?? [];
    if (words.length === 0) continue;
    const [, before = '', after = ''] =
      /^([^\s\p{L}\p{N}]*).*?([^\s\p{L}\p{N}]*)$/su.exec(answer.trim()) ?? [];
    const inner = words.map(quoted).join('[^\\p{L}\\p{N}]{1,3}');
    const whole = marksOf(mail, `${optional(before)}${inner}${optional(after)}`);
    if (whole.length > 0) return whole;
  }
  const words = answers.flatMap((answer) => answer.match(/[\p{L}\p{N}]+/gu) ?? []);
  const telling = words.filter(
    (word) => (word.length > 2 || /\d/.test(word)) && !COMMON.has(word.toLowerCase()),
  );
  return telling.length === 0 ? [] : marksOf(mail, [...new Set(telling)].map(quoted).join('|'));
}

/** The evidence of a question, and where it has none for this mail, the words of its answer. */
export function evidenceMarks(
  mail: Omit<ShownMail, 'marks'>,
  { messageId }: Pick<Email, 'messageId'>,
  question: Pick<Question, 'evidence' | 'answer' | 'aliases'>,
): readonly ShownMark[] {
  const own = (question.evidence ?? []).filter((one) => messageId !== '' && one.messageId === messageId);
  const marks = own.filter(({ field, start, end }) => start < end && end <= textOf(mail, field).length);
  if (marks.length > 0) return marks.map(({ field, start, end }) => ({ field, start, end }));
  return answerMarks(mail, [question.answer, ...question.aliases]);
}

export function shownMail(email: Email): Omit<ShownMail, 'marks'> {
  const { id, from, to, subject, body, date } = email;
  return {
    id,
    from,
    to,
    subject,
    body,
    date: date === null ? null : new Date(date).toISOString().slice(0, 10),
  };
}

const FIELDS = ['subject', 'from', 'to', 'date', 'body'] as const;

/** As the page shows a field; of the recipients the first, which questions ask for. */
export function textOf(
  { from, to, date, subject, body }: Omit<ShownMail, 'marks'>,
  field: EvidenceField | 'subject',
): string {
  return { from, to: to[0] ?? '', date: date ?? '', subject, body }[field];
}

function marksOf(mail: Omit<ShownMail, 'marks'>, pattern: string): ShownMark[] {
  const words = new RegExp(`(?<![\\p{L}\\p{N}])(?:${pattern})(?![\\p{L}\\p{N}])`, 'giu');
  return FIELDS.flatMap((field) =>
    firstOf(textOf(mail, field).matchAll(words), MOST_MARKS).map(({ index, 0: { length } }) => ({
      field,
      start: index,
      end: index + length,
    })),
  );
}

function firstOf<T>(all: Iterable<T>, most: number): T[] {
  const first: T[] = [];
  for (const one of all) {
    first.push(one);
    if (first.length === most) break;
  }
  return first;
}

/** Signs such as $ and %, where they stand there too. */
function optional(signs: string): string {
  return signs === '' ? '' : `(?:${quoted(signs)})?`;
}

function quoted(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
