/** Questions for values that a mail's own text holds. */
import { Random } from '../../../../random/philox';
import { plainValue } from '../checks';
import type { Mailbox } from '../mail/mailbox';
import { isInside } from '../mail/own-text';
import { referenceTo } from '../reference';
import type { PreparedMail, Proposal } from '../types';
import { VALUE_KINDS, type FoundValue, type ValueKind } from '../values';

/** Most different values of a kind beside one that is asked for by its label. */
const MOST_BESIDE = 4;

export function proposeValues(mail: PreparedMail, mailbox: Mailbox, seed: number): Proposal[] {
  return VALUE_KINDS.flatMap((kind) => proposeKind(kind, mail, mailbox, seed));
}

function proposeKind(kind: ValueKind, mail: PreparedMail, mailbox: Mailbox, seed: number): Proposal[] {
  const { inbox } = mail;
  if (inbox === null || mail.own.length === 0) return [];
  const values = mailbox.values(mail, kind);
  const own = values.filter((value) => isInside(mail.own, value));
  const found = own.filter((value) => value.what !== null && isOnlyOne(values, value));
  const asked = found.length > 0 ? found : isAlone(kind, mail, values) ? own.slice(0, 1) : [];
  return asked.flatMap((value): Proposal[] => {
    const asks = asksFor(kind, value);
    if (asks.length === 0) return [];
    const random = new Random(seed, `reference ${mail.email.messageId} ${kind.id} ${value.text}`);
    const reference = referenceTo(mail, mailbox, inbox, clashes(kind, value, mail, mailbox), random);
    if (reference === null) return [];
    const holders = mailbox
      .conversation(mail, inbox)
      .filter((other) => other !== mail && other.email.body.includes(value.text));
    return [
      {
        kind: kind.id,
        level: kind.level,
        mail,
        reference,
        asks,
        answer: value.text,
        aliases: [],
        sources: [mail, ...holders],
        evidence: [{ messageId: mail.email.messageId, field: 'body', start: value.start, end: value.end }],
      },
    ];
  });
}

function asksFor(kind: ValueKind, { what, asks }: FoundValue): readonly string[] {
  if (asks !== undefined) return asks;
  return what === null ? kind.asks : kind.asksWhat.map((ask) => ask.replaceAll('{what}', what));
}

/** The only value behind its label, among not too many others. */
function isOnlyOne(values: readonly FoundValue[], { what, text }: FoundValue): boolean {
  const different = new Set(values.map((value) => plainValue(value.text)));
  return (
    different.size <= MOST_BESIDE &&
    values.every((value) => value.what !== what || plainValue(value.text) === plainValue(text))
  );
}

/** The only value of its kind in all that the mail shows, finished or not. */
function isAlone(kind: ValueKind, { visible }: PreparedMail, values: readonly FoundValue[]): boolean {
  const [first] = values;
  if (first === undefined || kind.asks.length === 0) return false;
  if (values.some((value) => plainValue(value.text) !== plainValue(first.text))) return false;
  return Array.from(visible.matchAll(kind.hints)).every(({ index, 0: hint }) =>
    values.some((value) => index < value.end && index + hint.length > value.start),
  );
}

/** Another mail makes a question ambiguous when it holds a value that could be meant: elsewhere any, in the conversation another one. */
function clashes(
  kind: ValueKind,
  { what, text }: FoundValue,
  mail: PreparedMail,
  mailbox: Mailbox,
): (other: PreparedMail) => boolean {
  return (other) => {
    const rivals = mailbox.values(other, kind).filter((value) => what === null || value.what === what);
    if (other.thread === mail.thread)
      return rivals.some((value) => plainValue(value.text) !== plainValue(text));
    return rivals.length > 0 || (what === null && holdsHint(kind, other));
  };
}

export function holdsHint(kind: ValueKind, { email }: PreparedMail): boolean {
  kind.hints.lastIndex = 0;
  const found = kind.hints.test(email.body);
  kind.hints.lastIndex = 0;
  return found;
}
