/** Conversations, and the groups of them that must not be torn apart by a split. */
import type { Email } from '../../corpus/types';
import { Unions } from '../../corpus/unions';
import { fingerprintOf } from './bulk';
import { bareSubject } from './subject';

export interface Threads {
  /** One per mail, in order. */
  readonly thread: readonly number[];
  readonly group: readonly string[];
}

const DAY = 86_400_000;
/** Mails with one subject count as one conversation while no gap is longer. */
const LONGEST_GAP = 30 * DAY;
/** Subjects of fewer letters say nothing about what belongs together. */
const SHORTEST_SUBJECT = 6;

/**
 * A conversation: equal thread ids, or equal subjects that follow each other within a month, or equal text. A group: the
 * conversations with one subject, whenever they were.
 */
export function threadsAndGroups(emails: readonly Email[]): Threads {
  const threads = new Unions(emails.length);
  const groups = new Unions(emails.length);
  const both = (a: number, b: number): void => {
    threads.join(a, b);
    groups.join(a, b);
  };
  const bySubject = new Map<string, number[]>();
  const firstOf = new Map<string, number>();
  const joinByKey = (key: string, i: number): void => {
    const first = firstOf.get(key);
    if (first === undefined) firstOf.set(key, i);
    else both(first, i);
  };
  for (const [i, email] of emails.entries()) {
    if (email.threadId !== undefined) joinByKey(`thread ${email.threadId}`, i);
    const fingerprint = fingerprintOf(email.body);
    if (fingerprint !== '') joinByKey(`text ${fingerprint}`, i);
    const subject = subjectKey(email);
    if (subject.length < SHORTEST_SUBJECT) continue;
    const mails = bySubject.get(subject);
    if (mails === undefined) bySubject.set(subject, [i]);
    else mails.push(i);
  }
  const date = (i: number): number => emails[i]?.date ?? 0;
  for (const mails of bySubject.values()) {
    mails.sort((a, b) => date(a) - date(b) || a - b);
    for (const [at, mail] of mails.entries()) {
      const before = mails[at - 1];
      if (before === undefined) continue;
      groups.join(before, mail);
      if (date(mail) - date(before) <= LONGEST_GAP) threads.join(before, mail);
    }
  }
  // Named by the smallest Message-ID in it, so that the name does not hang on the order of files.
  const names = new Map<number, string>();
  for (const [i, { messageId, id }] of emails.entries()) {
    const root = groups.root(i);
    const name = messageId || id;
    const known = names.get(root);
    if (known === undefined || name < known) names.set(root, name);
  }
  return {
    thread: emails.map((_, i) => threads.root(i)),
    group: emails.map((_, i) => names.get(groups.root(i)) ?? ''),
  };
}

function subjectKey({ subject }: Email): string {
  return bareSubject(subject)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
