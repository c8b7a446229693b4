/** What the commands that read mail say of it. */
import type { ImportOutcome, ImportProgress, Rejection } from '../../src/env/mail/corpus/import';
import type { findOwner } from '../../src/env/mail/corpus/owner';
import { threadOf } from '../../src/env/mail/corpus/types';
import type { MailFiles } from './files';

/** Where lines go: a result or report, and what went wrong. */
export interface Output {
  readonly info: (line: string) => void;
  readonly error: (line: string) => void;
  /** How far a long command has come; each line takes the place of the one before. */
  readonly progress?: (line: string) => void;
}

/** Reasons shown in full by the readable report; --json has all. */
const SHOWN_REJECTIONS = 20;

export function printOutcome(
  out: Output,
  files: number,
  outcome: ImportOutcome,
  rejected: readonly Rejection[],
): void {
  const { emails } = outcome;
  const refused = outcome.reasons.reduce(
    (sum, each) => sum + each.count,
    rejected.length - outcome.rejected.length,
  );
  out.info(`Files: ${files}   Messages: ${emails.length}   Rejected: ${refused}`);
  const dates = emails.flatMap((email) => (email.date === null ? [] : [email.date])).sort((a, b) => a - b);
  if (dates.length > 0) {
    const first = isoDate(dates[0] ?? null)?.slice(0, 10);
    const last = isoDate(dates.at(-1) ?? null)?.slice(0, 10);
    out.info(`Dates: ${first} to ${last}   Without a date: ${emails.length - dates.length}`);
  }
  out.info(
    `Without a sender: ${emails.filter((email) => email.from === '').length}   Without text: ${emails.filter((email) => email.body.trim() === '').length}`,
  );
  const threads = new Set(emails.map(threadOf)).size;
  const labels = new Set(emails.flatMap((email) => email.labels ?? [])).size;
  out.info(`Conversations: ${threads}   Folders and labels: ${labels}`);
  for (const { code, count } of outcome.reasons) out.info(`  ${count} × ${reasonName(code)}`);
  printRejected(out, rejected, refused);
  if (outcome.shortened.length > 0) {
    out.info(`Shortened: ${outcome.shortened.length}`);
    printRejected(out, outcome.shortened);
  }
}

/** `corpus/file-empty` as words. */
function reasonName(code: string): string {
  return code.replace(/^.*\//, '').replaceAll('-', ' ');
}

export function printOwner(out: Output, { addresses, mails, sure }: ReturnType<typeof findOwner>): void {
  if (addresses.length === 0) {
    out.info('Whose mailbox: nobody stands out; --owner ADDRESS says it.');
    return;
  }
  out.info(`Whose mailbox${sure ? '' : ' (a guess; --owner ADDRESS says it better)'}:`);
  for (const { address, name, delivered, sent, written, involved, because } of addresses.slice(0, 10)) {
    const who = name === '' ? address : `${name} <${address}>`;
    out.info(
      `  ${who}: ${because}; delivered ${delivered}, in sent folders ${sent}, written ${written}, on ${involved} of ${mails} mails`,
    );
  }
}

export function progressOf(files: MailFiles, out: Output): (progress: ImportProgress) => void {
  const { progress = () => undefined } = out;
  const total = files.bytes;
  return ({ bytes, messages, rejected }) =>
    progress(
      `${Math.min(100, Math.floor((100 * bytes) / Math.max(1, total)))} % of ${(total / 1e6).toFixed(1)} MB, ${messages} messages, ${rejected} rejected`,
    );
}

export function printRejected(out: Output, rejected: readonly Rejection[], all = rejected.length): void {
  for (const { source, reason } of rejected.slice(0, SHOWN_REJECTIONS)) out.info(`  ${source}: ${reason}`);
  if (all > SHOWN_REJECTIONS) out.info(`  … and ${all - SHOWN_REJECTIONS} more`);
}

export function isoDate(date: number | null): string | null {
  return date === null ? null : new Date(date).toISOString();
}
