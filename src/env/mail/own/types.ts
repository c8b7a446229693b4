/** A visitor's own mailbox: what is kept of it, what is told of it, and what can be done with it. Plain data, for any thread. */
import type { ImportFile, ImportReport, ImportWatch, Split } from '../../types';
import type { OwnerEvidence } from '../corpus/owner';
import type { EmailId, EvidenceField, Question } from '../corpus/types';
import type { SkipReason } from '../questions/make';

/** `made` by the maker, from a `file`, or the visitor's `own`. */
export type QuestionOrigin = 'made' | 'file' | 'own';

/** A question with what the mailbox knows of it. */
export interface KeptQuestion extends Question {
  readonly split: Split;
  readonly origin: QuestionOrigin;
  /** Somebody has looked at it and found it good, or changed it: making questions anew leaves it alone. */
  readonly isAccepted: boolean;
  readonly isEdited: boolean;
  /** The question that this one puts in other words; absent for first wordings. */
  readonly paraphraseOf?: string;
}

/** A question as the page lists it: first wordings only. */
export interface QuestionRow extends Pick<
  KeptQuestion,
  'id' | 'question' | 'answer' | 'level' | 'split' | 'origin' | 'isAccepted' | 'isEdited' | 'emailIds'
> {
  readonly kind: string;
  /** Its other wordings. */
  readonly paraphrases: readonly string[];
}

/** Changes of a question, or a question of the visitor's own. */
export interface QuestionInput {
  /** Null for a new one. */
  readonly id: string | null;
  readonly question: string;
  /** "I don't know" where no mail answers it. */
  readonly answer: string;
  readonly split: Split;
  /** The mail that holds the answer; absent: as before. */
  readonly emailId?: EmailId;
}

/** Whose mailbox it is. */
export interface MailboxOwner {
  readonly addresses: readonly OwnerEvidence[];
  /** The evidence leaves hardly a doubt, or somebody has said so. */
  readonly isSure: boolean;
  /** Somebody has said so. */
  readonly isTold: boolean;
  /** Other addresses on much of the mail. */
  readonly others: readonly OwnerEvidence[];
}

/** What is there, without opening it. */
export interface MailboxInfo {
  readonly mails: number;
  /** Bytes in the browser's storage. */
  readonly bytes: number;
  /** First and last day of the dated mail, `YYYY-MM-DD`; null where none is dated. */
  readonly days: readonly [string, string] | null;
  readonly questions: Readonly<Record<Split, number>>;
  readonly owner: MailboxOwner;
}

/** A stretch to be marked: UTF-16 units of the field as {@link ShownMail} has it. */
export interface ShownMark {
  readonly field: EvidenceField | 'subject';
  readonly start: number;
  readonly end: number;
}

/** A mail to look at. */
export interface ShownMail {
  readonly id: EmailId;
  readonly from: string;
  readonly to: readonly string[];
  /** `YYYY-MM-DD` in UTC; null without a date. */
  readonly date: string | null;
  readonly subject: string;
  readonly body: string;
  readonly marks: readonly ShownMark[];
}

/** What a search found, newest first. */
export interface FoundInMailbox {
  readonly id: EmailId;
  readonly from: string;
  readonly date: string | null;
  readonly subject: string;
  /** With `<b>` marks around what was found. */
  readonly snippet: string;
}

export interface MakeStatus {
  readonly done: number;
  readonly mails: number;
  readonly questions: number;
}

export interface MadeReport {
  /** First wordings that are new. */
  readonly made: number;
  /** That were there and stay: accepted, edited, own, or of a file. */
  readonly kept: number;
  readonly skipped: Readonly<Record<SkipReason, number>>;
}

/** `add`: only what is new is taken. `replace`: what was there of that kind goes, mail with its questions. */
export type AddMode = 'add' | 'replace';

/** What the page may do with the mailbox. Nothing is changed by what fails or is stopped. */
export interface OwnMailboxActions {
  /** Null when nothing is stored. */
  info(): Promise<MailboxInfo | null>;
  /** @throws CorpusError when nothing of it can be used and that is not the mail's fault; the signal's reason */
  add(files: readonly ImportFile[], how: AddMode, watch?: ImportWatch): Promise<ImportReport>;
  /** With everything made of it. */
  clear(): Promise<void>;
  /** @param addresses all that are the owner's; null goes back to what the mail says */
  setOwner(addresses: readonly string[] | null): Promise<MailboxInfo>;
  make(
    seed: number,
    watch?: { readonly onProgress?: (status: MakeStatus) => void; readonly signal?: AbortSignal },
  ): Promise<MadeReport>;
  questions(): Promise<readonly QuestionRow[]>;
  /** @throws CorpusError saying what is missing */
  saveQuestion(input: QuestionInput): Promise<QuestionRow>;
  acceptQuestions(ids: readonly string[]): Promise<void>;
  /** With their other wordings; the maker does not make them again. */
  removeQuestions(ids: readonly string[]): Promise<void>;
  /** All questions as JSON Lines, as `npm run questions` writes them. */
  questionLines(): Promise<string>;
  /** The mails that a question rests on, with its evidence marked. */
  mailsOf(question: string): Promise<readonly ShownMail[]>;
  search(words: string): Promise<readonly FoundInMailbox[]>;
  mail(id: EmailId, marked?: string): Promise<ShownMail | null>;
}
