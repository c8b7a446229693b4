/** Questions that sound like the others and that nothing in the mailbox answers. */
import { Random } from '../../../../random/philox';
import { I_DONT_KNOW } from '../../abstention';
import type { Mailbox } from '../mail/mailbox';
import type { MailReference, PreparedMail, Proposal, Topic } from '../types';
import { VALUE_KINDS, type ValueKind } from '../values';
import { holdsHint } from './values';

/** Kinds whose absence can be seen: a reader who finds nothing of the form has not overlooked it. */
const ABSENT = VALUE_KINDS.filter(({ id }) =>
  ['phone', 'amount', 'time', 'date', 'email-address', 'web-address'].includes(id),
);

/** A search that finds as many mails may have left some out. */
const MANY = 10;

/** At most one for a mail: a value that its conversation does not hold, or a sender who never wrote about it. */
export function proposeUnanswerable(mail: PreparedMail, mailbox: Mailbox, seed: number): Proposal[] {
  const { inbox, topic } = mail;
  if (inbox === null || topic === null || topic.words.length < 2 || mail.email.body.trim().length < 80)
    return [];
  const random = new Random(seed, `unanswerable ${mail.email.messageId}`);
  const [kind] = random.shuffle(ABSENT);
  if (kind === undefined) return [];
  const proposal =
    random.uniform() < 0.6 ? absentValue(mail, kind, mailbox) : absentSender(mail, kind, mailbox, random);
  return proposal === null ? [] : [proposal];
}

function absentValue(mail: PreparedMail, kind: ValueKind, mailbox: Mailbox): Proposal | null {
  const { inbox, topic } = mail;
  if (inbox === null || topic === null) return null;
  const reference: MailReference = { topic, sender: null, day: null };
  const about = near(mail, topic, mailbox, inbox);
  if (about === null) return null;
  if (about.some((other) => holdsHint(kind, other) || mailbox.values(other, kind).length > 0)) return null;
  return unanswerable(mail, reference, kind, 'absent-value');
}

/** Somebody who writes to the inbox, but neither in the conversation nor in any mail with the words of its subject. */
function absentSender(
  mail: PreparedMail,
  kind: ValueKind,
  mailbox: Mailbox,
  random: Random,
): Proposal | null {
  const { inbox, topic } = mail;
  if (inbox === null || topic === null) return null;
  const about = near(mail, topic, mailbox, inbox);
  const writers = mailbox.writers(inbox);
  if (about === null || writers.length === 0) return null;
  const { sender, group } = random.pick(writers);
  const family = sender?.split(' ').at(-1) ?? '';
  if (sender === null || group === mail.group) return null;
  if (about.some(({ sender: other, email }) => other === sender || email.body.includes(family))) return null;
  return unanswerable(mail, { topic, sender, day: null }, kind, 'absent-sender');
}

/** Mails that could answer: with the words in the subject, of the conversation, or with the words anywhere. Null for too many. */
function near(mail: PreparedMail, topic: Topic, mailbox: Mailbox, inbox: string): PreparedMail[] | null {
  const found = mailbox.searched(topic.words, inbox);
  if (found.length >= MANY) return null;
  const reference: MailReference = { topic, sender: null, day: null };
  return [...mailbox.matching(reference, inbox), ...mailbox.conversation(mail, inbox), ...found];
}

function unanswerable(
  mail: PreparedMail,
  reference: MailReference,
  { asks }: ValueKind,
  kind: string,
): Proposal {
  return {
    kind,
    level: kind === 'absent-value' ? 2 : 3,
    mail,
    reference,
    asks,
    answer: I_DONT_KNOW,
    aliases: [],
    sources: [],
    evidence: [],
  };
}
