/** What an answer names as its sources, looked up. */
import type { Outcome } from '../types';
import type { EmailId, MailStore, Question } from './corpus/types';

export interface MailSourceOfAnswer {
  readonly id: EmailId;
  /** One of the mails that hold the answer; false for questions in own words. */
  readonly isReference: boolean;
  /** Null when there is no such mail. `date`: milliseconds since the epoch. */
  readonly email: {
    readonly from: string;
    readonly date: number | null;
    readonly subject: string;
    readonly body: string;
  } | null;
}

export function sourcesOf(
  { turns }: Outcome,
  question: Question,
  mail: Pick<MailStore, 'read'>,
): MailSourceOfAnswer[] {
  const last = turns.at(-1)?.calls.find((call) => 'source_message_ids' in call.arguments);
  const named = last?.arguments['source_message_ids'];
  const ids = Array.isArray(named) ? named.filter((id): id is EmailId => typeof id === 'string') : [];
  return [...new Set(ids)].map((id) => {
    const email = mail.read(id);
    return {
      id,
      isReference: question.emailIds.includes(id),
      email:
        email === null
          ? null
          : { from: email.from, date: email.date, subject: email.subject, body: email.body },
    };
  });
}
