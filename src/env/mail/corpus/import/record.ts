/** Mail that arrives as records (JSON objects, CSV rows) instead of raw messages. */
import { isRecord, optional } from '../records';
import { CorpusError } from '../types';
import { parseTableDate } from './date';
import { folderOf } from './folder';
import { base64Bytes } from './header-bytes';
import { htmlToText } from './html';
import { markBody } from '../marks';
import {
  addPerson,
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

/** Field names in use, compared by their letters and digits without case. Earlier names win. */
const NAMES = {
  id: ['id', 'emailid'],
  messageId: ['messageid', 'msgid', 'internetmessageid'],
  date: [
    ...[
      'date',
      'sentat',
      'sent',
      'datesent',
      'sentdatetime',
      'senton',
      'timestamp',
      'datetime',
      'datetimesent',
    ],
    ...[
      'receiveddatetime',
      'received',
      'datereceived',
      'receivedon',
      'gesendet',
      'datum',
      'erhalten',
      'fecha',
      'internaldate',
    ],
  ],
  from: [
    'from',
    'sender',
    'fromaddress',
    'fromaddr',
    'fromemail',
    'senderemail',
    'senderemailaddress',
    'vonadresse',
    'von',
    'deadresse',
    'deadressedemessagerie',
  ],
  fromName: ['fromname', 'sendername', 'vonname', 'denom'],
  to: [
    'to',
    'recipients',
    'recipient',
    'torecipients',
    'toaddresses',
    'toaddress',
    'toaddr',
    'toemail',
    'anadresse',
    'an',
    'aadresse',
  ],
  toName: ['toname', 'anname', 'anom'],
  cc: ['cc', 'ccrecipients', 'ccaddresses', 'ccaddress', 'ccadresse'],
  ccName: ['ccname'],
  bcc: ['bcc', 'bccrecipients', 'bccaddresses', 'bccaddress', 'bccadresse'],
  bccName: ['bccname'],
  subject: ['subject', 'title', 'betreff', 'objet', 'asunto'],
  raw: ['message', 'raw', 'rfc822', 'eml', 'content'],
  body: [
    'body',
    'text',
    'content',
    'message',
    'plain',
    'bodytext',
    'textbody',
    'textkorper',
    'corps',
    'cuerpo',
  ],
  html: ['html', 'bodyhtml', 'htmlbody'],
  labels: ['labels', 'labelids', 'categories', 'kategorien', 'folder', 'folders'],
  conversation: ['threadid', 'conversationid'],
  attachments: ['attachments'],
  file: ['file', 'path'],
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

export interface RecordOptions {
  /** As {@link parseTableDate} takes it. */
  readonly dayFirst?: boolean;
}

/** @throws CorpusError saying what is missing */
export async function mailOfRecord(
  record: Readonly<Record<string, unknown>>,
  { dayFirst = false }: RecordOptions = {},
): Promise<RecordMail> {
  if (isRecord(record['payload'])) return mailOfGmail(record);
  const find = finder(record);
  const given = find('id');
  const ownId = typeof given === 'string' || typeof given === 'number' ? String(given).trim() : '';
  const id = ownId === '' ? {} : { id: ownId };
  const folder = typeof find('file') === 'string' ? folderOf(textOf(find('file')), false) : '';

  const raw = find('raw');
  const rawBytes = typeof raw === 'string' ? rawMailOf(raw) : null;
  if (rawBytes !== null) {
    const parsed = await parseMessage(rawBytes);
    const labels = parsed.fields.labels ?? (folder === '' ? [] : [folder]);
    return { ...parsed, fields: { ...parsed.fields, ...optional('labels', labels) }, ...id };
  }
  const content = bodyOf(find);
  if (content === null) throw CorpusError.of('corpus/record-no-mail');
  const body = unixLines(content).replaceAll('\0', '');
  const names = new Map<string, string>();
  const people = (name: 'from' | 'to' | 'cc' | 'bcc'): string[] => {
    const found = addresses(find(name), names);
    nameInOrder(found, textOf(find(`${name}Name`)), names);
    return found;
  };
  const subject = oneLine(textOf(find('subject')));
  const conversation = textOf(find('conversation'));
  const fields: MailFields = {
    messageId: bareMessageId(textOf(find('messageId'))),
    date: dateOf(find('date'), dayFirst),
    from: people('from')[0] ?? '',
    to: people('to'),
    cc: people('cc'),
    bcc: people('bcc'),
    subject,
    body,
    ...namesField(names),
    ...optional('marks', markBody(body, subject)),
    ...optional('labels', [...new Set([...listOf(find('labels')), ...(folder === '' ? [] : [folder])])]),
    ...optional('attachments', listOf(find('attachments'))),
  };
  return { fields, ...(conversation === '' ? {} : { conversation }), ...id };
}

type Find = (name: keyof typeof NAMES) => unknown;

function finder(record: Readonly<Record<string, unknown>>): Find {
  const byName = new Map<string, unknown>();
  for (const [name, value] of Object.entries(record)) {
    if (value !== undefined && value !== null && !byName.has(plainName(name)))
      byName.set(plainName(name), value);
  }
  return (name) => NAMES[name].map((alias) => byName.get(alias)).find((value) => value !== undefined);
}

/** A raw message as text, or as Gmail sends it, in base64 for addresses; null for anything else. */
function rawMailOf(raw: string): Uint8Array | null {
  const bytes = encodeRawMail(raw.trimStart());
  if (looksLikeMail(bytes)) return bytes;
  if (!/^[\w+/=-]{40,}\s*$/.test(raw)) return null;
  const decoded = base64Bytes(raw.replaceAll('-', '+').replaceAll('_', '/'));
  return looksLikeMail(decoded) ? decoded : null;
}

/** Text, or text of HTML; Microsoft Graph writes `{contentType, content}`. Null when there is neither. */
function bodyOf(find: Find): string | null {
  const text = find('body');
  if (isRecord(text) && typeof text['content'] === 'string') {
    return /html/i.test(textOf(text['contentType'])) ? htmlToText(text['content']) : text['content'];
  }
  const html = find('html');
  if (typeof text === 'string' && (text.trim() !== '' || typeof html !== 'string')) return text;
  return typeof html === 'string' ? htmlToText(html) : null;
}

/** A message of Gmail's programming interface: headers as a list, parts with bodies in base64 for addresses. */
async function mailOfGmail(record: Readonly<Record<string, unknown>>): Promise<RecordMail> {
  const payload = record['payload'] as Record<string, unknown>;
  const headers = Array.isArray(payload['headers']) ? payload['headers'].filter(isRecord) : [];
  const lines = headers
    .filter(({ name }) => !/^content-/i.test(textOf(name)))
    .map(({ name, value }) => `${textOf(name)}: ${textOf(value).replace(/\r?\n/g, ' ')}\r\n`)
    .join('');
  const body = gmailText(payload) ?? textOf(record['snippet']);
  const { fields } = await parseMessage(
    new TextEncoder().encode(`${lines}Content-Type: text/plain; charset=utf-8\r\n\r\n${body}`),
  );
  const conversation = textOf(record['threadId']);
  return {
    fields: { ...fields, ...optional('labels', listOf(record['labelIds'])) },
    ...(conversation === '' ? {} : { conversation }),
  };
}

function gmailText(part: Readonly<Record<string, unknown>>, depth = 0): string | null {
  const parts = Array.isArray(part['parts']) ? part['parts'].filter(isRecord) : [];
  const type = textOf(part['mimeType']).toLowerCase();
  const data = isRecord(part['body']) ? textOf(part['body']['data']) : '';
  if (data !== '' && (type === 'text/plain' || type === 'text/html')) {
    const text = new TextDecoder().decode(base64Bytes(data.replaceAll('-', '+').replaceAll('_', '/')));
    return type === 'text/html' ? htmlToText(text) : text;
  }
  if (depth > 20) return null;
  const plainFirst = parts.toSorted(
    (a, b) => Number(b['mimeType'] === 'text/plain') - Number(a['mimeType'] === 'text/plain'),
  );
  for (const inner of plainFirst) {
    const text = gmailText(inner, depth + 1);
    if (text !== null) return text;
  }
  return null;
}

/** Texts under which a record may keep its date. */
export function dateTexts(record: Readonly<Record<string, unknown>>): string[] {
  const date = finder(record)('date');
  return typeof date === 'string' ? [date] : [];
}

function plainName(name: string): string {
  return name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

function listOf(value: unknown): string[] {
  const items = Array.isArray(value) ? value : typeof value === 'string' ? value.split(/[;,]/) : [];
  return items
    .filter((item) => typeof item === 'string')
    .map(oneLine)
    .filter((item) => item !== '');
}

/** Outlook writes addresses into one column and names, in the same order, into another. */
function nameInOrder(found: readonly string[], column: string, names: Map<string, string>): void {
  const given = column.split(';');
  if (given.length === found.length) found.forEach((address, i) => addPerson(address, given[i] ?? '', names));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Digits of seconds to milliseconds, of microseconds, of nanoseconds; 14 digits are a date and a time. */
const EPOCH_DIGITS = /^(?:\d{9,13}|\d{16}|\d{19})$/;

function dateOf(value: unknown, dayFirst: boolean): number | null {
  if (typeof value === 'number') return timeOf(value);
  if (typeof value !== 'string') return null;
  return EPOCH_DIGITS.test(value.trim()) ? timeOf(Number(value)) : parseTableDate(value, dayFirst);
}

/**
 * Milliseconds of a number of seconds (below 1e11: until the year 5138), milliseconds, microseconds or nanoseconds, each a
 * thousand times the one before; null for a number beyond all of them.
 */
function timeOf(value: number): number | null {
  const size = Math.abs(value);
  if (size < 1e11) return value * 1000;
  if (size < 1e14) return value;
  if (size < 1e17) return Math.floor(value / 1e3);
  return size < 1e20 ? Math.floor(value / 1e6) : null;
}

/** A header-like text, an object with `address` or `email` and perhaps `name`, or a list of these. */
function addresses(value: unknown, names: Map<string, string>): string[] {
  if (typeof value === 'string') return parseAddresses(value.replaceAll(';', ','), names);
  if (Array.isArray(value)) return [...new Set(value.flatMap((item) => addresses(item, names)))];
  if (!isRecord(value)) return [];
  if (isRecord(value['emailAddress'])) return addresses(value['emailAddress'], names);
  const found = addresses(value['address'] ?? value['email'] ?? '', names);
  if (found[0] !== undefined) addPerson(found[0], textOf(value['name']), names);
  return found;
}
