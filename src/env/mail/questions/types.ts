/** What crosses between the parts of the question maker. */
import type { Split } from '../../types';
import type { Email, Evidence, Question } from '../corpus/types';
import type { ExpertCall } from '../expert';

/** Half-open range of UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A mail with what the maker has worked out about it. */
export interface PreparedMail {
  readonly email: Email;
  /** What its subject says, fit to be put into a question; null for a subject that says nothing. */
  readonly topic: Topic | null;
  /** The body with the header lines of quoted mail blanked; offsets are the body's. */
  readonly visible: string;
  /** The stretches of the body that its sender wrote for it: no quoted text, no signature. Ascending. */
  readonly own: readonly Span[];
  /** Name of the sender; null when only an address is known. */
  readonly sender: string | null;
  /** `YYYY-MM-DD` in UTC; null without a date. */
  readonly day: string | null;
  /** Equal for the mails of one conversation. */
  readonly thread: number;
  /** Equal for mails that must share a split: a conversation with its copies and namesakes. Stable under other mail. */
  readonly group: string;
  /** The address whose mailbox it is searched in; null when it lies in none. */
  readonly inbox: string | null;
  /** What is said against asking about it, for mail that nobody wrote to anybody; null for the rest. */
  readonly bulk: 'spam' | 'newsletter' | 'automatic' | null;
}

export interface Topic {
  /** As questions write it. */
  readonly text: string;
  /** Whether it reads well without quotation marks behind "about". */
  readonly isPlain: boolean;
  /** Its telling words, lower case, in order, each once. */
  readonly words: readonly string[];
}

/** One way to point at a mail in a question, such as "Ann Lee's e-mail about the budget". */
export interface MailReference {
  readonly topic: Topic;
  readonly sender: string | null;
  readonly day: string | null;
}

/** A question with everything that training needs to know of it. */
export interface MadeQuestion extends Omit<Question, 'family' | 'trace' | 'evidence' | 'expert'> {
  /** Its family once it is imported. */
  readonly kind: string;
  readonly evidence: readonly Evidence[];
  readonly expert: readonly ExpertCall[];
  readonly split: Split;
  /** The question that this one puts in other words; absent for first wordings. */
  readonly paraphraseOf?: string;
}

/** What a kind proposes to ask; checked and worded by the maker. */
export interface Proposal {
  readonly kind: string;
  readonly level: number;
  readonly mail: PreparedMail;
  readonly reference: MailReference;
  /** Wordings, with `{mail}` where the mail is named. */
  readonly asks: readonly string[];
  readonly answer: string;
  readonly aliases: readonly string[];
  /** Every mail that an answer may rest on, the one asked about first. */
  readonly sources: readonly PreparedMail[];
  readonly evidence: readonly Evidence[];
  /** Mails that have to be read one after the other; absent where any one source will do. */
  readonly readAll?: readonly PreparedMail[];
}
