/** Mail that arrives as records (JSON objects, CSV rows) instead of raw messages. */
import { isRecord, optional } from '../records';
import { parseMailDate } from './date';
import { htmlToText } from './html';
import { markBody } from '../marks';
import {
  bareMessageId,
  looksLikeMail,
  namesField,
  oneLine,
  parseAddresses,
  parseMessage,
  type MailFields,
  type ParsedMessage,
} from './message';
import { encodeRawMail, unixLines } from './text';

/** Field names in use, compared without case, `-`, `_` and spaces. Earlier names win. */
const NAMES = {
  id: ['id', 'emailid'],
  messageId: ['messageid', 'msgid', 'internetmessageid'],
  date: ['date', 'sentat', 'sent', 'datesent', 'timestamp', 'datetime'],
  from: ['from', 'sender', 'fromaddress', 'fromaddr', 'fromemail'],
  to: ['to', 'recipients', 'toaddresses', 'toaddress', 'toaddr', 'toemail'],
  cc: ['cc', 'ccaddresses', 'ccaddress'],
  bcc: ['bcc', 'bccaddresses', 'bccaddress'],
  subject: ['subject', 'title'],
  raw: ['message', 'raw', 'rfc822', 'eml', 'content'],
  body: ['body', 'text', 'content', 'message', 'plain', 'bodytext', 'textbody'],
  html: ['html', 'bodyhtml', 'htmlbody'],
} as const;

export interface RecordMail extends ParsedMessage {
  /** The record's own id, when it had one. */
  readonly id?: string;
}

/** Whether a record with these field names can be mail: a raw message, or a body beside a sender or subject. */
export function isMailRecord(names: readonly string[]): boolean {
  const present = new Set(names.map(plainName));
  const has = (name: keyof typeof NAMES): boolean => NAMES[name].some((alias) => present.has(alias));
  return (
    present.has('message') ||
    present.has('raw') ||
    ((has('body') || has('html')) && (has('from') || has('subject')))
  );
}

/** @throws Error saying what is missing */
export async function mailOfRecord(record: Readonly<Record<string, unknown>>): Promise<RecordMail> {
  const byName = new Map<string, unknown>();
  for (const [name, value] of Object.entries(record)) {
    if (value !== undefined && value !== null && !byName.has(plainName(name)))
      byName.set(plainName(name), value);
  }
  const find = (name: keyof typeof NAMES): unknown =>
    NAMES[name].map((alias) => byName.get(alias)).find((v) => v !== undefined);
  const given = find('id');
  const id = typeof given === 'string' || typeof given === 'number' ? { id: String(given).trim() } : {};

  const raw = find('raw');
  const rawBytes = typeof raw === 'string' ? encodeRawMail(raw.trimStart()) : undefined;
  if (rawBytes !== undefined && looksLikeMail(rawBytes)) return { ...(await parseMessage(rawBytes)), ...id };

  const text = find('body');
  const html = find('html');
  if (typeof text !== 'string' && typeof html !== 'string') {
    throw new Error(
      'the record has neither a raw message nor a body; expected a field such as "message" or "body"',
    );
  }
  const body = unixLines(
    typeof text === 'string' && (text.trim() !== '' || typeof html !== 'string')
      ? text
      : htmlToText(String(html)),
  ).replaceAll('\0', '');
  const names = new Map<string, string>();
  const subject = oneLine(textOf(find('subject')));
  const fields: MailFields = {
    messageId: bareMessageId(textOf(find('messageId'))),
    date: dateOf(find('date')),
    from: addresses(find('from'), names)[0] ?? '',
    to: addresses(find('to'), names),
    cc: addresses(find('cc'), names),
    bcc: addresses(find('bcc'), names),
    subject,
    body,
    ...namesField(names),
    ...optional('marks', markBody(body, subject)),
  };
  return { fields, ...(id.id === '' ? {} : id) };
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[-_ ]/g, '');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Numbers below 1e11 are seconds (until the year 5138), others milliseconds. */
function dateOf(value: unknown): number | null {
  if (typeof value === 'number' && Number.isFinite(value))
    return Math.abs(value) < 1e11 ? value * 1000 : value;
  if (typeof value !== 'string') return null;
  return /^\d{9,13}$/.test(value.trim()) ? dateOf(Number(value)) : parseMailDate(value);
}

/** A header-like text, an object with `address` or `email` and perhaps `name`, or a list of these. */
function addresses(value: unknown, names: Map<string, string>): string[] {
  if (typeof value === 'string') return parseAddresses(value.replaceAll(';', ','), names);
  if (Array.isArray(value)) return [...new Set(value.flatMap((item) => addresses(item, names)))];
  if (!isRecord(value)) return [];
  const found = addresses(value['address'] ?? value['email'] ?? '', names);
  const name = oneLine(textOf(value['name']));
  const [address] = found;
  if (address !== undefined && name !== '') names.set(address, name);
  return found;
}
