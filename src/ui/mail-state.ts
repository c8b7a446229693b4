/** What the page knows of the visitor's own mail. Pure. */
import type {
  FoundInMailbox,
  MadeReport,
  MailboxInfo,
  MakeStatus,
  QuestionRow,
  ShownMail,
} from '../env/mail/own/types';
import type { RunRecord } from './state';

/** A question that is open beside its mail; `id` null: one that is being written. */
export interface OpenQuestion {
  readonly id: string | null;
  readonly mails: readonly ShownMail[];
}

export interface MailState {
  /** Undefined until it is known; null when nothing is stored. */
  readonly info: MailboxInfo | null | undefined;
  /** Whether the browser has promised to keep it; null until it was asked. */
  readonly persisted: boolean | null;
  /** How far making questions has come; `begun` before the first word of it. */
  readonly making: MakeStatus | 'begun' | null;
  readonly made: MadeReport | null;
  /** Null until they have been read. */
  readonly rows: readonly QuestionRow[] | null;
  readonly open: OpenQuestion | null;
  readonly found: { readonly words: string; readonly mails: readonly FoundInMailbox[] } | null;
  /** A mail that was opened from what was found. */
  readonly read: ShownMail | null;
}

export const NO_MAIL: MailState = {
  info: undefined,
  persisted: null,
  making: null,
  made: null,
  rows: null,
  open: null,
  found: null,
  read: null,
};

export type MailAction =
  | { readonly kind: 'mail'; readonly changes: Partial<MailState> }
  /** Nothing of it is left in the browser's storage. */
  | { readonly kind: 'mail-cleared' };

/** The setting `dataset` of the visitor's own files. */
export const IMPORTED = 'imported';

/** Runs that were trained on the visitor's own mail, by their folders. */
export function runsOnOwnMail(records: readonly RunRecord[]): string[] {
  const own = records.filter(
    ({ settings }) => settings?.dataset === IMPORTED && /^mail/.test(settings.environment),
  );
  return own.map(({ outputDir }) => outputDir);
}
