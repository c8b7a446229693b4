/**
 * One raw message, given line by line and kept only as far as the corpus needs it: headers and texts within limits, of
 * attachments their headers. So a message of any size takes no more memory than its limits say, and its base64 is never
 * decoded. What is kept is a well-formed smaller message for the parser of mails, its texts in charsets that this parser knows.
 */
import { decodeCharset, isOldGb, isPlainCharset, isUtf8 } from './charset';
import {
  base64Bytes,
  base64Lines,
  contentHeaders,
  needsReading,
  quotedBytes,
  readableHeader,
  withContent,
  type ContentHeaders,
} from './header-bytes';
import { decodeBytes } from './text';

/** Bytes of one header field; about 2,000 recipients. */
export const MAX_FIELD_BYTES = 64 * 1024;
/** Bytes of all headers of a message, its parts' included. */
export const MAX_HEADER_BYTES = 1024 * 1024;
/** Bytes of one text as it is encoded; a book has one million. */
export const MAX_TEXT_BYTES = 4 * 1024 * 1024;
/** Bytes kept of a part that other readers take text from: calendars, TNEF, mails inside mails that are encoded. */
const MAX_OTHER_BYTES = 16 * 1024 * 1024;
/** Bytes kept of a message in all. */
export const MAX_KEPT_BYTES = 32 * 1024 * 1024;

/** What was left out of a message that is kept, but for attachments. */
export type Cut =
  | { readonly what: 'field'; readonly name: string; readonly limit: number }
  | { readonly what: 'headers' | 'text' | 'message'; readonly limit: number };

export interface SkimmedMessage {
  readonly bytes: Uint8Array;
  readonly cuts: readonly Cut[];
}

const LF = 10;
const CR = 13;
const DASH = 45;

type Mode = 'header' | 'keep' | 'drop';

interface Multipart {
  readonly boundary: Uint8Array;
  /** Type of a part that names none. */
  readonly partType: string;
}

interface Leaf {
  readonly headerStart: number;
  readonly bodyStart: number;
  readonly content: ContentHeaders;
}

export class Skimmer {
  #out = new Uint8Array(16 * 1024);
  #length = 0;
  #buffer: Uint8Array | null = null;
  #from = 0;
  #to = 0;

  #mode: Mode = 'header';
  #open: Multipart[] = [];
  #absentType = 'text/plain';
  #headerStart = 0;
  #rootEnd = -1;
  #rootCharset = '';
  #leaf: Leaf | null = null;
  #left = 0;
  #fieldBytes = 0;
  #fieldStart = 0;
  /** Whether the rest of the field is left out. */
  #fieldCut = false;
  #headerBytes = 0;
  #cuts: Cut[] = [];
  /** Bytes of the empty line that was kept last. */
  #blank = 0;

  /**
   * A line with its line end, or a piece of one.
   * @param starts whether a line starts here @param ends whether it ends here
   */
  line(buffer: Uint8Array, start: number, end: number, starts: boolean, ends: boolean): void {
    if (this.#mode === 'header') this.#headerLine(buffer, start, end, starts);
    else {
      if (
        starts &&
        buffer[start] === DASH &&
        buffer[start + 1] === DASH &&
        this.#boundary(buffer, start, end)
      )
        return;
      if (this.#mode === 'keep') this.#keepWithin(buffer, start, end, starts && ends);
    }
  }

  /** To be called before the buffer of the lines so far goes away. */
  flush(): void {
    if (this.#buffer === null) return;
    const part = this.#buffer.subarray(this.#from, this.#to);
    this.#buffer = null;
    if (this.#length + part.length > this.#out.length) {
      const grown = new Uint8Array(Math.max(this.#out.length * 2, this.#length + part.length));
      grown.set(this.#out.subarray(0, this.#length));
      this.#out = grown;
    }
    this.#out.set(part, this.#length);
    this.#length += part.length;
  }

  /**
   * The message, and a new start for the next one.
   * @param dropBlank without its last line when that is empty: before a separator it belongs to the format
   */
  finish(dropBlank: boolean): SkimmedMessage {
    this.flush();
    if (dropBlank) this.#length -= this.#blank;
    if (this.#mode === 'header') this.#endHeader();
    this.#endLeaf();
    const message = this.#readable();
    const cuts = this.#cuts;
    this.#length = 0;
    // One large message leaves no large buffer behind.
    if (this.#out.length > 1024 * 1024) this.#out = new Uint8Array(16 * 1024);
    this.#mode = 'header';
    this.#open = [];
    this.#absentType = 'text/plain';
    this.#headerStart = 0;
    this.#rootEnd = -1;
    this.#rootCharset = '';
    this.#leaf = null;
    this.#fieldBytes = 0;
    this.#fieldCut = false;
    this.#headerBytes = 0;
    this.#cuts = [];
    this.#blank = 0;
    return { bytes: message, cuts };
  }

  #keep(buffer: Uint8Array, start: number, end: number): void {
    if (this.#buffer === buffer && this.#to === start) this.#to = end;
    else {
      this.flush();
      this.#buffer = buffer;
      this.#from = start;
      this.#to = end;
    }
  }

  #append(text: string): void {
    this.#keep(new TextEncoder().encode(text), 0, text.length);
    this.flush();
  }

  #cut(cut: Cut): void {
    const { what } = cut;
    const same = this.#cuts.some(
      (other) => other.what === what && (what !== 'field' || ('name' in other && other.name === cut.name)),
    );
    if (!same) this.#cuts.push(cut);
  }

  #headerLine(buffer: Uint8Array, start: number, end: number, starts: boolean): void {
    const first = buffer[start];
    if (starts) {
      if (first === LF || (first === CR && buffer[start + 1] === LF)) {
        this.#keep(buffer, start, end);
        this.#blank = end - start;
        this.#endHeader();
        return;
      }
      if (first === DASH && buffer[start + 1] === DASH && this.#boundary(buffer, start, end)) return;
      if (first !== 32 && first !== 9) {
        this.#fieldBytes = 0;
        this.#fieldCut = false;
        this.#fieldStart = this.#pending();
      }
    }
    this.#blank = 0;
    const length = end - start;
    this.#fieldBytes += length;
    if (this.#fieldBytes > MAX_FIELD_BYTES) this.#cutField();
    else if (this.#headerBytes + length > MAX_HEADER_BYTES) {
      this.#cut({ what: 'headers', limit: MAX_HEADER_BYTES });
      this.#endLine();
    } else {
      this.#headerBytes += length;
      this.#keep(buffer, start, end);
    }
  }

  /** Ends a field behind its last whole item that is kept. */
  #cutField(): void {
    if (this.#fieldCut) return;
    this.#fieldCut = true;
    this.flush();
    const kept = this.#out.subarray(this.#fieldStart, this.#length);
    const name = /^[^:\s]*/.exec(decodeBytes(kept.subarray(0, 100)))?.[0] ?? '';
    this.#cut({ what: 'field', name, limit: MAX_FIELD_BYTES });
    const comma = kept.lastIndexOf(44);
    if (comma > 0) this.#length = this.#fieldStart + comma;
    this.#endLine();
  }

  #endLine(): void {
    this.flush();
    if (this.#length > 0 && this.#out[this.#length - 1] !== LF) this.#append('\r\n');
  }

  #keepWithin(buffer: Uint8Array, start: number, end: number, isLine: boolean): void {
    const length = end - start;
    if (length > this.#left || this.#pending() + length > MAX_KEPT_BYTES) {
      const isText = this.#left <= MAX_TEXT_BYTES;
      const part = Math.max(0, Math.min(this.#left, MAX_KEPT_BYTES - this.#pending()));
      this.#cut(
        isText && part === this.#left
          ? { what: 'text', limit: MAX_TEXT_BYTES }
          : { what: 'message', limit: MAX_KEPT_BYTES },
      );
      this.#keep(buffer, start, start + part);
      this.#endLine();
      this.#blank = 0;
      this.#mode = 'drop';
      return;
    }
    this.#left -= length;
    this.#keep(buffer, start, end);
    const isBlank =
      isLine && length <= 2 && (buffer[start] === LF || (buffer[start] === CR && buffer[start + 1] === LF));
    this.#blank = isBlank ? length : 0;
  }

  /** Bytes kept so far, those in the buffer included. */
  #pending(): number {
    return this.#length + (this.#buffer === null ? 0 : this.#to - this.#from);
  }

  /** Whether the line is a boundary of a multipart that is open; if so it is dealt with. */
  #boundary(buffer: Uint8Array, start: number, end: number): boolean {
    for (let i = this.#open.length - 1; i >= 0; i--) {
      const { boundary, partType } = this.#open[i] ?? { boundary: new Uint8Array(), partType: '' };
      const closes = boundaryEnd(buffer, start, end, boundary);
      if (closes === null) continue;
      this.flush();
      if (this.#mode === 'header') this.#endHeader();
      this.#endLeaf();
      this.#open.length = closes ? i : i + 1;
      this.#endLine();
      this.#keep(buffer, start, end);
      this.#blank = 0;
      if (closes) this.#mode = 'drop';
      else this.#startHeader(partType);
      return true;
    }
    return false;
  }

  #startHeader(absentType: string): void {
    this.flush();
    this.#mode = 'header';
    this.#absentType = absentType;
    this.#headerStart = this.#length;
    this.#fieldBytes = 0;
    this.#fieldCut = false;
  }

  #endHeader(): void {
    this.flush();
    const lines = decodeBytes(this.#out.subarray(this.#headerStart, this.#length));
    const content = contentHeaders(lines, this.#absentType);
    if (this.#rootEnd < 0) {
      this.#rootEnd = this.#length;
      this.#rootCharset = content.charset;
    }
    const { type, boundary, isAttachment } = content;
    if (type.startsWith('multipart/') && boundary !== '') {
      const partType = type === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
      this.#open.push({ boundary: Uint8Array.from(boundary, (c) => c.charCodeAt(0)), partType });
      this.#mode = 'drop';
    } else if (type === 'message/rfc822' && !isAttachment && !/base64|quoted/.test(content.encoding)) {
      this.#startHeader('text/plain');
    } else {
      this.#left = keptBytes(content);
      this.#mode = this.#left > 0 ? 'keep' : 'drop';
      this.#leaf = { headerStart: this.#headerStart, bodyStart: this.#length, content };
      if (isText(content) && this.#rootCharset === '') this.#rootCharset = content.charset;
    }
  }

  /** Texts that the parser would misread are written anew. */
  #endLeaf(): void {
    const leaf = this.#leaf;
    this.#leaf = null;
    if (leaf === null) return;
    this.flush();
    const { content, headerStart, bodyStart } = leaf;
    const body = this.#out.subarray(bodyStart, this.#length);
    if (body.length === 0 || !isText(content) || !isMisread(content, body)) return;
    const lines = decodeBytes(this.#out.subarray(headerStart, bodyStart));
    const decoded = transferDecoded(body, content.encoding);
    const text = decodeCharset(decoded, bodyCharset(content, decoded));
    const written = withContent(lines, 'utf-8', 'base64') + base64Lines(new TextEncoder().encode(text));
    this.#length = headerStart;
    this.#keep(
      Uint8Array.from(written, (c) => c.charCodeAt(0)),
      0,
      written.length,
    );
    this.flush();
    if (headerStart === 0) this.#rootEnd = rootLength(written);
  }

  /** The message with a header that can be read. */
  #readable(): Uint8Array {
    const whole = this.#out.slice(0, this.#length);
    const root = whole.subarray(0, Math.max(0, this.#rootEnd));
    if (!needsReading(root)) return whole;
    const header = readableHeader(root, this.#rootCharset);
    const message = new Uint8Array(header.length + whole.length - root.length);
    message.set(header);
    message.set(whole.subarray(root.length), header.length);
    return message;
  }
}

function rootLength(written: string): number {
  const end = /\r?\n\r?\n/.exec(written);
  return end === null ? written.length : end.index + end[0].length;
}

function isText({ type, isAttachment }: ContentHeaders): boolean {
  return (type === 'text/plain' || type === 'text/html') && !isAttachment;
}

function keptBytes(content: ContentHeaders): number {
  const { type, isAttachment, fileName } = content;
  if (isText(content)) return MAX_TEXT_BYTES;
  if (type === 'text/calendar' || type === 'application/ics') return MAX_TEXT_BYTES;
  if (isTnef(type, fileName) || (type === 'message/rfc822' && !isAttachment)) return MAX_OTHER_BYTES;
  // A multipart whose boundary nobody named.
  return type.startsWith('multipart/') ? MAX_TEXT_BYTES : 0;
}

/** Outlook's own form of a message, which other programs show as winmail.dat. */
export function isTnef(type: string, fileName: string): boolean {
  return (
    type === 'application/ms-tnef' || type === 'application/vnd.ms-tnef' || /^winmail\.dat$/i.test(fileName)
  );
}

/** Whether a parser that goes by labels would read the text wrongly. */
function isMisread({ type, charset, encoding, isBare }: ContentHeaders, body: Uint8Array): boolean {
  if (isBare || isOldGb(charset)) return true;
  if (charset !== '' && isPlainCharset(charset)) {
    return /^utf-?8$/i.test(charset) && !encoding.includes('base64') && hasHigh(body) && !isUtf8(body);
  }
  if (charset !== '' && !/^(?:us-)?ascii$/i.test(charset)) return true;
  return (
    hasHigh(body) ||
    /base64|quoted/.test(encoding) ||
    (type === 'text/html' && charset === '') ||
    body.includes(27)
  );
}

function hasHigh(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte >= 0x80) return true;
  return false;
}

/** The charset to read a text in: the header's, or where that says nothing the one that HTML names itself. */
function bodyCharset({ type, charset }: ContentHeaders, bytes: Uint8Array): string {
  if (type !== 'text/html' || (charset !== '' && !/^(?:us-)?ascii$/i.test(charset)))
    return isWrongUtf8(charset, bytes) ? '' : charset;
  const head = decodeBytes(bytes.subarray(0, 4096));
  const named = /<meta[^>]+charset\s*=\s*["']?([\w:.-]+)/i.exec(head)?.[1] ?? '';
  // A page that could be read to find this name is not in UTF-16.
  return /^utf-?16/i.test(named) || isUtf8(bytes) ? 'utf-8' : named;
}

function isWrongUtf8(charset: string, bytes: Uint8Array): boolean {
  return /^utf-?8$/i.test(charset) && !isUtf8(bytes);
}

function transferDecoded(body: Uint8Array, encoding: string): Uint8Array {
  if (encoding.includes('base64')) return base64Bytes(decodeBytes(body));
  return encoding.includes('quoted-printable') ? quotedBytes(decodeBytes(body)) : body;
}

/** Whether the boundary line closes its multipart; null when it is none. */
function boundaryEnd(buffer: Uint8Array, start: number, end: number, boundary: Uint8Array): boolean | null {
  let at = start + 2;
  if (end - at < boundary.length) return null;
  for (const byte of boundary) if (buffer[at++] !== byte) return null;
  const closes = buffer[at] === DASH && buffer[at + 1] === DASH && at + 1 < end;
  if (closes) at += 2;
  for (; at < end; at++) {
    const byte = buffer[at];
    if (byte !== 32 && byte !== 9 && byte !== CR && byte !== LF) return null;
  }
  return closes;
}
