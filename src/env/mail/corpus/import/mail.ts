/** Mail from files, whatever their form: raw mail (.eml, maildir), mbox, JSON Lines, JSON, CSV, SQuAD contexts. */
import type { ErrorCode } from '../../../../errors/codes';
import { CorpusError, type Email, type EmailId } from '../types';
import { sourceOf, type ByteSource } from './bytes';
import { messageOf } from '../records';
import type { MailFields } from './message';
import type { RecordMail } from './record';
import type { Cut } from './skim';
import { findMail, type FoundMail, type MailSource } from './sources';
import { findThreads } from './threads';

export interface Rejection {
  /** Path of the file; `#n` behind it names the n-th message (mbox, JSON), row (CSV) or line (JSON Lines). */
  readonly source: string;
  readonly reason: string;
}

/** Mails left out for one kind of reason. */
export interface ReasonCount {
  readonly code: ErrorCode;
  readonly count: number;
}

/** How far an import has come. */
export interface ImportProgress {
  /** Bytes read of all files together, as they lie there: of an archive its packed ones. */
  readonly bytes: number;
  readonly messages: number;
  readonly rejected: number;
}

export interface ImportOptions {
  /** Reject longer bodies, in characters; no limit when absent. */
  readonly maxBodyLength?: number;
  /** Reject mail to more addresses (to, cc and bcc together); no limit when absent. */
  readonly maxRecipients?: number;
  /** Also treat mail with equal sender, recipients, subject and body as one, though its Message-IDs differ. */
  readonly dropCopies?: boolean;
  /** Mail that is there already: it is kept first, with its ids, and what equals it is counted instead of told. */
  readonly known?: readonly Email[];
  /** Called now and then, at the latest after each few MiB. */
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Ends the import: it rejects with the signal's reason, and nothing of it is kept. */
  readonly signal?: AbortSignal;
}

export interface ImportOutcome {
  /** Files read, whether or not they held mail. */
  readonly files: number;
  /** In source order. Ids are `m1`, `m2`, … except where a record brought its own. */
  readonly emails: readonly Email[];
  /** Where each mail came from, as in {@link Rejection}. */
  readonly sourceOf: ReadonlyMap<EmailId, string>;
  /** The first mail of each Message-ID; that of a dropped duplicate leads to the mail that was kept. */
  readonly idOfMessage: ReadonlyMap<string, EmailId>;
  /** Why the mail with a Message-ID is absent, for mail that was read and then rejected. */
  readonly whyAbsent: ReadonlyMap<string, string>;
  /** Mails that equal one of those that were there already. */
  readonly already: number;
  /** The first ten thousand; {@link reasons} counts all. */
  readonly rejected: readonly Rejection[];
  /** What was left out, by kind of reason, most frequent first. */
  readonly reasons: readonly ReasonCount[];
  /** Mails that are kept without a part of them, and what that is; attachments, which never are, are not listed. */
  readonly shortened: readonly Rejection[];
}

interface Draft extends RecordMail {
  /** Null for mail that was there already. */
  readonly source: string | null;
}

/** Rejections that are told one by one. */
const MAX_REJECTIONS = 10_000;
/** Bytes after which progress is told again, and messages. */
const PROGRESS_BYTES = 4 * 1024 * 1024;
const PROGRESS_MESSAGES = 500;

/**
 * Reads every message that it can; what it cannot read is listed with the reason and stops nothing. Of messages with equal
 * Message-ID (or, without one, equal date), sender, subject and body the first is kept, the others are listed as duplicates.
 * Files are read in pieces: memory is needed for what is kept of the mails, and for one message.
 */
export async function importMail(
  sources: AsyncIterable<MailSource> | Iterable<MailSource>,
  options: ImportOptions = {},
): Promise<ImportOutcome> {
  const { signal, onProgress } = options;
  const collector = new Collector(options);
  let files = 0;
  let bytes = 0;
  let told = 0;
  let messages = 0;
  const tell = (): void => {
    told = bytes;
    onProgress?.({ bytes, messages: collector.kept, rejected: collector.refused });
  };
  const count = (length: number): void => {
    signal?.throwIfAborted();
    bytes += length;
    if (bytes - told >= PROGRESS_BYTES) tell();
  };
  for await (const source of sources) {
    signal?.throwIfAborted();
    files++;
    try {
      let found = false;
      for await (const mail of findMail(
        { ...source, bytes: counted(sourceOf(source.bytes), count) },
        { signal },
      )) {
        found = true;
        await collector.add(mail);
        if (++messages % PROGRESS_MESSAGES === 0) tell();
        signal?.throwIfAborted();
      }
      if (!found) throw CorpusError.of('corpus/no-messages');
    } catch (error) {
      signal?.throwIfAborted();
      collector.reject(source.path, error);
    }
  }
  tell();
  signal?.throwIfAborted();
  return { files, ...collector.finish() };
}

/** Tells how many bytes are read, in all no more than there are: parts may be read again. */
function counted(source: ByteSource, count: (bytes: number) => void): ByteSource {
  const { size, read, readSync } = source;
  let left = size ?? Infinity;
  const pass = (part: Uint8Array): Uint8Array => {
    const fresh = Math.min(left, part.length);
    left -= fresh;
    count(fresh);
    return part;
  };
  return {
    size,
    async *pieces() {
      for await (const piece of source.pieces()) yield pass(piece);
    },
    ...(read === undefined ? {} : { read: (start, end) => read(start, end).then(pass) }),
    ...(readSync === undefined ? {} : { readSync: (start, end) => pass(readSync(start, end)) }),
  };
}

class Collector {
  readonly #options: ImportOptions;
  readonly #drafts: Draft[] = [];
  readonly #rejected: Rejection[] = [];
  readonly #shortened: Rejection[] = [];
  readonly #reasons = new Map<ErrorCode, number>();
  readonly #byKey = new Map<string, Draft>();
  readonly #byOwnId = new Map<string, Draft>();
  readonly #byMessageId = new Map<string, Draft>();
  readonly #whyAbsent = new Map<string, string>();
  readonly #known: number;
  #already = 0;
  refused = 0;

  constructor(options: ImportOptions) {
    this.#options = options;
    const { known = [] } = options;
    this.#known = known.length;
    for (const { id, threadId, ...fields } of known) {
      // What was found to be one conversation stays one, though the mails no longer say why.
      const conversation = threadId === undefined ? {} : { conversation: `known ${threadId}` };
      const draft: Draft = { source: null, id, fields, ...conversation };
      this.#byOwnId.set(id, draft);
      this.#remember(draft, duplicateKeys(fields, options.dropCopies === true));
      this.#drafts.push(draft);
    }
  }

  /** New ones. */
  get kept(): number {
    return this.#drafts.length - this.#known;
  }

  reject(source: string, error: unknown): void {
    const reason = messageOf(error);
    const code =
      error instanceof CorpusError && error.code !== undefined ? error.code : 'corpus/message-unreadable';
    this.refused++;
    this.#reasons.set(code, (this.#reasons.get(code) ?? 0) + 1);
    if (this.#rejected.length < MAX_REJECTIONS) this.#rejected.push({ source, reason });
  }

  async add({ source, read, cuts = [], folder }: FoundMail): Promise<void> {
    let draft: Draft;
    try {
      const mail = await read();
      const labelled = mail.fields.labels === undefined && folder !== undefined && folder !== '';
      const fields = labelled ? { ...mail.fields, labels: [folder] } : mail.fields;
      draft = { source, ...mail, fields };
    } catch (error) {
      this.reject(source, error);
      return;
    }
    const objection = this.#objection(draft);
    if (objection === KNOWN) {
      this.#already++;
      return;
    }
    if (objection !== null) {
      this.reject(source, objection);
      if (draft.fields.messageId !== '') this.#whyAbsent.set(draft.fields.messageId, objection.message);
      return;
    }
    for (const cut of cuts.slice(0, this.#shortened.length < MAX_REJECTIONS ? 10 : 0)) {
      this.#shortened.push({ source, reason: cutError(cut).message });
    }
    this.#drafts.push(draft);
  }

  /** Why the draft is not kept, or null; `KNOWN` for what is there already. Remembers the keys of what is kept. */
  #objection(draft: Draft): CorpusError | typeof KNOWN | null {
    const { fields, id } = draft;
    const { maxBodyLength = Infinity, maxRecipients = Infinity, dropCopies = false } = this.#options;
    const recipients = fields.to.length + fields.cc.length + fields.bcc.length;
    const length = fields.body.length;
    if (isEmpty(fields)) return CorpusError.of('corpus/message-empty');
    if (length > maxBodyLength)
      return CorpusError.of('corpus/body-too-long', { length, limit: maxBodyLength });
    if (recipients > maxRecipients) {
      return CorpusError.of('corpus/too-many-recipients', { recipients, limit: maxRecipients });
    }
    const keys = duplicateKeys(fields, dropCopies);
    const original = keys
      .map((key) => this.#byKey.get(key))
      .find((kept) => kept !== undefined && sameContent(kept.fields, fields));
    if (original !== undefined) {
      if (!this.#byMessageId.has(fields.messageId)) this.#byMessageId.set(fields.messageId, original);
      if (original.source === null) return KNOWN;
      return CorpusError.of('corpus/duplicate', { source: original.source });
    }
    if (id !== undefined) {
      const namesake = this.#byOwnId.get(id);
      if (namesake !== undefined)
        return CorpusError.of('corpus/id-taken', { id, source: namesake.source ?? '' });
      this.#byOwnId.set(id, draft);
    }
    this.#remember(draft, keys);
    return null;
  }

  #remember(draft: Draft, keys: readonly string[]): void {
    const { messageId } = draft.fields;
    for (const key of keys) this.#byKey.set(key, draft);
    if (!this.#byMessageId.has(messageId)) this.#byMessageId.set(messageId, draft);
  }

  finish(): Omit<ImportOutcome, 'files'> {
    const ids = new Map<Draft, EmailId>();
    const sourceOf = new Map<EmailId, string>();
    let next = 1;
    for (const draft of this.#drafts) {
      let id = draft.id;
      while (id === undefined || (draft.id === undefined && this.#byOwnId.has(id))) id = `m${next++}`;
      ids.set(draft, id);
      if (draft.source !== null) sourceOf.set(id, draft.source);
    }
    const emails = withThreads(this.#drafts, ids);
    const idOfMessage = new Map<string, EmailId>();
    for (const [messageId, draft] of this.#byMessageId) {
      const id = ids.get(draft);
      if (id !== undefined && messageId !== '') idOfMessage.set(messageId, id);
    }
    const reasons = [...this.#reasons]
      .map(([code, count]) => ({ code, count }))
      .sort((a, b) => b.count - a.count);
    return {
      emails,
      sourceOf,
      idOfMessage,
      whyAbsent: this.#whyAbsent,
      already: this.#already,
      rejected: this.#rejected,
      reasons,
      shortened: this.#shortened,
    };
  }
}

/** What is said against mail that was there already. */
const KNOWN = 'known';

/** A mail that is alone in its conversation says nothing of it. */
function withThreads(drafts: readonly Draft[], ids: ReadonlyMap<Draft, EmailId>): Email[] {
  const firsts = findThreads(drafts.map(({ fields, conversation = '' }) => ({ ...fields, conversation })));
  const sizes = new Map<number, number>();
  for (const first of firsts) sizes.set(first, (sizes.get(first) ?? 0) + 1);
  return drafts.map((draft, i): Email => {
    const first = firsts[i] ?? i;
    const head = drafts[first] ?? draft;
    const threadId = (sizes.get(first) ?? 1) > 1 ? { threadId: ids.get(head) ?? '' } : {};
    return { id: ids.get(draft) ?? '', ...draft.fields, ...threadId };
  });
}

function isEmpty(fields: MailFields): boolean {
  const { from, to, cc, bcc, subject, body } = fields;
  return [from, ...to, ...cc, ...bcc, subject, body].every((text) => text.trim() === '');
}

/** Mails with a key in common are one mail, if {@link sameContent} agrees. Short, as there is one for each mail. */
function duplicateKeys(fields: MailFields, dropCopies: boolean): string[] {
  const { messageId, date, from, to, cc, bcc, subject, body } = fields;
  const content = `${from}\n${subject}\n${hashOf(plainBody(body))}`;
  // A Message-ID alone is no proof: broken senders reuse it for different mail. Equal mail without one, sent at
  // different times, is a reminder and no copy.
  const keys = [messageId === '' ? `date ${date}\n${content}` : `id ${messageId}\n${content}`];
  if (dropCopies) keys.push(`copy ${[...new Set([...to, ...cc, ...bcc])].sort().join()}\n${content}`);
  return keys.map(hashOf);
}

function sameContent(a: MailFields, b: MailFields): boolean {
  return a.from === b.from && a.subject === b.subject && plainBody(a.body) === plainBody(b.body);
}

function plainBody(body: string): string {
  return body.replace(/\s+/g, ' ').trim();
}

/** 64 bits: two FNV-1a hashes of 32 bits with different starts. */
function hashOf(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x01000193) + (b >>> 15);
  }
  return `${(a >>> 0).toString(36)}.${(b >>> 0).toString(36)}`;
}

function cutError(cut: Cut): CorpusError {
  if (cut.what === 'field') return CorpusError.of('corpus/cut-field', { name: cut.name, limit: cut.limit });
  return CorpusError.of(CUT_CODES[cut.what], { limit: cut.limit });
}

const CUT_CODES = {
  headers: 'corpus/cut-headers',
  text: 'corpus/cut-text',
  message: 'corpus/cut-message',
} as const;
