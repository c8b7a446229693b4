/**
 * Messages out of a stream of bytes: the mails of an mbox, each behind a line `From …`, or one mail alone. Memory is that of
 * one piece of the stream and of one message as {@link Skimmer} keeps it.
 */
import { concat } from './bytes';
import { Skimmer, type SkimmedMessage } from './skim';
import { decodeBytes } from './text';

const LF = 10;
const CR = 13;
const GREATER = 62;
const FROM = [70, 114, 111, 109, 32]; // 'From '

/** A longer line is handed on in pieces of this length. */
const LONG_LINE = 32 * 1024;
/** Of a line so much is looked at to tell what it is. */
const LOOKED_AT = 500;

/** A time and a year, as most writers leave them: `From sender … hh:mm … year`. */
const DATED = /^From (?=.*\b\d{1,2}:\d{2})(?=.*\b(?:19|20)\d{2}\b)/;
/** C's asctime behind the sender, the year with two digits or four. */
const ASCTIME =
  /^From (?:\S.*\s)?(?:mon|tue|wed|thu|fri|sat|sun)\w*,?\s+[a-z]{3}\s+\d{1,2}\s+\d{1,2}:\d{2}.*\d\s*$/i;
/** `From `, `From - ` or `From sender` and nothing more; a word of prose is no sender. */
const BARE = /^From (?:-|\S+@\S+|MAILER[-_]DAEMON)?\s*$/i;
const HEADER = /^(?:>?From |[!-9;-~]+[ \t]*:)/;
const KNOWN_HEADER =
  /^(?:x-[\w-]+|return-path|received|delivered-to|envelope-to|message-id|from|to|cc|bcc|subject|date|sender|reply-to|mime-version|content-type|content-length|status|dkim-signature|arc-seal)[ \t]*:/i;

export interface CutOptions {
  /** The stream is an mbox: it starts with a separator. Otherwise it is one message. */
  readonly mbox: boolean;
  /** Reads bytes of the stream by their place, for `Content-Length`; without it separators alone count. */
  readonly read?: ((start: number, end: number) => Promise<Uint8Array>) | undefined;
}

/** Messages in order; each line is judged only when the next one is known too. */
export async function* cutMessages(
  pieces: AsyncIterable<Uint8Array>,
  { mbox, read }: CutOptions,
): AsyncGenerator<SkimmedMessage> {
  const cutter = new Cutter(mbox, read !== undefined);
  const run = async function* (
    steps: Generator<SkimmedMessage | Asked, void, boolean>,
  ): AsyncGenerator<SkimmedMessage> {
    let answer = false;
    for (let step = steps.next(); step.done !== true; step = steps.next(answer)) {
      answer = false;
      if ('bytes' in step.value) yield step.value;
      else if (read !== undefined) answer = endsAt(await read(step.value.at - 2, step.value.at + LOOKED_AT));
    }
  };
  for await (const piece of pieces) yield* run(cutter.push(piece));
  yield* run(cutter.end());
}

/** Whether the bytes start like an mbox: with a separator and a header below it. */
export function startsMbox(bytes: Uint8Array): boolean {
  if (!isFrom(bytes, 0)) return false;
  const end = lineEnd(bytes, 0);
  return isSeparator(lineText(bytes, 0, end), lineText(bytes, end, lineEnd(bytes, end)), true);
}

/** Whether a message of the length that its header names really ends at `at`. */
interface Asked {
  readonly at: number;
}

class Cutter {
  readonly #mbox: boolean;
  readonly #canAsk: boolean;
  readonly #skimmer = new Skimmer();
  #rest: Uint8Array = new Uint8Array();
  /** Place of `#rest` in the stream. */
  #place = 0;
  #inMessage: boolean;
  #blankBefore = true;
  #lineStarts = true;
  #inHeader = true;
  /** Content-Length of the message; null when it has none or when it is wrong. */
  #length: number | null = null;
  #bodyPlace = 0;
  /** Place before which no separator counts. */
  #trusted = 0;

  constructor(mbox: boolean, canAsk: boolean) {
    this.#mbox = mbox;
    this.#canAsk = canAsk;
    this.#inMessage = !mbox;
  }

  push(piece: Uint8Array): Generator<SkimmedMessage | Asked, void, boolean> {
    return this.#lines(this.#rest.length === 0 ? piece : concat([this.#rest, piece]), false);
  }

  *end(): Generator<SkimmedMessage | Asked, void, boolean> {
    yield* this.#lines(this.#rest, true);
    if (this.#inMessage) yield this.#skimmer.finish(false);
  }

  *#lines(buffer: Uint8Array, final: boolean): Generator<SkimmedMessage | Asked, void, boolean> {
    let start = 0;
    while (start < buffer.length) {
      const feed = buffer.indexOf(LF, start);
      const end = feed < 0 ? buffer.length : feed + 1;
      if (feed < 0 && !final) {
        if (end - start <= LONG_LINE) break;
        this.#give(buffer, start, end, false);
        start = end;
        break;
      }
      const first = buffer[start];
      if (this.#mbox && this.#lineStarts && first === FROM[0] && isFrom(buffer, start)) {
        const nextFeed = buffer.indexOf(LF, end);
        // The line below decides, so it must be there.
        if (nextFeed < 0 && !final && buffer.length - end <= LONG_LINE) break;
        const next = lineText(buffer, end, nextFeed < 0 ? buffer.length : nextFeed + 1);
        if (isSeparator(lineText(buffer, start, end), next, this.#blankBefore)) {
          if (!(yield* this.#isInside(this.#place + start))) {
            this.#skimmer.flush();
            if (this.#inMessage) yield this.#skimmer.finish(this.#blankBefore);
            this.#inMessage = true;
            this.#blankBefore = false;
            this.#inHeader = true;
            this.#length = null;
            start = end;
            continue;
          }
        }
      }
      if (this.#inMessage) {
        if (this.#mbox && this.#inHeader && this.#lineStarts) this.#header(buffer, start, end);
        const quotes = this.#mbox && this.#lineStarts && first === GREATER ? unescaped(buffer, start) : start;
        this.#give(buffer, quotes, end, true);
      }
      this.#blankBefore = this.#lineStarts && isBlank(buffer, start, end);
      this.#lineStarts = true;
      start = end;
    }
    this.#skimmer.flush();
    this.#place += start;
    this.#rest = buffer.slice(start);
  }

  #give(buffer: Uint8Array, start: number, end: number, ends: boolean): void {
    let from = start;
    for (; this.#inMessage && end - from > LONG_LINE; from += LONG_LINE) {
      this.#skimmer.line(buffer, from, from + LONG_LINE, this.#lineStarts, false);
      this.#lineStarts = false;
    }
    if (this.#inMessage) this.#skimmer.line(buffer, from, end, this.#lineStarts, ends);
    if (!ends) this.#lineStarts = false;
  }

  #header(buffer: Uint8Array, start: number, end: number): void {
    if (isBlank(buffer, start, end)) {
      this.#inHeader = false;
      this.#bodyPlace = this.#place + end;
    } else if ((buffer[start] === 67 || buffer[start] === 99) && end - start < 60) {
      const given = /^content-length:\s*(\d{1,12})\s*$/i.exec(lineText(buffer, start, end))?.[1];
      if (given !== undefined) this.#length = Number(given);
    }
  }

  /** Whether a separator is text of the message, because its Content-Length says so and is right. */
  *#isInside(place: number): Generator<Asked, boolean, boolean> {
    if (place < this.#trusted) return true;
    if (!this.#canAsk || this.#inHeader || this.#length === null) return false;
    const at = this.#bodyPlace + this.#length;
    this.#length = null;
    if (place >= at - 2) return false;
    if (!(yield { at })) return false;
    this.#trusted = at - 2;
    return true;
  }
}

/** Whether a message ends near the third of these bytes: a separator or the end of the stream follows. */
function endsAt(bytes: Uint8Array): boolean {
  const text = decodeBytes(bytes);
  return text.length <= 4
    ? text.length >= 2 && /^\s*$/.test(text.slice(2))
    : /^(?:..)?[\r\n]{0,4}From /s.test(text);
}

function isSeparator(line: string, next: string, blankBefore: boolean): boolean {
  if (!HEADER.test(next)) return false;
  if (ASCTIME.test(line)) return true;
  return blankBefore && (DATED.test(line) || (BARE.test(line) && KNOWN_HEADER.test(next)));
}

/** mboxrd: a line `>…>From ` has one `>` more than the mail had. */
function unescaped(buffer: Uint8Array, start: number): number {
  let quotes = start;
  while (buffer[quotes] === GREATER) quotes++;
  return isFrom(buffer, quotes) ? start + 1 : start;
}

function isFrom(bytes: Uint8Array, at: number): boolean {
  return FROM.every((byte, i) => bytes[at + i] === byte);
}

function isBlank(buffer: Uint8Array, start: number, end: number): boolean {
  return buffer[start] === LF || (buffer[start] === CR && buffer[start + 1] === LF && end - start === 2);
}

/** One past the line feed of the line at `start`. */
function lineEnd(bytes: Uint8Array, start: number): number {
  const end = bytes.indexOf(LF, start);
  return end < 0 ? bytes.length : end + 1;
}

function lineText(bytes: Uint8Array, start: number, end: number): string {
  return decodeBytes(bytes.subarray(start, Math.min(end, start + LOOKED_AT)));
}
