/** What an answer names as its sources, looked up, with its words marked. */
import type { Outcome } from '../types';
import type { EmailId, MailStore, Question } from './corpus/types';
import { answerMarks, evidenceMarks, shownMail } from './own/marks';
import type { ShownMail } from './own/types';

export interface MailSourceOfAnswer {
  readonly id: EmailId;
  /** One of the mails that hold the answer; false for questions in own words. */
  readonly isReference: boolean;
  /** Null when there is no such mail. Without a mark when no word of the answer stands in it. */
  readonly email: ShownMail | null;
}

export function sourcesOf(
  { turns, answer }: Outcome,
  question: Question,
  mail: Pick<MailStore, 'read'>,
): MailSourceOfAnswer[] {
  const last = turns.at(-1)?.calls.find((call) => 'source_message_ids' in call.arguments);
  const named = last?.arguments['source_message_ids'];
  const ids = Array.isArray(named) ? named.filter((id): id is EmailId => typeof id === 'string') : [];
  return [...new Set(ids)].map((id) => {
    const email = mail.read(id);
    if (email === null) return { id, isReference: question.emailIds.includes(id), email: null };
    const shown = shownMail(email);
    const isReference = question.emailIds.includes(id);
    const isGold = isReference && answer === question.answer;
    const marks = isGold ? evidenceMarks(shown, email, question) : answerMarks(shown, [answer ?? '']);
    return { id, isReference, email: { ...shown, marks } };
  });
}
