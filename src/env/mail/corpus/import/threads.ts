/** Which mails belong to one conversation. */
import { REPLY_PREFIX } from '../reply-prefix';
import { Unions } from '../unions';
import type { MailFields } from './message';

const DAY = 86_400_000;
/** An answer without References belongs to a mail of equal subject only within so long after it. */
const MAX_PAUSE = 30 * DAY;
const ANSWER = new RegExp(`^\\s*(?:${REPLY_PREFIX})+`, 'i');

/** One mail as far as conversations go. */
export type ThreadMail = Pick<
  MailFields,
  'messageId' | 'references' | 'subject' | 'date' | 'from' | 'to' | 'cc' | 'bcc'
> & {
  /** The conversation that its mailbox put it in, such as Gmail's X-GM-THRID. */
  readonly conversation?: string;
};

/**
 * For each mail the index of the first mail of its conversation. Mails are joined by Message-ID, References and
 * In-Reply-To, also where the mail between them is missing. A mail without these whose subject says that it answers
 * joins the latest mail of that subject that its sender had sent or received or whose sender it goes to, not more than
 * 30 days before: same subject alone would join what has nothing to do with each other.
 */
export function findThreads(mails: readonly ThreadMail[]): readonly number[] {
  const threads = new Unions(mails.length);
  const byKey = new Map<string, number>();
  for (const [i, { messageId, references = [], conversation }] of mails.entries()) {
    const keys = [messageId, ...references].filter((id) => id !== '').map((id) => `<${id}`);
    if (conversation !== undefined && conversation !== '') keys.push(`:${conversation}`);
    for (const key of keys) {
      const other = byKey.get(key);
      if (other === undefined) byKey.set(key, i);
      else threads.join(i, other);
    }
  }
  joinBySubject(mails, threads);
  return mails.map((_, i) => threads.root(i));
}

/** A subject without prefixes of answers, in one form; what conversations have in common. */
export function threadSubject(subject: string): string {
  return subject.replace(ANSWER, '').replace(/\s+/g, ' ').trim().toLowerCase();
}

function joinBySubject(mails: readonly ThreadMail[], threads: Unions): void {
  const bySubject = new Map<string, number[]>();
  for (const [i, { subject, date }] of mails.entries()) {
    const key = threadSubject(subject);
    if (key === '' || date === null) continue;
    const list = bySubject.get(key);
    if (list === undefined) bySubject.set(key, [i]);
    else list.push(i);
  }
  for (const list of bySubject.values()) {
    if (list.length < 2) continue;
    const sorted = list.toSorted((a, b) => (mails[a]?.date ?? 0) - (mails[b]?.date ?? 0) || a - b);
    for (const [at, i] of sorted.entries()) {
      const mail = mails[i];
      if (mail === undefined || (mail.references?.length ?? 0) > 0 || !ANSWER.test(mail.subject)) continue;
      // Looking back over a few is enough: an answer follows what it answers.
      for (let before = at - 1; before >= Math.max(0, at - 20); before--) {
        const j = sorted[before] ?? 0;
        const other = mails[j];
        if (other === undefined || (mail.date ?? 0) - (other.date ?? 0) > MAX_PAUSE) break;
        if (!shareSender(mail, other)) continue;
        threads.join(i, j);
        break;
      }
    }
  }
}

function shareSender(answer: ThreadMail, earlier: ThreadMail): boolean {
  if (answer.from === '' || earlier.from === '') return false;
  const had = earlier.from === answer.from || recipients(earlier).includes(answer.from);
  return had || recipients(answer).includes(earlier.from);
}

function recipients({ to, cc, bcc }: ThreadMail): string[] {
  return [...to, ...cc, ...bcc];
}
