/** What crosses the corpus boundary: e-mails, questions about them, and full-text search. No tokens, no models. */
import type { ErrorName } from '../../../errors';
import { corpus } from '../../../errors/texts/en/corpus';
import type { TextTable } from '../../../errors/texts/types';
import { EnvironmentError } from '../../errors';
import type { Split, Stage } from '../../types';
import type { ExpertCall } from '../expert';

/** Identifier of an e-mail inside one {@link MailStore}: what tools show to the policy. Unique, stable, non-empty. */
export type EmailId = string;

export interface Email {
  /** Short id shown to the policy. */
  readonly id: EmailId;
  /** RFC 5322 Message-ID without angle brackets, or '' when the mail had none. */
  readonly messageId: string;
  /** Milliseconds since the epoch, UTC; null when the mail had no readable date. */
  readonly date: number | null;
  /** Bare address, lower case. '' when unknown. */
  readonly from: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly subject: string;
  /** Plain text, LF line ends. */
  readonly body: string;
  // What follows is absent where there is nothing to say, so that a mail without it is written as it always was.
  /** Names of people as the headers write them, by their address in this mail; only addresses that had one. */
  readonly names?: Readonly<Record<string, string>>;
  /** Addresses that the mail was delivered to, which its recipients need not name: lists, aliases, blind copies. */
  readonly deliveredTo?: readonly string[];
  /** Message-IDs of what it answers, without angle brackets, oldest first: References, then In-Reply-To. */
  readonly references?: readonly string[];
  /** Equal for all mails of one conversation: the id of its first mail here. Absent for a mail that stands alone; see {@link threadOf}. */
  readonly threadId?: EmailId;
  /** Stretches of the body that were not written for this mail, ascending, without overlap. */
  readonly marks?: readonly BodyMark[];
  /** Labels or folders that the mail lay in, as its owner wrote them. */
  readonly labels?: readonly string[];
  /** File names of attachments, whose contents are not kept. */
  readonly attachments?: readonly string[];
}

/** `quote`: an earlier mail that this one answers, with the line that introduces it. `forward`: a mail that it passes on. */
export type MarkKind = 'quote' | 'forward' | 'signature';

/** UTF-16 units of {@link Email.body} from `start` to before `end`; whole lines. */
export interface BodyMark {
  readonly kind: MarkKind;
  readonly start: number;
  readonly end: number;
}

/** The conversation of a mail. */
export function threadOf(email: Email): EmailId {
  return email.threadId ?? email.id;
}

/**
 * One search of one inbox. `exact`: every keyword is a phrase, all must match subject or body. `broad`: every word must
 * match, by its stem, subject, body or the names of senders and recipients; phrases in quotes; see `search/broad.ts`.
 */
export interface SearchQuery {
  /** Address that must be sender or a recipient (to, cc or bcc); null for all mail, which no tool may ask for. */
  readonly inbox: string | null;
  readonly keywords: readonly string[];
  readonly fromAddr?: string;
  readonly toAddr?: string;
  /** ISO date `YYYY-MM-DD`, inclusive from midnight UTC. */
  readonly sentAfter?: string;
  /** ISO date `YYYY-MM-DD`, exclusive: before midnight UTC of that day. */
  readonly sentBefore?: string;
  /** 1 to 10; 10 when absent. */
  readonly maxResults?: number;
}

export interface SearchHit {
  readonly id: EmailId;
  /** Excerpt of about 15 tokens with `<b>` marks around the match. */
  readonly snippet: string;
}

/** The ways to search. */
export const SEARCH_METHODS = ['exact', 'broad'] as const;
export type SearchMethodName = (typeof SEARCH_METHODS)[number];

/** In-memory mail with full-text search. Implementations promise: newest first, ties by id, deterministic. */
export interface MailStore {
  readonly size: number;
  /** @throws CorpusError when the query breaks a rule of {@link SearchQuery}. */
  search(query: SearchQuery): SearchHit[];
  /** null when no mail has that id. */
  read(id: EmailId): Email | null;
  /** Frees the index. Nothing may be read afterwards. */
  close(): void;
}

/** A store that can tell how large its index is. */
export interface IndexedMailStore extends MailStore {
  /** Memory of the index, in bytes; the mails themselves are not counted. */
  readonly indexBytes: number;
}

export interface Question {
  readonly id: string;
  readonly question: string;
  /** Gold answer. "I don't know" marks an unanswerable question. */
  readonly answer: string;
  /** Other accepted wordings. */
  readonly aliases: readonly string[];
  /** Ids of the mails that hold the answer (empty for unanswerable questions). */
  readonly emailIds: readonly EmailId[];
  readonly inbox: string;
  /** `YYYY-MM-DD`: "today" of the episode. */
  readonly queryDate: string;
  /** Question family, e.g. `single`, `latest`, `filter`, `unanswerable`; '' when unknown. */
  readonly family: string;
  /** 1 (easy) upwards; 1 when unknown. */
  readonly level: number;
  /** How an expert would find the answer; only generated questions have it. */
  readonly trace?: QuestionTrace;
  /** The calls of an expert's whole episode; instead of a trace where several mails have to be read. */
  readonly expert?: readonly ExpertCall[];
  /** What the answer rests on; only made questions have it. */
  readonly evidence?: readonly Evidence[];
  /** As of the task that it becomes. */
  readonly stage?: Stage;
}

/** A quotation: UTF-16 units of a field of a mail from `start` to before `end`. */
export interface Evidence {
  /** RFC 5322 Message-ID without angle brackets. */
  readonly messageId: string;
  readonly field: EvidenceField;
  readonly start: number;
  readonly end: number;
}

export const EVIDENCE_FIELDS = ['body', 'from', 'to', 'date'] as const;
/** `to`: the first recipient. `date`: its day, as `YYYY-MM-DD`. */
export type EvidenceField = (typeof EVIDENCE_FIELDS)[number];

/** Arguments of one good search, in the tools' wire form, and the mail to read afterwards. */
export interface QuestionTrace {
  readonly search: Readonly<Record<string, unknown>>;
  /** Absent for unanswerable questions. */
  readonly read?: EmailId;
}

/**
 * `public/datasets/<name>/dataset.json`. Files are JSONL beside it: `emailFiles` hold {@link Email} lines
 * (fields as above), each split holds {@link Question} lines.
 */
export interface DatasetManifest {
  readonly name: string;
  readonly title: string;
  readonly licence: string;
  readonly seed: number;
  readonly emailFiles: readonly string[];
  readonly splits: Readonly<Record<Split, string>>;
  /** How its mail is to be searched where the run does not say; `exact` when absent, as all datasets were before. */
  readonly search?: SearchMethodName;
  /** Addresses of the person whose mail it is, the most used first; absent where nobody has said so. */
  readonly owner?: readonly string[];
  readonly counts: { readonly emails: number; readonly questions: Readonly<Record<Split, number>> };
}

export interface Dataset {
  readonly manifest: DatasetManifest;
  readonly emails: readonly Email[];
  readonly questions: Readonly<Record<Split, readonly Question[]>>;
}

/** Every corpus failure that a user can act on. The message says what was asked, what was found and what to do. */
export class CorpusError extends EnvironmentError {
  static override readonly texts: TextTable = corpus;
  override name: ErrorName<'CorpusError'> = 'CorpusError';
}
