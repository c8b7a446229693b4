/** Header lines as bytes: what they say of the body behind them, and lines that no mail may have made readable. */
import { decodeCharset, guessCharset, isPlainCharset, isUtf8, normaliseCharset } from './charset';
import { decodeBytes } from './text';

/** What decides how the body behind a header is read. */
export interface ContentHeaders {
  /** Lower case, `text/plain` when there is none. */
  readonly type: string;
  readonly boundary: string;
  /** As written; '' when there is none. */
  readonly charset: string;
  /** Lower case. */
  readonly encoding: string;
  readonly isAttachment: boolean;
  readonly fileName: string;
  /** A type without its second half, as in `Content-Type: text`. */
  readonly isBare: boolean;
}

const PLAIN: ContentHeaders = {
  type: 'text/plain',
  boundary: '',
  charset: '',
  encoding: '',
  isAttachment: false,
  fileName: '',
  isBare: false,
};

/** @param lines a whole header, one character per byte */
export function contentHeaders(lines: string, absentType: string): ContentHeaders {
  if (!/^content-/im.test(lines)) return absentType === PLAIN.type ? PLAIN : { ...PLAIN, type: absentType };
  const type = fieldValue(lines, 'content-type') ?? absentType;
  const disposition = fieldValue(lines, 'content-disposition') ?? '';
  const name =
    /^[^;]*/
      .exec(type)?.[0]
      .replace(/\([^()]*\)/g, '')
      .trim()
      .toLowerCase() ?? '';
  return {
    type: name === 'text' || name === '' ? 'text/plain' : name,
    boundary: parameter(type, 'boundary'),
    charset: parameter(type, 'charset'),
    encoding: (fieldValue(lines, 'content-transfer-encoding') ?? '').toLowerCase(),
    isAttachment: /^\s*attachment/i.test(disposition),
    isBare: name === 'text',
    fileName: parameter(disposition, 'filename') || parameter(type, 'name'),
  };
}

/** Unfolded, of the first field of that name. */
function fieldValue(lines: string, name: string): string | undefined {
  const start = new RegExp(`^${name}[ \\t]*:`, 'im').exec(lines);
  if (start === null) return undefined;
  const from = start.index + start[0].length;
  const end = /\r?\n(?![ \t])/.exec(lines.slice(from))?.index ?? lines.length - from;
  return lines
    .slice(from, from + end)
    .replace(/\r?\n[ \t]+/g, ' ')
    .trim();
}

function parameter(value: string, name: string): string {
  const found = new RegExp(`;\\s*${name}\\*?0?\\*?\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]*))`, 'i').exec(
    value,
  );
  return found?.[1]?.replace(/\\(.)/g, '$1') ?? found?.[2] ?? '';
}

const ENCODED_WORD = /=\?([^?\s*]+)(?:\*[^?\s]*)?\?([bq])\?([^?\r\n]*)\?=/gi;

/** Whether {@link readableHeader} would change anything. */
export function needsReading(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte >= 0x80 || byte === 27) return true;
  if (!bytes.includes(63)) return false;
  for (const [, charset = ''] of decodeBytes(bytes).matchAll(ENCODED_WORD)) {
    if (!isPlainCharset(charset) && !/^us-ascii$/i.test(charset)) return true;
  }
  return false;
}

/**
 * The header in UTF-8, which mail readers take for raw text. Raw bytes are read as `charset`, where that is one, or as what
 * they look like; encoded words in charsets that few know become encoded words in UTF-8.
 */
export function readableHeader(bytes: Uint8Array, charset: string): Uint8Array {
  // A word's own charset tells what raw bytes inside it are.
  const words = decodeBytes(bytes).replace(ENCODED_WORD, (word, label: string, how: string, text: string) => {
    const raw = /[\x80-\xff]/.test(text);
    if (!raw && isPlainCharset(label)) return word;
    const content = how.toLowerCase() === 'b' ? base64Bytes(text) : quotedBytes(text.replaceAll('_', ' '));
    return encodedWord(decodeCharset(content, label));
  });
  const plain = Uint8Array.from(words, (character) => character.charCodeAt(0));
  const hasEscapes = plain.includes(27);
  if (isUtf8(plain) && !hasEscapes) return plain;
  const named = charset !== '' && isPlainCharset(charset) && normaliseCharset(charset) !== 'utf-8';
  const name = named && !hasEscapes ? charset : guessCharset(plain.filter((byte) => byte !== 13));
  return new TextEncoder().encode(new TextDecoder(name).decode(plain));
}

/** The header with another type and encoding of its body. */
export function withContent(lines: string, charset: string, encoding: string): string {
  const type = fieldValue(lines, 'content-type') ?? 'text/plain';
  const bare = type.replace(/;?\s*charset\*?\s*=\s*(?:"[^"]*"|[^;\s]*)/gi, '');
  const whole = /^\s*text\s*(?:;|$)/i.test(bare) ? bare.replace(/^\s*text/i, 'text/plain') : bare;
  // Of two fields of a name readers take the first.
  return `Content-Type: ${whole}; charset=${charset}\r\nContent-Transfer-Encoding: ${encoding}\r\n${lines}`;
}

export function base64Bytes(text: string): Uint8Array {
  const clean = text.replace(/[^A-Za-z0-9+/]/g, '');
  const usable = clean.slice(0, clean.length - (clean.length % 4 === 1 ? 1 : 0));
  return Uint8Array.from(atob(usable), (character) => character.charCodeAt(0));
}

/** Quoted-printable, one character per byte; soft line breaks are taken out. */
export function quotedBytes(text: string): Uint8Array {
  const plain = text
    .replace(/[ \t]+(?=\r?\n|$)/g, '')
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

export function base64Lines(bytes: Uint8Array): string {
  const text = btoa(decodeBytes(bytes));
  return text.replace(/.{1,76}/g, '$&\r\n');
}

function encodedWord(text: string): string {
  return `=?utf-8?B?${btoa(decodeBytes(new TextEncoder().encode(text)))}?=`;
}
