/**
 * Which part of a mail's body can be asked about: what its sender wrote, or passed on, and no quoted text and no signature.
 * The marks of the import are taken as they are; what they leave out, since they would rather mark too little, is cut here:
 * a question about a signature that was overlooked is worse than a question lost.
 */
import type { Email } from '../../corpus/types';
import type { Span } from '../types';

/** Lines from which on a text is somebody else's, or nobody's. */
const ENDS =
  /^[ \t>]*(?:-{2,} ?(?:original|forwarded|begin forwarded|inline attachment)\b.*|-{10,}.*(?:forwarded by\b.*)?|_{10,}|={10,}|\*{10,}|-- ?|.{0,80}\b(?:wrote|writes|schrieb):|On .{6,80}, .{2,80} wrote:?|(?:From|To):[ \t].*|.{0,60}\bFrom:[ \t].*\d{1,2}\/\d{1,2}\/\d{2,4}.*|.{0,60}\bunsubscribe\b.*|Sent from my .*|Get your (?:FREE|private).*|Do You Yahoo.*|(?:This|The information) .{0,60}\b(?:confidential|privileged|intended)\b.*)$/gim;
const CLOSING =
  /^[ \t]*(?:(?:many |best |kind |warm |with )?(?:thanks|thank you|regards|best|sincerely|cheers|yours truly|sincerely yours|respectfully|love|thx)(?: again| and regards| in advance| so much| you)?|(?:thanks|regards|sincerely|cheers|best)[,.!]? *[\p{L} ]{0,20})[ \t]*[,.!-]*[ \t]*$/gimu;
/** Most lines of a signature. */
const SIGNATURE_LINES = 14;
/** Header lines of quoted mail, whose dates and addresses are not what a body says. */
const QUOTED_HEADER =
  /^[ \t>]*(?:(?:sent|date|from|to|cc|bcc|subject|importance|sensitivity|reply-to|message-id|x-[\w-]+)[ \t]*:.*|[^\n]{0,80}\bFrom:[ \t].*|[^\n]{0,120}\bon \d{1,2}\/\d{1,2}\/\d{2,4}(?: \d{1,2}:\d\d(?::\d\d)? ?[AP]M)?[ \t]*(?:-+)?|-+ ?forwarded by.*|\d{1,2}:\d\d [AP]M ?-+|\d{1,2}\/\d{1,2}\/\d{2,4} \d{1,2}:\d\d(?::\d\d)? ?[AP]M|On .{6,100} wrote:?)$/gim;
const HEADER_LINE = /^[ \t>]*(?:sent|date|from|to|cc|bcc|subject|importance|sensitivity|-{2,}.*)\b.*$/i;
/** Lines that say how to reach somebody. */
const CONTACT =
  /\d{3}[-. )/]{1,2}\d{3}[-. ]\d{4}|\S@\S+\.\w|\b(?:fax|tel|phone|ph|cell|mobile|pager|office|ext)\b[.:# ]|\bx ?-?\d{4,5}\b|\b[A-Z]{2},? +\d{5}\b|\b(?:Street|St\.|Suite|P\.? ?O\.? Box)\b/i;
/** Short lines that belong to what a mail says, though they look like a signature's. */
const SAID =
  /\b(?:pass ?code|pin|dial|conference|call-?in|bridge|when|where|what|date|time|location|place|agenda|rsvp|room|please|attached|user|password|number is)\b/i;
const LONGEST_SIGNATURE_LINE = 60;

/** Ascending, never empty stretches. @param footers lines at the end that are other mails' too */
export function ownText(email: Email, footers: readonly Span[]): Span[] {
  const { body, marks = [] } = email;
  const quoted = marks.filter(({ kind }) => kind !== 'forward');
  const forward = marks.find(({ kind }) => kind === 'forward');
  const regions = [region(body, 0, forward?.start ?? body.length)];
  if (forward !== undefined) regions.push(region(body, behindHeader(body, forward.start), forward.end));
  const taken = [...quoted, ...quotedLines(body), ...footers].sort((a, b) => a.start - b.start);
  return regions.flatMap((span) => without(body, span, taken));
}

/** The body with quoted header lines blanked, so that offsets stay. */
export function withoutQuotedHeaders(body: string): string {
  return body.replace(QUOTED_HEADER, (line) => ' '.repeat(line.length));
}

export function isInside(spans: readonly Span[], { start, end }: Span): boolean {
  return spans.some((span) => start >= span.start && end <= span.end);
}

/** What is left of a stretch before somebody else's text and the signature. */
function region(body: string, start: number, end: number): Span {
  ENDS.lastIndex = 0;
  const text = body.slice(start, end);
  const stop = ENDS.exec(text)?.index ?? text.length;
  const said = text.slice(0, stop);
  return { start, end: start + Math.min(closingOf(said), contactBlockOf(said)) };
}

/** Where "Thanks," and a few lines to the end begin. */
function closingOf(text: string): number {
  for (const { index } of text.matchAll(CLOSING)) {
    if (text.slice(index).trim().split('\n').length <= SIGNATURE_LINES) return index;
  }
  return text.length;
}

/** Where the short lines at the end begin that say who somebody is and how to reach them; they are never the whole text. */
function contactBlockOf(text: string): number {
  const lines = text.split('\n');
  let at = text.length;
  let start = text.length;
  let contacts = 0;
  let filled = 0;
  for (const line of lines.reverse()) {
    at -= line.length + 1;
    const trimmed = line.replace(/<(?:mailto|http)[^>]*>/g, '').trim();
    if (trimmed === '') continue;
    const isSentence = /[.?!,;:]$/.test(trimmed) && !CONTACT.test(trimmed);
    if (
      trimmed.length > LONGEST_SIGNATURE_LINE ||
      isSentence ||
      (SAID.test(trimmed) && !/^\W*\d{3}[-. )]/.test(trimmed)) ||
      filled >= SIGNATURE_LINES
    ) {
      return contacts > 0 && filled > 1 ? start : text.length;
    }
    filled++;
    if (CONTACT.test(trimmed)) contacts++;
    start = Math.max(0, at + 1);
  }
  return text.length;
}

/** Past the header lines that a mail program puts before what it passes on. */
function behindHeader(body: string, start: number): number {
  let at = start;
  let seen = false;
  for (const line of body.slice(start, start + 3000).split('\n')) {
    const isHeader = HEADER_LINE.test(line);
    if (seen && !isHeader && line.trim() === '') return at;
    seen ||= /^[ \t>]*subject\b/i.test(line);
    at += line.length + 1;
  }
  return Math.min(at, body.length);
}

function quotedLines(body: string): Span[] {
  return Array.from(body.matchAll(/^[ \t]*>.*\n?/gm), ({ index, 0: line }) => ({
    start: index,
    end: index + line.length,
  }));
}

function without(body: string, { start, end }: Span, taken: readonly Span[]): Span[] {
  const left: Span[] = [];
  let at = start;
  for (const span of [...taken.filter((each) => each.end > start && each.start < end), { start: end, end }]) {
    if (span.start > at && body.slice(at, span.start).trim() !== '')
      left.push({ start: at, end: span.start });
    at = Math.max(at, span.end);
  }
  return left;
}
