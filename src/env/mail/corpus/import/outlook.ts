/**
 * Outlook's files: a message (.msg) and a store of folders (.pst, .ost). Both are read by libraries that are loaded when
 * such a file turns up. A store is read in place, a message at a time; a message file is read whole.
 */
import type { PSTFolder, PSTMessage } from 'pst-extractor';
import { markBody } from '../marks';
import { messageOf, optional } from '../records';
import { CorpusError } from '../types';
import type { ByteSource } from './bytes';
import { htmlToText } from './html';
import {
  addPerson,
  bareMessageId,
  looksLikeMail,
  namesField,
  oneLine,
  parseMessage,
  type MailFields,
} from './message';
import type { RecordMail } from './record';
import { rtfContent } from './rtf';
import type { FoundMail } from './sources';
import { unixLines } from './text';
import { compressedRtfText } from './tnef';

/** Folders inside folders; deeper is a store that refers to itself. */
const MAX_FOLDER_DEPTH = 50;

export function startsOutlookMessage(head: Uint8Array): boolean {
  return [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1].every((byte, i) => head[i] === byte);
}

/** `!BDN` */
export function startsOutlookStore(head: Uint8Array): boolean {
  return [0x21, 0x42, 0x44, 0x4e].every((byte, i) => head[i] === byte);
}

interface Person {
  readonly name: string;
  readonly address: string;
}

/** A message as Outlook keeps it. */
interface OutlookMessage {
  /** Header lines of a mail that came by SMTP; '' for others. */
  readonly headers: string;
  readonly messageId: string;
  readonly inReplyTo: string;
  /** Milliseconds since the epoch; null when unknown. */
  readonly date: number | null;
  readonly from: Person;
  readonly to: readonly Person[];
  readonly cc: readonly Person[];
  readonly bcc: readonly Person[];
  readonly subject: string;
  readonly body: string;
  readonly attachments: readonly string[];
  readonly labels: readonly string[];
}

/** @throws CorpusError */
export async function readOutlookMessage(bytes: Uint8Array): Promise<RecordMail> {
  await provideBuffer();
  const { default: MsgReader } = await import('@kenjiuno/msgreader');
  try {
    // Node hands the module as the default export of its default export.
    const Reader = 'default' in MsgReader ? (MsgReader as { default: typeof MsgReader }).default : MsgReader;
    const data = new Reader(new Uint8Array(bytes).buffer).getFileData();
    if (data.dataType !== 'msg') throw new Error(data.error ?? 'it is another kind of Microsoft Office file');
    const people = (kind: string): Person[] =>
      (data.recipients ?? [])
        .filter(({ recipType }) => (recipType ?? 'to') === kind)
        .map(({ name = '', email = '', smtpAddress = '' }) => ({ name, address: smtpAddress || email }));
    const html = data.bodyHtml ?? (data.html === undefined ? '' : new TextDecoder().decode(data.html));
    let body = data.body ?? '';
    if (body.trim() === '' && html !== '') body = htmlToText(html);
    if (body.trim() === '' && data.compressedRtf !== undefined)
      body = await compressedRtfText(data.compressedRtf);
    return await mailOf({
      headers: data.headers ?? '',
      messageId: data.messageId ?? '',
      inReplyTo: '',
      date: timeOf(data.clientSubmitTime ?? data.messageDeliveryTime ?? data.creationTime),
      from: { name: data.senderName ?? '', address: data.senderSmtpAddress || data.senderEmail || '' },
      to: people('to'),
      cc: people('cc'),
      bcc: people('bcc'),
      subject: data.subject ?? '',
      body,
      attachments: (data.attachments ?? []).map(({ fileName = '', name = '' }) => fileName || name),
      labels: [],
    });
  } catch (error) {
    if (error instanceof CorpusError) throw error;
    throw CorpusError.of('corpus/outlook-message', { reason: messageOf(error) });
  }
}

/** @throws CorpusError when the source is no store that can be read */
export async function* outlookStoreMails(path: string, source: ByteSource): AsyncGenerator<FoundMail> {
  const { readSync } = source;
  if (readSync === undefined) throw CorpusError.of('corpus/outlook-packed');
  await provideBuffer();
  const { PSTFile } = await import('pst-extractor');
  // The method is private only by its declaration.
  const File = PSTFile as unknown as new (buffer: Buffer) => { getRootFolder(): PSTFolder };
  /** Reads where its own class would open a file by name. */
  class SourceFile extends File {
    readSync(buffer: Buffer, length: number, position: number): number {
      const bytes = (readSync as NonNullable<ByteSource['readSync']>)(position, position + length);
      buffer.set(bytes);
      return bytes.length;
    }
  }
  let root: PSTFolder;
  try {
    root = new SourceFile(Buffer.alloc(0)).getRootFolder();
  } catch (error) {
    throw CorpusError.of('corpus/outlook-store', { reason: messageOf(error) });
  }
  yield* folderMails(path, root, 0);
}

function* folderMails(path: string, folder: PSTFolder, depth: number): Generator<FoundMail> {
  if (depth > MAX_FOLDER_DEPTH)
    throw CorpusError.of('corpus/outlook-store', { reason: 'its folders never end' });
  const name = folder.displayName;
  const place = name === '' ? path : `${path}/${name}`;
  let number = 0;
  for (;;) {
    let next: PSTMessage | null;
    try {
      next = folder.contentCount > 0 ? (folder.getNextChild() as PSTMessage | null) : null;
    } catch (error) {
      const failure = CorpusError.of('corpus/outlook-store', { reason: messageOf(error) });
      yield { source: `${place}#${number + 1}`, read: () => Promise.reject(failure) };
      break;
    }
    if (next === null) break;
    const message = next;
    // Contacts, tasks and appointments lie in folders beside mail.
    if (!/^(?:ipm\.note|ipm\.schedule|report\.|ipm\.post|rem\.|$)/i.test(message.messageClass)) continue;
    yield { source: `${place}#${++number}`, read: () => readStored(message, name) };
  }
  for (const inner of subFolders(folder)) yield* folderMails(place, inner, depth + 1);
}

function subFolders(folder: PSTFolder): PSTFolder[] {
  try {
    return folder.hasSubfolders ? folder.getSubFolders() : [];
  } catch {
    return [];
  }
}

async function readStored(message: PSTMessage, folder: string): Promise<RecordMail> {
  try {
    const people: Record<1 | 2 | 3, Person[]> = { 1: [], 2: [], 3: [] };
    for (let i = 0; i < message.numberOfRecipients; i++) {
      const recipient = message.getRecipient(i);
      if (recipient === null) continue;
      const kind = recipient.recipientType;
      people[kind === 2 || kind === 3 ? kind : 1].push({
        name: recipient.displayName,
        address: recipient.smtpAddress || recipient.emailAddress,
      });
    }
    const attachments = Array.from({ length: message.numberOfAttachments }, (_, i) =>
      message.getAttachment(i),
    );
    let body = message.body;
    if (body.trim() === '') body = htmlToText(message.bodyHTML);
    if (body.trim() === '') {
      const { text, isHtml } = rtfContent(message.bodyRTF);
      body = isHtml ? htmlToText(text) : text;
    }
    const date = message.clientSubmitTime ?? message.messageDeliveryTime;
    return await mailOf({
      headers: message.transportMessageHeaders,
      messageId: message.internetMessageId,
      inReplyTo: message.inReplyToId,
      date: date === null ? null : date.getTime(),
      from: { name: message.senderName, address: message.senderEmailAddress },
      to: people[1],
      cc: people[2],
      bcc: people[3],
      subject: message.subject,
      body,
      attachments: attachments.map(({ longFilename, filename }) => longFilename || filename),
      labels: folder === '' ? [] : [folder],
    });
  } catch (error) {
    if (error instanceof CorpusError) throw error;
    throw CorpusError.of('corpus/outlook-message', { reason: messageOf(error) });
  }
}

/** Where a mail came by SMTP its own headers know more: addresses of people inside the same company too. */
async function mailOf(message: OutlookMessage): Promise<RecordMail> {
  const header = await headerFields(message.headers);
  const names = new Map(Object.entries(header?.names ?? {}));
  const bare = (people: readonly Person[]): string[] => {
    const all = people.map(({ name, address }) => addPerson(outlookAddress(address, name), name, names));
    return [...new Set(all.filter((address) => address !== ''))];
  };
  const or = (own: readonly string[] | undefined, people: readonly Person[]): readonly string[] =>
    own !== undefined && own.length > 0 ? own : bare(people);
  const subject = oneLine(message.subject);
  const body = unixLines(message.body).replaceAll('\0', '');
  const fields: MailFields = {
    messageId: bareMessageId(message.messageId) || (header?.messageId ?? ''),
    date: header?.date ?? message.date,
    from: header?.from || (bare([message.from])[0] ?? ''),
    to: or(header?.to, message.to),
    cc: or(header?.cc, message.cc),
    bcc: bare(message.bcc),
    subject,
    body,
    ...namesField(names),
    ...optional('deliveredTo', header?.deliveredTo ?? []),
    ...optional(
      'references',
      header?.references ?? [bareMessageId(message.inReplyTo)].filter((id) => id !== ''),
    ),
    ...optional('marks', markBody(body, subject)),
    ...optional('labels', message.labels),
    ...optional(
      'attachments',
      message.attachments.map(oneLine).filter((name) => name !== ''),
    ),
  };
  return { fields };
}

async function headerFields(headers: string): Promise<MailFields | null> {
  // The first line may say that Outlook itself wrote the rest.
  const lines = headers
    .replace(/^Microsoft Mail Internet Headers.*\r?\n/, '')
    .replace(/^content-.*(?:\r?\n[ \t].*)*\r?\n/gim, '');
  const bytes = new TextEncoder().encode(`${lines.trimEnd()}\r\n\r\n`);
  return looksLikeMail(bytes) ? (await parseMessage(bytes)).fields : null;
}

/** An address of Exchange's own directory ends with a person's short name; anything without @ is kept as such a name. */
function outlookAddress(address: string, name: string): string {
  const directory = /^\/o=.*\/cn=([^/]+)$/i.exec(address)?.[1];
  const inName = /<?([\w.+-]+@[\w.-]+)>?/.exec(name)?.[1];
  if (directory !== undefined) return (inName ?? directory).toLowerCase();
  return (address || inName || '').toLowerCase();
}

function timeOf(text: string | undefined): number | null {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? null : Math.floor(time / 1000) * 1000;
}

/** The libraries use Node's Buffer, which browsers lack. */
async function provideBuffer(): Promise<void> {
  const scope = globalThis as { Buffer?: unknown };
  scope.Buffer ??= (await import('buffer/index.js')).Buffer;
}
