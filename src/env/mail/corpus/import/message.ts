/** One raw RFC 5322 mail, MIME included, as the fields that the corpus keeps. */
import PostalMime, { addressParser, decodeWords, type Address, type Email as ParsedMail } from 'postal-mime';
import { markBody } from '../marks';
import { messageOf, optional } from '../records';
import { CorpusError, type Email } from '../types';
import { calendarText } from './calendar';
import { parseMailDate } from './date';
import { htmlToText } from './html';
import { isTnef } from './skim';
import { readTnef, type TnefContent } from './tnef';
import { decodeBytes, unixLines } from './text';

/** An e-mail before it has an id and a conversation. */
export type MailFields = Omit<Email, 'id' | 'threadId'>;

/** A message as it is read. */
export interface ParsedMessage {
  readonly fields: MailFields;
  /** What its mailbox says of its conversation; absent for most. */
  readonly conversation?: string;
}

/** Headers in which servers write whose mailbox they put a mail into. */
const DELIVERED = new Set([
  'delivered-to',
  'x-original-to',
  'envelope-to',
  'x-delivered-to',
  'x-envelope-to',
]);
/** References of longer conversations lose the middle; first and last ones tell the conversation. */
const MAX_REFERENCES = 30;

const KNOWN_HEADERS = new Set(
  'from to cc bcc subject date message-id received return-path mime-version content-type sender reply-to delivered-to x-mailer resent-from'.split(
    ' ',
  ),
);
const HEADER = /^([!-9;-~]+)[ \t]*:/;
/** Most bytes of a file that are read to tell what it is. */
const SNIFFED_BYTES = 64 * 1024;

/** Whether bytes start like a mail: header lines, at least one of them well known. */
export function looksLikeMail(bytes: Uint8Array): boolean {
  const lines = decodeBytes(bytes.subarray(0, SNIFFED_BYTES)).split(/\r?\n|\r/);
  let first = true;
  for (const line of lines) {
    if (first && (line.startsWith('From ') || line.startsWith('>From '))) continue;
    const name = HEADER.exec(line)?.[1];
    if (name === undefined) {
      if (first || !/^[ \t]/.test(line)) return false;
    } else if (KNOWN_HEADERS.has(name.toLowerCase())) return true;
    first = false;
  }
  return false;
}

/** @throws Error with the parser's reason when the mail breaks its limits (nesting, size of headers). */
export async function parseMail(bytes: Uint8Array): Promise<MailFields> {
  return (await parseMessage(bytes)).fields;
}

/** @throws Error as {@link parseMail}, and CorpusError for what its mail program keeps but nobody reads */
export async function parseMessage(bytes: Uint8Array): Promise<ParsedMessage> {
  const mail = await PostalMime.parse(bytes).catch((error: unknown) => {
    throw CorpusError.of('corpus/message-unreadable', { reason: messageOf(error) });
  });
  refuseInternal(mail);
  const date = headerOf(mail, 'date');
  const names = new Map<string, string>();
  const subject = oneLine(mail.subject ?? '');
  const tnef = await tnefOf(mail);
  const body = bodyOf(mail, bytes, tnef.text);
  const labels = decodeWords(headerOf(mail, 'x-gmail-labels') ?? '')
    .split(',')
    .map(oneLine);
  const conversation = headerOf(mail, 'x-gm-thrid');
  const attachments = mail.attachments.filter(({ mimeType, filename }) => !isTnef(mimeType, filename ?? ''));
  const fields: MailFields = {
    messageId: bareMessageId(mail.messageId ?? ''),
    date: date === undefined ? null : parseMailDate(date),
    from: mail.from === undefined ? '' : (addressesOf([mail.from], names)[0] ?? ''),
    to: addressesOf(mail.to, names),
    cc: addressesOf(mail.cc, names),
    bcc: addressesOf(mail.bcc, names),
    subject,
    body,
    ...namesField(names),
    ...optional('deliveredTo', deliveredTo(mail)),
    ...optional('references', referencesOf(mail)),
    ...optional('marks', markBody(body, subject)),
    ...optional('labels', [...new Set(labels.filter((label) => label !== ''))]),
    ...optional('attachments', [
      ...attachments.flatMap(({ filename }) => (filename ? [oneLine(filename)] : [])),
      ...tnef.attachments,
    ]),
  };
  return { fields, ...(conversation === undefined ? {} : { conversation: conversation.trim() }) };
}

/** Bit of Thunderbird's status of a message that was deleted but not yet taken out of its file. */
const EXPUNGED = 0x8;

/** @throws CorpusError for a deleted message and for the note that some mail programs keep at the head of an mbox */
function refuseInternal(mail: ParsedMail): void {
  const status = headerOf(mail, 'x-mozilla-status');
  if (status !== undefined && (Number.parseInt(status, 16) & EXPUNGED) !== 0)
    throw CorpusError.of('corpus/message-deleted');
  if (/^DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA$/.test(mail.subject ?? '')) {
    throw CorpusError.of('corpus/message-internal');
  }
}

async function tnefOf(mail: ParsedMail): Promise<TnefContent> {
  const texts: string[] = [];
  const attachments: string[] = [];
  for (const { mimeType, filename, content } of mail.attachments) {
    if (!isTnef(mimeType, filename ?? '') || typeof content === 'string') continue;
    const read = await readTnef(content instanceof Uint8Array ? content : new Uint8Array(content));
    if (read.text.trim() !== '') texts.push(read.text);
    attachments.push(...read.attachments.map(oneLine));
  }
  return { text: texts.join('\n'), attachments };
}

/** A plain text that only says to look at the HTML. */
const STUB =
  /\bhtml\b|view (?:this|the) (?:e-?mail|message)|plain.?text|(?:im|in your|dans votre) (?:browser|navigateur)/i;
const MAX_STUB = 300;

/** For the optional field of {@link Email}. */
export function namesField(names: ReadonlyMap<string, string>): Pick<Email, 'names'> {
  return names.size === 0 ? {} : { names: Object.fromEntries(names) };
}

function deliveredTo(mail: ParsedMail): string[] {
  const lines = mail.headers.filter(({ key }) => DELIVERED.has(key));
  return [...new Set(lines.flatMap(({ value }) => parseAddresses(value)))];
}

function referencesOf(mail: ParsedMail): string[] {
  const ids = [mail.references ?? '', mail.inReplyTo ?? ''].flatMap(
    (text) => text.match(/<[^<>\s]+>/g) ?? [],
  );
  const bare = [...new Set(ids.map(bareMessageId))];
  if (bare.length <= MAX_REFERENCES) return bare;
  return [...bare.slice(0, MAX_REFERENCES / 2), ...bare.slice(-MAX_REFERENCES / 2)];
}

function bodyOf(mail: ParsedMail, bytes: Uint8Array, tnef: string): string {
  let text = unixLines(mail.text ?? '');
  // The parser ends every line, also a last line without line end; in a multipart that line end belongs to the boundary.
  const unended = bytes.at(-1) !== 10 || /^multipart\//i.test(headerOf(mail, 'content-type') ?? '');
  if (unended && text.endsWith('\n')) text = text.slice(0, -1);
  const plain = text.trim();
  if (mail.html !== undefined && (plain === '' || (plain.length <= MAX_STUB && STUB.test(plain)))) {
    const shown = htmlToText(mail.html);
    if (plain === '' || shown.length > plain.length / 2) text = shown;
  }
  if (text.trim() === '' && tnef !== '') text = unixLines(tnef);
  return withEvents(text, mail).replaceAll('\0', '');
}

/** With what invitations say and the text does not. */
function withEvents(text: string, mail: ParsedMail): string {
  let all = text;
  for (const { mimeType, content } of mail.attachments) {
    if (mimeType !== 'text/calendar' && mimeType !== 'application/ics') continue;
    const event = calendarText(typeof content === 'string' ? content : new TextDecoder().decode(content));
    const news = event.split('\n').filter((line) => !all.includes(line.replace(/^\w+: /, '')));
    if (news.length > 0) all = all.trim() === '' ? news.join('\n') : `${all.trimEnd()}\n\n${news.join('\n')}`;
  }
  return all;
}

function headerOf(mail: ParsedMail, key: string): string | undefined {
  return mail.headers.find((header) => header.key === key)?.value;
}

/** Content of the first angle brackets, or the whole text when it has none. */
export function bareMessageId(text: string): string {
  return (/<([^<>]*)>/.exec(text)?.[1] ?? text).trim();
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Bare, lower-case, each once, in order. Names that stand with them go to `names`, by address. */
export function parseAddresses(text: string, names?: Map<string, string>): string[] {
  return addressesOf(addressParser(text), names);
}

function addressesOf(list: readonly Address[] | undefined, names?: Map<string, string>): string[] {
  const addresses = new Set<string>();
  for (const { address: written, name } of (list ?? []).flatMap((entry) => entry.group ?? [entry])) {
    const address = plainAddress(written.includes('=?') ? decodeWords(written) : written);
    if (address !== '') addresses.add(addPerson(address, name, names));
  }
  return [...addresses];
}

/** Remembers the first name that stands with an address, unless it is the address again; returns the address. */
export function addPerson(address: string, name: string, names?: Map<string, string>): string {
  const plain = oneLine(name).replace(/^['"]+|['"]+$/g, '');
  if (plain !== '' && plain.toLowerCase() !== address && names?.has(address) === false)
    names.set(address, plain);
  return address;
}

/** Lower case, without comments, white space and quotes that protect nothing; '' for what cannot be an address. */
function plainAddress(address: string): string {
  const plain = address.replace(/\([^()]*\)|\s+/g, '').toLowerCase();
  const unquoted = plain.replaceAll('"', '');
  const simple = /^[^\s"(),:;<>@[\]\\]+@/.test(unquoted) ? unquoted : plain;
  // Exporters write empty groups as addresses: undisclosed-recipients:@host;
  return /;$/.test(simple) ? '' : simple;
}
