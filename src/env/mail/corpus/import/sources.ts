/** Takes a file apart into the messages it holds, by what it contains and never by its name. */
import { CorpusError } from '../types';
import { peek, readWhole, sourceOf, type Bytes, type ByteSource, type Peeked } from './bytes';
import { folderOf } from './folder';
import { cutMessages, startsMbox } from './mbox';
import { looksLikeMail, parseMessage } from './message';
import { outlookStoreMails, readOutlookMessage, startsOutlookMessage, startsOutlookStore } from './outlook';
import type { RecordMail } from './record';
import { findRecords } from './record-files';
import type { Cut, SkimmedMessage } from './skim';
import { textPieces } from './text-pieces';
import { decodeBytes, decodeStart, decodeText, encodeRawMail } from './text';
import { gunzipped, startsGzip, startsTar, tarEntries } from './unpack';
import { startsZip, zipEntries, type ArchiveEntry } from './zip-entries';

/** One file. */
export interface MailSource {
  /** Shown in reports; need not be a path. */
  readonly path: string;
  readonly bytes: Bytes;
}

/** A message on its way in: read it to get its fields or the reason why not. */
export interface FoundMail {
  readonly source: string;
  /** Rejects with the reason in its message. */
  readonly read: () => Promise<RecordMail>;
  /** What of a long message was left out. */
  readonly cuts?: readonly Cut[];
  /** Where it lies: a folder, or a file of many mails. */
  readonly folder?: string;
}

export interface FindOptions {
  readonly signal?: AbortSignal | undefined;
}

/** What formats are told by. */
const HEAD_BYTES = 64 * 1024;
/** A file inside an archive inside an archive is not looked for. */
const MAX_DEPTH = 2;
/** Mail in UTF-16, and files that libraries need whole. */
const MAX_WHOLE_BYTES = 256 * 1024 * 1024;
const LF = 10;
const CR = 13;

/**
 * The messages of a file, and of the files in it when it is an archive. Each is to be read before the next is asked for.
 * @throws CorpusError with a lower-case reason when the file is no mail.
 */
export async function* findMail(
  { path, bytes }: MailSource,
  options: FindOptions = {},
): AsyncGenerator<FoundMail> {
  yield* findIn(path, sourceOf(bytes), 0, options);
}

async function* findIn(
  path: string,
  source: ByteSource,
  depth: number,
  options: FindOptions,
): AsyncGenerator<FoundMail> {
  const peeked = await peek(source, HEAD_BYTES);
  try {
    yield* findInPeeked(path, source, peeked, depth, options);
  } finally {
    await peeked.close();
  }
}

async function* findInPeeked(
  path: string,
  source: ByteSource,
  peeked: Peeked,
  depth: number,
  options: FindOptions,
): AsyncGenerator<FoundMail> {
  const { head } = peeked;
  if (head.length === 0) throw CorpusError.of('corpus/file-empty');
  if (startsZip(head) || startsGzip(head) || startsTar(head)) {
    if (depth >= MAX_DEPTH) throw CorpusError.of('corpus/archive-inside');
    yield* findInArchive(path, source, peeked, depth + 1, options);
    return;
  }
  if (startsOutlookStore(head)) {
    yield* outlookStoreMails(path, source);
    return;
  }
  if (startsOutlookMessage(head)) {
    const whole = await wholeOf(peeked.pieces);
    const folder = folderOf(path, false);
    yield { source: path, read: () => readOutlookMessage(whole), ...(folder === '' ? {} : { folder }) };
    return;
  }
  const start = leadLength(head);
  const lead = head.subarray(start);
  if (lead.length === 0) throw CorpusError.of('corpus/file-empty');
  const emlx = emlxMail(lead);
  if (emlx !== null) {
    yield* findRaw(path, slice(peeked.pieces, start + emlx.from, emlx.length), false, source);
  } else if (startsMbox(lead) || (isCrOnly(lead) && startsMbox(linesOf(lead)))) {
    yield* findRaw(path, linePieces(slice(peeked.pieces, start), lead), true, source, start);
  } else if (looksLikeMail(lead)) {
    yield* findRaw(path, linePieces(slice(peeked.pieces, start), lead), false, source);
  } else yield* findOther(path, peeked);
}

async function* findOther(path: string, { head, pieces }: Peeked): AsyncGenerator<FoundMail> {
  const isWide = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  if (isWide) {
    const text = decodeStart(head).trimStart();
    if (looksLikeMail(encodeRawMail(text))) {
      yield* findMail({ path, bytes: encodeRawMail(decodeText(await wholeOf(pieces))) });
      return;
    }
  } else if (head.subarray(0, 4096).includes(0)) throw CorpusError.of('corpus/file-binary');
  yield* findRecords(path, decodeStart(head), textPieces(pieces));
}

async function wholeOf(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const whole = await readWhole(pieces, MAX_WHOLE_BYTES);
  if (whole === null) throw CorpusError.of('corpus/file-too-large', { limit: MAX_WHOLE_BYTES });
  return whole;
}

/** Raw messages; one alone bears the file's name, several are numbered. */
async function* findRaw(
  path: string,
  pieces: AsyncIterable<Uint8Array>,
  mbox: boolean,
  source: ByteSource,
  offset = 0,
): AsyncGenerator<FoundMail> {
  const { read } = source;
  const readAt = read && ((from: number, to: number) => read(from + offset, to + offset));
  let held: SkimmedMessage | null = null;
  let count = 0;
  for await (const message of cutMessages(pieces, { mbox, read: mbox ? readAt : undefined })) {
    if (held !== null) yield rawMail(`${path}#${++count}`, held, folderOf(path, mbox));
    held = message;
  }
  if (held !== null) yield rawMail(count === 0 ? path : `${path}#${++count}`, held, folderOf(path, mbox));
}

function rawMail(source: string, { bytes, cuts }: SkimmedMessage, folder: string): FoundMail {
  return {
    source,
    read: () => parseMessage(bytes),
    ...(cuts.length === 0 ? {} : { cuts }),
    ...(folder === '' ? {} : { folder }),
  };
}

async function* findInArchive(
  path: string,
  source: ByteSource,
  { head, pieces }: Peeked,
  depth: number,
  options: FindOptions,
): AsyncGenerator<FoundMail> {
  if (startsGzip(head)) {
    yield* findIn(path.replace(/\.(?:gz|tgz)$/i, ''), gunzipped(pieces), depth, options);
    return;
  }
  let found = 0;
  const entries: AsyncIterable<ArchiveEntry> = startsZip(head)
    ? zipEntries(source, options.signal)
    : tarEntries(pieces);
  for await (const { path: inner, bytes, refused } of entries) {
    found++;
    const name = `${path}/${inner}`;
    try {
      if (bytes === null) throw refused ?? CorpusError.of('corpus/file-empty');
      yield* findIn(name, bytes, depth, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      yield { source: name, read: () => Promise.reject(error as Error) };
    }
  }
  if (found === 0) throw CorpusError.of('corpus/archive-empty');
}

/** Apple's .emlx: the mail's length in bytes on the first line, the mail, a property list. */
function emlxMail(head: Uint8Array): { from: number; length: number } | null {
  const end = head.indexOf(LF);
  if (end < 1 || end > 40) return null;
  const length = /^\s*(\d{1,12})\s*$/.exec(decodeBytes(head.subarray(0, end)))?.[1];
  if (length === undefined || !looksLikeMail(head.subarray(end + 1))) return null;
  return { from: end + 1, length: Number(length) };
}

async function* slice(
  pieces: AsyncIterable<Uint8Array>,
  from: number,
  length = Infinity,
): AsyncGenerator<Uint8Array> {
  let skip = from;
  let left = length;
  for await (const piece of pieces) {
    const part = piece.subarray(Math.min(skip, piece.length)).subarray(0, left);
    skip = Math.max(0, skip - piece.length);
    left -= part.length;
    if (part.length > 0) yield part;
    if (left <= 0) return;
  }
}

/** With line feeds, also where a file of old Macintoshes has carriage returns alone. */
function linePieces(pieces: AsyncIterable<Uint8Array>, head: Uint8Array): AsyncIterable<Uint8Array> {
  if (!isCrOnly(head)) return pieces;
  return {
    async *[Symbol.asyncIterator]() {
      for await (const piece of pieces) yield linesOf(piece);
    },
  };
}

function isCrOnly(head: Uint8Array): boolean {
  return head.includes(CR) && !head.includes(LF);
}

function linesOf(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => (byte === CR ? LF : byte));
}

/** Bytes of a byte-order mark and of blank lines in front, which copying and exporting tools leave there. */
function leadLength(head: Uint8Array): number {
  let at = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  for (let line = at; line < head.length; line++) {
    const byte = head[line];
    if (byte === LF || byte === CR) at = line + 1;
    else if (byte !== 32 && byte !== 9) break;
  }
  return at;
}

/** Bytes for a raw mail given as text; for callers that hold text, such as pasted mail. */
export function mailSourceOfText(path: string, text: string): MailSource {
  return { path, bytes: encodeRawMail(text) };
}
