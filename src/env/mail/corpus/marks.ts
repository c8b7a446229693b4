/**
 * What of a plain text body was not written for this mail: answered mails, mails passed on, signatures and the footers
 * of lists and companies. By lines, in one pass, and rather too little than too much: a question about text that is
 * marked is lost, while a mark that is missing only makes some text count twice.
 */
import type { BodyMark, MarkKind } from './types';

const QUOTED = /^ ?(?:>|\| )/;
/** A rule or notice behind which somebody else's mail follows to the end. */
const ORIGINAL =
  /^\s*(?:>?\s*)-{2,}\s*(?:original (?:message|appointment)|reply message|reply separator|ursprüngliche nachricht|message d'origine|mensaje original|messaggio originale|oorspronkelijk bericht|原始邮件|元のメッセージ)\s*-{2,}/i;
const FORWARDED =
  /^\s*(?:-{2,}\s*(?:forwarded\b|weitergeleitete\b|begin forwarded|message transféré)|begin forwarded message:|-{4,} start of forwarded)/i;
/** A subject that says that the mail passes something on. */
const FORWARD_SUBJECT = /^\s*(?:fwd?|wg|tr|rv|enc|i)\s*:/i;
/** Lines that mail programs put before what they quote, ended by a colon. */
const INTRODUCES =
  /(?:\b(?:wrote|writes|said|schrieb|geschrieben|a écrit|escribió|ha scritto|schreef|escreveu|skrev|пишет|написал)\b|写道|さんは書きました|\d{4}|@).*[:：]\s*$/i;
const HEADER_LINE =
  /^\*?(from|sent|date|to|cc|bcc|subject|von|gesendet|datum|an|betreff|de|envoyé|à|objet|para|asunto|enviado)\*?\s*:/i;
const SUBJECT_LINE = /^\*?(?:subject|betreff|objet|asunto)\*?\s*:/i;
const DATE_OR_TIME = /\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{1,2}:\d{2}/;
const RULE = /^\s*[-_=*]{5,}\s*$/;
const DEVICE =
  /^(?:sent (?:from|via) (?:my|mail|yahoo|outlook)|get outlook for|von meinem .{1,40} gesendet|envoyé de mon )/i;
const NOTICE =
  /^\W*(?:this|the) (?:e-?mail|message|communication|transmission|information|document)\b.{0,300}\b(?:confidential|privileged|intended (?:only|solely)|property of)/i;
/** A signature behind `-- ` is short; more lines are text behind a rule. */
const MAX_SIGNATURE_LINES = 25;
/** Header lines of one quoted mail stand within so many lines of each other. */
const HEADER_SPAN = 8;

interface Line {
  readonly text: string;
  readonly start: number;
  /** One past its line feed. */
  readonly end: number;
}

/** @param subject tells a mail passed on from one answered where the body does not */
export function markBody(body: string, subject = ''): readonly BodyMark[] {
  const lines = linesOf(body);
  const marks: BodyMark[] = [];
  const rest = restOf(lines, FORWARD_SUBJECT.test(subject));
  const stop = rest?.line ?? lines.length;
  markQuotes(lines, stop, marks);
  const sign = signatureLine(lines, stop, marks);
  if (sign !== null) {
    const start = lines[sign]?.start ?? body.length;
    const end = stop < lines.length ? (lines[stop]?.start ?? body.length) : body.length;
    marks.push({ kind: 'signature', start, end });
  }
  if (rest !== null) marks.push({ kind: rest.kind, start: lines[rest.line]?.start ?? 0, end: body.length });
  return marks;
}

function linesOf(body: string): Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < body.length;) {
    const feed = body.indexOf('\n', start);
    const end = feed < 0 ? body.length : feed + 1;
    // What is looked for stands at the start of a line; a line of megabytes is not copied.
    lines.push({ text: body.slice(start, Math.min(feed < 0 ? end : feed, start + 1000)), start, end });
    start = end;
  }
  return lines;
}

/** The first line of somebody else's mail that goes on to the end of the body. */
function restOf(lines: readonly Line[], forwards: boolean): { line: number; kind: MarkKind } | null {
  for (const [i, { text }] of lines.entries()) {
    if (FORWARDED.test(text)) return { line: i, kind: 'forward' };
    if (ORIGINAL.test(text)) return { line: i, kind: forwards ? 'forward' : 'quote' };
    if (HEADER_LINE.test(text) && isHeaderBlock(lines, i)) {
      return { line: blockStart(lines, i), kind: forwards ? 'forward' : 'quote' };
    }
  }
  return null;
}

/** Three different header lines close together, a subject among them, as no prose has. */
function isHeaderBlock(lines: readonly Line[], first: number): boolean {
  const names = new Set<string>();
  let subject = false;
  for (const { text } of lines.slice(first, first + HEADER_SPAN)) {
    const name = HEADER_LINE.exec(text)?.[1];
    if (name !== undefined) names.add(name.toLowerCase());
    subject ||= SUBJECT_LINE.test(text);
  }
  return subject && names.size >= 3;
}

/** With the lines above that belong to the header: a rule, a sender's name with date and time. */
function blockStart(lines: readonly Line[], first: number): number {
  let start = first;
  for (let i = first - 1; i >= 0 && i >= first - 4; i--) {
    const text = lines[i]?.text ?? '';
    if (RULE.test(text) || DATE_OR_TIME.test(text)) start = i;
    else if (text.trim() === '' || i < first - 2) continue;
    else if (start < first && i === start - 1 && text.length < 60) start = i;
  }
  return start;
}

function markQuotes(lines: readonly Line[], stop: number, marks: BodyMark[]): void {
  for (let i = 0; i < stop; i++) {
    if (!QUOTED.test(lines[i]?.text ?? '')) continue;
    const first = introduction(lines, i);
    let last = i;
    for (let next = i + 1; next < stop; next++) {
      const text = lines[next]?.text ?? '';
      if (QUOTED.test(text)) last = next;
      else if (text.trim() !== '') break;
    }
    marks.push({ kind: 'quote', start: lines[first]?.start ?? 0, end: lines[last]?.end ?? 0 });
    i = last;
  }
}

/** The line that introduces the quote at `first`: at most three lines, the last of them ended by a colon. */
function introduction(lines: readonly Line[], first: number): number {
  let last = first - 1;
  if ((lines[last]?.text ?? '').trim() === '') last--;
  let joined = '';
  for (let i = last; i >= 0 && i > last - 3; i--) {
    const text = lines[i]?.text ?? '';
    if (text.trim() === '' || QUOTED.test(text)) break;
    joined = `${text} ${joined}`;
    if (!/[:：]\s*$/.test(joined)) break;
    if (INTRODUCES.test(joined)) {
      const before = lines[i - 1]?.text ?? '';
      // "On Monday, 3 March 2025 at 9:00," stands on a line of its own above "Ann wrote:".
      const wrapped =
        before.length > 20 && /^(?:on|am|le|el|op|il|em) /i.test(before) && DATE_OR_TIME.test(before + text);
      return wrapped ? i - 1 : i;
    }
  }
  return first;
}

/** Where a signature or footer starts that reaches to `stop`, or null. */
function signatureLine(lines: readonly Line[], stop: number, marks: readonly BodyMark[]): number | null {
  const from = marks.at(-1)?.end ?? 0;
  let found: number | null = null;
  let filled = 0;
  for (let i = stop - 1; i >= 0; i--) {
    const { text, start } = lines[i] ?? { text: '', start: 0 };
    if (start < from || filled > MAX_SIGNATURE_LINES) break;
    if (text.trim() === '') continue;
    filled++;
    const next = lines[i + 1]?.text ?? '';
    if (/^--\s*$/.test(text) || (DEVICE.test(text) && filled <= 3)) found = i;
    else if (NOTICE.test(text) && (lines[i - 1]?.text ?? '').trim() === '') found = i;
    else if (RULE.test(text) && (NOTICE.test(next) || /mailing list\s*$/i.test(next))) found = i;
  }
  return found;
}
