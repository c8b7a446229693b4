/** One raw RFC 5322 mail, MIME included, as the fields that the corpus keeps. */
import PostalMime, { addressParser, type Address, type Email as ParsedMail } from 'postal-mime';
import type { Email } from '../types';
import { parseMailDate } from './date';
import { htmlToText } from './html';
import { decodeBytes, unixLines } from './text';

/** An e-mail before it has an id. */
export type MailFields = Omit<Email, 'id'>;

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
  const mail = await PostalMime.parse(bytes);
  const date = headerOf(mail, 'date');
  return {
    messageId: bareMessageId(mail.messageId ?? ''),
    date: date === undefined ? null : parseMailDate(date),
    from: mail.from === undefined ? '' : (addressesOf([mail.from])[0] ?? ''),
    to: addressesOf(mail.to),
    cc: addressesOf(mail.cc),
    bcc: addressesOf(mail.bcc),
    subject: oneLine(mail.subject ?? ''),
    body: bodyOf(mail, bytes),
  };
}

function bodyOf(mail: ParsedMail, bytes: Uint8Array): string {
  let text = unixLines(mail.text ?? '');
  // The parser ends every line, also a last line without line end; in a multipart that line end belongs to the boundary.
  const unended = bytes.at(-1) !== 10 || /^multipart\//i.test(headerOf(mail, 'content-type') ?? '');
  if (unended && text.endsWith('\n')) text = text.slice(0, -1);
  if (text.trim() === '' && mail.html !== undefined) text = htmlToText(mail.html);
  return text.replaceAll('\0', '');
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

/** Bare, lower-case, each once, in order. */
export function parseAddresses(text: string): string[] {
  return addressesOf(addressParser(text));
}

function addressesOf(list: readonly Address[] | undefined): string[] {
  const all = (list ?? []).flatMap((entry) => entry.group ?? [entry]);
  const bare = all.map((mailbox) => plainAddress(mailbox.address));
  return [...new Set(bare.filter((address) => address !== ''))];
}

/** Lower case, without comments, white space and quotes that protect nothing; '' for what cannot be an address. */
function plainAddress(address: string): string {
  const plain = address.replace(/\([^()]*\)|\s+/g, '').toLowerCase();
  const unquoted = plain.replaceAll('"', '');
  const simple = /^[^\s"(),:;<>@[\]\\]+@/.test(unquoted) ? unquoted : plain;
  // Exporters write empty groups as addresses: undisclosed-recipients:@host;
  return /;$/.test(simple) ? '' : simple;
}
