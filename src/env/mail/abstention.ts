/** The one accepted way to say that the mailbox does not hold the answer. */
import type { Question } from './corpus/types';

/** Text of an abstaining final answer, and gold answer of an unanswerable question. */
export const I_DONT_KNOW = "I don't know";

/** `exact` takes only {@link I_DONT_KNOW}; `normalised` ignores case, apostrophes and end punctuation. */
export type AbstentionMatch = 'exact' | 'normalised';

const NORMALISED_FORMS = new Set(['i dont know', 'i do not know']);

export function isAbstention(answer: string, match: AbstentionMatch): boolean {
  if (match === 'exact') return answer === I_DONT_KNOW;
  const words = answer
    .normalize('NFKC')
    .toLowerCase()
    .replace(/['’‘`´]/g, '')
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
  return NORMALISED_FORMS.has(words);
}

/** True when abstaining is the right final answer. */
export function isUnanswerable(question: Pick<Question, 'answer' | 'emailIds'>): boolean {
  if (isAbstention(question.answer, 'normalised')) return true;
  return question.answer.trim() === '' && question.emailIds.length === 0;
}
