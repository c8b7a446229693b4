/** Names of people, from what headers write beside an address or from the address itself. */
import type { Email } from '../../corpus/types';

/** Words that make a name one of a list, a program or a department. */
const NO_PERSON =
  /\b(?:team|list|group|news|newsletter|alerts?|admin|administrator|support|service|services|info|office|center|help|desk|notification|announcements?|mailer|daemon|system|reply|noreply|communications?|participants?|customer|sales|marketing|editor|webmaster|subscriptions?|research|energy|com|org|net|enron|inc|llc|dl|daily|report|online|mail|club|store|offers?|rewards?)\b/i;

/** "Ann Lee"; null for what is no name of a person. */
export function senderName(email: Email): string | null {
  return nameOf(email, email.from);
}

export function nameOf(email: Email, address: string): string | null {
  const written = email.names?.[address];
  return (written === undefined ? null : personName(written)) ?? nameInAddress(address);
}

/** A name as headers write it, put in the order in which people say it; null when it is none. */
export function personName(written: string): string | null {
  let text = written
    .replace(/["“”]|\([^)]*\)|<[^>]*>|\[[^\]]*\]/g, ' ')
    .replace(/\/[A-Z]{2,}.*$|@.*$/i, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const comma = /^([^,]+),\s*([^,]+)$/.exec(text);
  if (comma !== null) text = `${comma[2]} ${comma[1]}`.trim();
  text = text
    .replace(/^'+|'+$/g, '')
    .replace(/\.$/, '')
    .trim();
  if (
    !/^\p{L}[\p{L}'-]*(?: \p{L}\.?)?(?: (?:de|van|von|der|la|di|del))*(?: \p{L}[\p{L}'-]+){1,2}$/u.test(text)
  )
    return null;
  if (NO_PERSON.test(text)) return null;
  const isOneCase = text === text.toLowerCase() || text === text.toUpperCase();
  return isOneCase ? text.toLowerCase().replace(/(^|[ '-])\p{L}/gu, (start) => start.toUpperCase()) : text;
}

/** `ann.lee@…` and `ann.b.lee@…` tell a name; anything shorter is a guess. */
function nameInAddress(address: string): string | null {
  const local = address.split('@')[0] ?? '';
  const parts = /^([a-z]{2,})\.(?:([a-z])\.)?([a-z]{2,}(?:['-][a-z]{2,})?)$/.exec(local);
  if (parts === null) return null;
  const [, first = '', middle, last = ''] = parts;
  return personName([first, ...(middle === undefined ? [] : [`${middle.toUpperCase()}.`]), last].join(' '));
}
