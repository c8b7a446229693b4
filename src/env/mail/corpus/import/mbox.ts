/** mbox: mails one after another, each behind a line `From address date`. */

const LF = 10;
const CR = 13;
const GREATER = 62;
const FROM = [70, 114, 111, 109, 32]; // 'From '

/** `From sender … hh:mm … year`, as every mbox writer leaves it. */
const SEPARATOR = /^From (?=.*\b\d{1,2}:\d{2})(?=.*\b(?:19|20)\d{2}\b)/;
const HEADER = /^(?:>?From |[!-9;-~]+[ \t]*:)/;

/**
 * The mails of an mbox, without their `From ` lines. Such a line counts as one only at the start or after an empty line,
 * with a time and a year in it, and before a header line, so that prose starting with "From " splits nothing. `>From ` is unescaped.
 */
export function* splitMbox(bytes: Uint8Array): Generator<Uint8Array> {
  let mail = -1;
  let blankBefore = true;
  for (let start = 0; start < bytes.length;) {
    const end = lineEnd(bytes, start);
    if (blankBefore && matches(bytes, start, FROM) && isSeparator(bytes, start, end)) {
      // The empty line before a separator is the format's, not the mail's.
      if (mail >= 0) yield unescape(bytes.subarray(mail, start - emptyLineBefore(bytes, start)));
      mail = end;
    }
    blankBefore = bytes[start] === LF || (bytes[start] === CR && bytes[start + 1] === LF);
    start = end;
  }
  if (mail >= 0) yield unescape(bytes.subarray(mail));
}

/** Whether the bytes start with an mbox separator. */
export function startsMbox(bytes: Uint8Array): boolean {
  return matches(bytes, 0, FROM) && isSeparator(bytes, 0, lineEnd(bytes, 0));
}

function isSeparator(bytes: Uint8Array, start: number, end: number): boolean {
  return SEPARATOR.test(ascii(bytes, start, end)) && HEADER.test(ascii(bytes, end, lineEnd(bytes, end)));
}

/** mboxrd: a line `>…>From ` has one `>` more than the mail had. */
function unescape(mail: Uint8Array): Uint8Array {
  const kept = new Uint8Array(mail.length);
  let length = 0;
  let copied = 0;
  for (let start = 0; start < mail.length; start = lineEnd(mail, start)) {
    let quotes = start;
    while (mail[quotes] === GREATER) quotes++;
    if (quotes === start || !matches(mail, quotes, FROM)) continue;
    kept.set(mail.subarray(copied, start), length);
    length += start - copied;
    copied = start + 1;
  }
  if (copied === 0) return mail;
  kept.set(mail.subarray(copied), length);
  return kept.subarray(0, length + mail.length - copied);
}

/** Bytes of the empty line that ends at `end`; 0 when the line before is none. */
function emptyLineBefore(bytes: Uint8Array, end: number): number {
  if (bytes[end - 1] !== LF) return 0;
  return bytes[end - 2] === CR ? 2 : 1;
}

/** One past the line feed of the line at `start`. */
function lineEnd(bytes: Uint8Array, start: number): number {
  const end = bytes.indexOf(LF, start);
  return end < 0 ? bytes.length : end + 1;
}

function matches(bytes: Uint8Array, at: number, pattern: readonly number[]): boolean {
  return pattern.every((byte, i) => bytes[at + i] === byte);
}

function ascii(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, Math.min(end, start + 500)));
}
