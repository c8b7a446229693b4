/** Questions for what stands in a mail's header: who wrote it, to whom, when. */
import { Random } from '../../../../random/philox';
import type { Mailbox } from '../mail/mailbox';
import { nameOf } from '../mail/people';
import { referenceTo } from '../reference';
import type { Evidence } from '../../corpus/types';
import type { PreparedMail, Proposal } from '../types';

/** At most one for a mail, so that they do not outnumber the others. */
export function proposeHeader(mail: PreparedMail, mailbox: Mailbox, seed: number): Proposal[] {
  const random = new Random(seed, `header ${mail.email.messageId}`);
  const kinds = random.shuffle([proposeSender, proposeRecipient, proposeDay]);
  for (const propose of kinds) {
    const proposal = propose(mail, mailbox, random);
    if (proposal !== null) return [proposal];
  }
  return [];
}

function proposeSender(mail: PreparedMail, mailbox: Mailbox, random: Random): Proposal | null {
  const { email, inbox, topic, sender } = mail;
  if (inbox === null || topic === null || email.from === inbox || email.from === '') return null;
  const reference = referenceTo(
    { ...mail, sender: null },
    mailbox,
    inbox,
    (other) => other.email !== email && other.email.from !== email.from,
    random,
  );
  if (reference === null) return null;
  const asks =
    sender === null
      ? ['From which address was {mail} sent?', 'Which address sent {mail}?']
      : ['Who sent {mail}?', 'Who wrote {mail}?', 'Who is the sender of {mail}?'];
  return {
    ...about(mail, reference, 'sender'),
    asks,
    answer: email.from,
    aliases: sender === null ? [] : [sender],
    evidence: [evidence(mail, 'from', email.from)],
  };
}

function proposeRecipient(mail: PreparedMail, mailbox: Mailbox, random: Random): Proposal | null {
  const { email, inbox } = mail;
  const [to] = email.to;
  if (inbox === null || email.from !== inbox || to === undefined || to === inbox) return null;
  if (email.to.length + email.cc.length + email.bcc.length !== 1) return null;
  const reference = referenceTo(mail, mailbox, inbox, () => true, random);
  if (reference === null) return null;
  const name = nameOf(email, to);
  return {
    ...about(mail, reference, 'recipient'),
    asks:
      name === null
        ? ['To which address was {mail} sent?', 'Which address is the recipient of {mail}?']
        : ['To whom was {mail} sent?', 'Who received {mail}?', 'Who is the recipient of {mail}?'],
    answer: to,
    aliases: name === null ? [] : [name],
    evidence: [evidence(mail, 'to', to)],
  };
}

function proposeDay(mail: PreparedMail, mailbox: Mailbox, random: Random): Proposal | null {
  const { inbox, day } = mail;
  if (inbox === null || day === null) return null;
  const reference = referenceTo(
    { ...mail, day: null },
    mailbox,
    inbox,
    (other) => other.email !== mail.email,
    random,
  );
  if (reference === null) return null;
  return {
    ...about(mail, reference, 'sent-day'),
    asks: ['On what date was {mail} sent?', 'On which day was {mail} sent?', 'What is the date of {mail}?'],
    answer: day,
    aliases: [],
    evidence: [evidence(mail, 'date', day)],
  };
}

function about(
  mail: PreparedMail,
  reference: Proposal['reference'],
  kind: string,
): Pick<Proposal, 'kind' | 'level' | 'mail' | 'reference' | 'sources'> {
  return { kind, level: 1, mail, reference, sources: [mail] };
}

function evidence({ email }: PreparedMail, field: Evidence['field'], text: string): Evidence {
  return { messageId: email.messageId, field, start: 0, end: text.length };
}
