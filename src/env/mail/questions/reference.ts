/** Pointing at a mail so that only it, or only its conversation, can be meant. */
import type { Random } from '../../../random/philox';
import type { Mailbox } from './mail/mailbox';
import type { MailReference, PreparedMail, Topic } from './types';

/**
 * References to a mail that point at nothing else: of those by topic, by sender, by day and by both one at random, the
 * shorter ones more often. Null when even sender and day do not tell it apart.
 * @param clashes whether another mail that the reference fits makes it ambiguous
 */
export function referenceTo(
  mail: PreparedMail,
  mailbox: Mailbox,
  inbox: string,
  clashes: (other: PreparedMail) => boolean,
  random: Random,
): MailReference | null {
  const { topic, sender, day } = mail;
  if (topic === null) return null;
  const byName = sender !== null && mail.email.from !== inbox ? [{ topic, sender, day: null }] : [];
  const byDay = day === null ? [] : [{ topic, sender: null, day }];
  const byBoth = byName.length > 0 && day !== null ? [{ topic, sender, day }] : [];
  const plain = topic.words.length > 1 ? [{ topic, sender: null, day: null }] : [];
  const fits = (reference: MailReference): boolean =>
    mailbox.matching(reference, inbox).every((other) => other === mail || !clashes(other));
  const short = [...plain, ...byName, ...byDay].filter(fits);
  if (short.length === 0) return byBoth.find(fits) ?? null;
  const draw = random.uniform();
  const [first, second, third] = short;
  if (short.length === 1) return first ?? null;
  if (short.length === 2) return (draw < 0.65 ? first : second) ?? null;
  return (draw < 0.5 ? first : draw < 0.8 ? second : third) ?? null;
}

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);

/** "March 4, 2001" for `2001-03-04`. */
export function spokenDay(day: string): string {
  const [year = '', month = '', date = ''] = day.split('-');
  return `${MONTHS[Number(month) - 1]} ${Number(date)}, ${year}`;
}

/** The mail as a noun phrase: "Ann Lee's e-mail about the budget". */
export function mailPhrase({ topic, sender, day }: MailReference, random: Random): string {
  const mail = random.uniform() < 0.75 ? 'e-mail' : 'message';
  const about = aboutPhrase(topic, random);
  if (sender !== null && day !== null) return `${sender}'s ${mail} of ${spokenDay(day)} ${about}`;
  if (sender !== null) {
    return random.uniform() < 0.5 ? `${sender}'s ${mail} ${about}` : `the ${mail} from ${sender} ${about}`;
  }
  if (day !== null) return `the ${mail} of ${spokenDay(day)} ${about}`;
  return `the ${mail} ${about}`;
}

export function aboutPhrase(topic: Topic, random: Random): string {
  const draw = random.uniform();
  if (topic.isPlain && draw < 0.7) return `about ${topic.text}`;
  return draw < 0.5 || topic.isPlain ? `with the subject "${topic.text}"` : `titled "${topic.text}"`;
}
