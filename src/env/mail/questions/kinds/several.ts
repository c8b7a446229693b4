/** Questions that one mail alone does not answer: the latest of a conversation, who replied, the total of two. */
import { Random } from '../../../../random/philox';
import type { Mailbox } from '../mail/mailbox';
import { isInside } from '../mail/own-text';
import { aboutPhrase, mailPhrase } from '../reference';
import type { MailReference, PreparedMail, Proposal } from '../types';
import { amount } from '../values/amount';

/** Longest conversation that is asked about: all of it has to fit into one list of results. */
const LONGEST = 4;

/** Proposed at the newest mail of a conversation, so each conversation is looked at once. */
export function proposeSeveral(mail: PreparedMail, mailbox: Mailbox, seed: number): Proposal[] {
  const { inbox, topic, email } = mail;
  if (inbox === null || topic === null || topic.words.length < 2 || email.date === null) return [];
  const reference: MailReference = { topic, sender: null, day: null };
  const all = mailbox.matching(reference, inbox).sort(byDate);
  if (all.at(-1) !== mail || all.length < 2 || all.length > LONGEST) return [];
  if (all.some((other) => other.thread !== mail.thread || other.day === null)) return [];
  const random = new Random(seed, `several ${email.messageId}`);
  return [
    ...proposeLatest(mail, all, reference, random),
    ...proposeReply(mail, all, reference, random),
    ...proposeTotal(mail, all, mailbox, random),
  ];
}

function byDate(a: PreparedMail, b: PreparedMail): number {
  return (a.email.date ?? 0) - (b.email.date ?? 0) || (a.email.id < b.email.id ? -1 : 1);
}

function proposeLatest(
  mail: PreparedMail,
  all: readonly PreparedMail[],
  reference: MailReference,
  random: Random,
): Proposal[] {
  const before = all.at(-2);
  const { day, email, inbox } = mail;
  if (before === undefined || day === null || before.day === day) return [];
  const about = aboutPhrase(reference.topic, random);
  const latest = { level: 2, mail, reference, sources: [mail] };
  const proposals: Proposal[] = [
    {
      ...latest,
      kind: 'latest-day',
      asks: [
        `When was the latest e-mail ${about} sent?`,
        `On what date was the last e-mail ${about} sent?`,
        `What is the date of the most recent e-mail ${about}?`,
      ],
      answer: day,
      aliases: [],
      evidence: all.map(({ email, day }) => ({
        messageId: email.messageId,
        field: 'date' as const,
        start: 0,
        end: day?.length ?? 0,
      })),
    },
  ];
  const senders = new Set(all.map((other) => other.email.from));
  if (senders.size > 1 && email.from !== inbox && mail.sender !== null) {
    proposals.push({
      ...latest,
      kind: 'latest-sender',
      asks: [`Who sent the latest e-mail ${about}?`, `Who wrote the most recent e-mail ${about}?`],
      answer: email.from,
      aliases: [mail.sender],
      evidence: [{ messageId: email.messageId, field: 'from', start: 0, end: email.from.length }],
    });
  }
  return random.shuffle(proposals).slice(0, 1);
}

function proposeReply(
  mail: PreparedMail,
  all: readonly PreparedMail[],
  reference: MailReference,
  random: Random,
): Proposal[] {
  const [first, ...rest] = all;
  if (first === undefined || first.sender === null || /^\s*(?:re|fwd?)\s*:/i.test(first.email.subject))
    return [];
  const replies = rest.filter(
    ({ email }) =>
      /^\s*re\s*:/i.test(email.subject) &&
      email.to.includes(first.email.from) &&
      email.from !== first.email.from,
  );
  const repliers = new Set(replies.map(({ email }) => email.from));
  const [reply] = replies;
  if (reply === undefined || repliers.size !== 1 || reply.sender === null) return [];
  // The question is asked in the mailbox of the reply, which must be the one that was looked through.
  if (reply.inbox !== mail.inbox) return [];
  const about = aboutPhrase(reference.topic, random);
  const { email } = reply;
  const owner = first.email.from === mail.inbox;
  const original = owner
    ? `the e-mail ${about} that ${first.sender} sent`
    : `${first.sender}'s e-mail ${about}`;
  return [
    {
      kind: 'reply',
      level: 2,
      mail: reply,
      reference,
      asks: [`Who replied to ${original}?`, `Who answered ${original}?`],
      answer: email.from,
      aliases: [reply.sender],
      sources: replies,
      evidence: [{ messageId: email.messageId, field: 'from', start: 0, end: email.from.length }],
    },
  ];
}

/** Two mails of a conversation that name one sum each. */
function proposeTotal(
  mail: PreparedMail,
  all: readonly PreparedMail[],
  mailbox: Mailbox,
  random: Random,
): Proposal[] {
  const sums = all.flatMap((each) => {
    const own = mailbox.values(each, amount).filter((value) => isInside(each.own, value));
    const [value] = own;
    const number = value === undefined ? null : dollars(value.text);
    return value === undefined || number === null || own.length > 1 ? [] : [{ each, value, number }];
  });
  const [a, b] = sums;
  const { topic } = mail;
  if (sums.length !== 2 || a === undefined || b === undefined || topic === null) return [];
  if (a.number === b.number || a.each.day === b.each.day) return [];
  const phrase = (one: PreparedMail): string => mailPhrase({ topic, sender: null, day: one.day }, random);
  const total = (Math.round(100 * (a.number + b.number)) / 100).toLocaleString('en-US', {
    minimumFractionDigits: Number.isInteger(a.number + b.number) ? 0 : 2,
  });
  return [
    {
      kind: 'total',
      level: 3,
      mail,
      reference: { topic, sender: null, day: null },
      asks: [
        `What is the total of the sums of money in ${phrase(a.each)} and ${phrase(b.each)}?`,
        `What do the sums of money in ${phrase(a.each)} and ${phrase(b.each)} add up to?`,
      ],
      answer: `$${total}`,
      aliases: [],
      sources: [a.each, b.each],
      readAll: [a.each, b.each],
      evidence: sums.map(({ each, value }) => ({
        messageId: each.email.messageId,
        field: 'body' as const,
        start: value.start,
        end: value.end,
      })),
    },
  ];
}

/** Null for other currencies and for words of size. */
function dollars(text: string): number | null {
  const digits = /^\$\s?([\d,]+(?:\.\d+)?)$/.exec(text)?.[1];
  return digits === undefined ? null : Number(digits.replaceAll(',', ''));
}
