/** Whose mailboxes a collection of mail is: the few addresses that between them take part in most of it. */
import { participants } from '../../corpus/dataset';
import type { Email } from '../../corpus/types';

/** An address that adds a smaller share of the mail, or fewer mails, is a correspondent. */
const SMALLEST_SHARE = 0.01;
const FEWEST_MAILS = 5;

/**
 * The mailbox of each mail, in order; null for mail in none. Addresses are taken greedily: the one with the most mail that
 * no earlier one has, ties by the alphabet.
 * @param owner addresses of the person whose mail it is: no other is a mailbox then, and none has too little mail
 */
export function inboxesOf(emails: readonly Email[], owner: readonly string[] = []): (string | null)[] {
  const own = new Set(owner);
  const people = emails.map((email) => {
    const all = participants(email);
    return own.size === 0 ? all : new Set([...all].filter((address) => own.has(address)));
  });
  const inbox = emails.map((): string | null => null);
  const counts = new Map<string, number>();
  for (const addresses of people)
    for (const address of addresses) counts.set(address, (counts.get(address) ?? 0) + 1);
  const least =
    own.size > 0
      ? 1
      : Math.max(Math.min(FEWEST_MAILS, emails.length), Math.ceil(emails.length * SMALLEST_SHARE));
  for (;;) {
    let best = '';
    let most = 0;
    for (const [address, count] of counts) {
      if (count > most || (count === most && address < best)) [best, most] = [address, count];
    }
    if (most < least || most === 0) return inbox;
    for (const [i, addresses] of people.entries()) {
      if (inbox[i] !== null || !addresses.has(best)) continue;
      inbox[i] = best;
      for (const address of addresses) counts.set(address, (counts.get(address) ?? 1) - 1);
    }
  }
}
