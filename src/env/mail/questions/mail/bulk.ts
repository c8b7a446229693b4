/** Mail that nobody wrote to anybody: spam, newsletters, reports of programs. */
import type { Email } from '../../corpus/types';
import type { PreparedMail } from '../types';

const SPAM = [
  /\b(?:viagra|casino|lottery|mortgage rates?|refinanc\w+|debt|weight loss|lose weight|enlarge\w*|adult|xxx|porn\w*|singles|work (?:from|at) home|earn \$?\d+|make money|get rich|free trial|risk[- ]free|satisfaction guaranteed|millions? of e-?mail addresses|bulk e-?mail)\b/i,
  /\b(?:click (?:here|below)|act now|limited time|order now|special offer|100% free|no obligation|apply now|money[- ]back)\b/i,
  /\b(?:to be removed|remove me|opt[- ]?out|removed from (?:this|our|future))\b/i,
  /!{3,}|\${2,}/,
];
const NEWSLETTER =
  /\b(?:unsubscribe|to be removed|opt[- ]out|subscription|you are receiving this|you received this (?:e-?mail|message|newsletter)|view this (?:e-?mail|newsletter)|manage your (?:preferences|subscription)|copyright (?:\(c\)|©|\d{4})|©|all rights reserved)/i;
const AUTOMATIC_SENDER =
  /^(?:no-?reply|do-?not-?reply|mailer-daemon|postmaster|root|cron|daemon|nobody|majordomo|listserv|notification\w*|alerts?|bounce\w*|admin\w*|system|autoreply)\b/i;
const AUTOMATIC_TEXT =
  /\b(?:out of office|auto(?:matic)?[- ]?(?:reply|generated|response)|do not reply to this|this is an automated|delivery (?:status notification|failure)|undeliverable|returned mail|hourahead (?:failure|hour)|log messages:|parsing file)\b/i;

/** By the mail alone; a series is told from others by {@link seriesOf}. */
export function bulkOf(email: Email): PreparedMail['bulk'] {
  const text = `${email.subject}\n${email.body}`;
  if (SPAM.filter((sign) => sign.test(text)).length >= 3) return 'spam';
  if (AUTOMATIC_SENDER.test(email.from) || AUTOMATIC_TEXT.test(text)) return 'automatic';
  return NEWSLETTER.test(email.body) ? 'newsletter' : null;
}

/** Equal for mails of one sender that differ in numbers only, such as a daily report. */
export function seriesOf(email: Email): string {
  const subject = email.subject
    .toLowerCase()
    .replace(/\d+|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b/g, '#');
  return `${email.from} ${subject.replace(/[^\p{L}#]+/gu, ' ').trim()}`;
}

/** Equal for copies and near-copies: the beginning of the letters of a text. '' for a text too short to tell. */
export function fingerprintOf(text: string): string {
  const letters = text
    .toLowerCase()
    .replace(/[^\p{L}]+/gu, '')
    .slice(0, 400);
  return letters.length < 60 ? '' : letters;
}
