/** Mail from files, whatever their form: raw mail (.eml, maildir), mbox, JSON Lines, JSON, CSV, SQuAD contexts. */
import type { Email, EmailId } from '../types';
import { messageOf } from '../records';
import type { MailFields } from './message';
import type { RecordMail } from './record';
import { findMail, type FoundMail, type MailSource } from './sources';
import { findThreads } from './threads';

export interface Rejection {
  /** Path of the file; `#n` behind it names the n-th message (mbox, JSON), row (CSV) or line (JSON Lines). */
  readonly source: string;
  readonly reason: string;
}

export interface ImportOptions {
  /** Reject longer bodies, in characters; no limit when absent. */
  readonly maxBodyLength?: number;
  /** Reject mail to more addresses (to, cc and bcc together); no limit when absent. */
  readonly maxRecipients?: number;
  /** Also treat mail with equal sender, recipients, subject and body as one, though its Message-IDs differ. */
  readonly dropCopies?: boolean;
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
  readonly rejected: readonly Rejection[];
}

interface Draft extends RecordMail {
  readonly source: string;
}

/**
 * Reads every message that it can; what it cannot read is listed with the reason and stops nothing. Of messages with equal
 * Message-ID (or, without one, equal date), sender, subject and body the first is kept, the others are listed as duplicates.
 */
export async function importMail(
  sources: AsyncIterable<MailSource> | Iterable<MailSource>,
  options: ImportOptions = {},
): Promise<ImportOutcome> {
  const collector = new Collector(options);
  let files = 0;
  for await (const source of sources) {
    files++;
    try {
      let found = false;
      for (const mail of findMail(source)) {
        found = true;
        await collector.add(mail);
      }
      if (!found) collector.reject(source.path, 'the file holds no messages');
    } catch (error) {
      collector.reject(source.path, messageOf(error));
    }
  }
  return { files, ...collector.finish() };
}

class Collector {
  readonly #options: ImportOptions;
  readonly #drafts: Draft[] = [];
  readonly #rejected: Rejection[] = [];
  readonly #byKey = new Map<string, Draft>();
  readonly #byOwnId = new Map<string, Draft>();
  readonly #byMessageId = new Map<string, Draft>();
  readonly #whyAbsent = new Map<string, string>();

  constructor(options: ImportOptions) {
    this.#options = options;
  }

  reject(source: string, reason: string): void {
    this.#rejected.push({ source, reason });
  }

  async add(mail: FoundMail): Promise<void> {
    let draft: Draft;
    try {
      draft = { source: mail.source, ...(await mail.read()) };
    } catch (error) {
      this.reject(mail.source, messageOf(error));
      return;
    }
    const reason = this.#objection(draft);
    if (reason !== null) {
      this.reject(draft.source, reason);
      if (draft.fields.messageId !== '') this.#whyAbsent.set(draft.fields.messageId, reason);
      return;
    }
    this.#drafts.push(draft);
  }

  /** Why the draft is not kept, or null; remembers the keys of what is kept. */
  #objection(draft: Draft): string | null {
    const { fields, id } = draft;
    const { maxBodyLength = Infinity, maxRecipients = Infinity, dropCopies = false } = this.#options;
    const recipients = fields.to.length + fields.cc.length + fields.bcc.length;
    if (isEmpty(fields)) return 'the message has no sender, no recipients, no subject and no text';
    if (fields.body.length > maxBodyLength) {
      return `the body has ${fields.body.length} characters, over the limit of ${maxBodyLength}`;
    }
    if (recipients > maxRecipients)
      return `the message has ${recipients} recipients, over the limit of ${maxRecipients}`;
    const keys = duplicateKeys(fields, dropCopies);
    const original = keys.map((key) => this.#byKey.get(key)).find((kept) => kept !== undefined);
    if (original !== undefined) {
      if (!this.#byMessageId.has(fields.messageId)) {
        this.#byMessageId.set(fields.messageId, original);
      }
      return `duplicate of ${original.source}`;
    }
    if (id !== undefined) {
      const namesake = this.#byOwnId.get(id);
      if (namesake !== undefined) return `its id ${id} is already that of ${namesake.source}`;
      this.#byOwnId.set(id, draft);
    }
    for (const key of keys) this.#byKey.set(key, draft);
    if (!this.#byMessageId.has(fields.messageId)) this.#byMessageId.set(fields.messageId, draft);
    return null;
  }

  finish(): Omit<ImportOutcome, 'files'> {
    const ids = new Map<Draft, EmailId>();
    const sourceOf = new Map<EmailId, string>();
    let next = 1;
    for (const draft of this.#drafts) {
      let id = draft.id;
      while (id === undefined || (draft.id === undefined && this.#byOwnId.has(id))) id = `m${next++}`;
      ids.set(draft, id);
      sourceOf.set(id, draft.source);
    }
    const emails = withThreads(this.#drafts, ids);
    const idOfMessage = new Map<string, EmailId>();
    for (const [messageId, draft] of this.#byMessageId) {
      const id = ids.get(draft);
      if (id !== undefined && messageId !== '') idOfMessage.set(messageId, id);
    }
    return { emails, sourceOf, idOfMessage, whyAbsent: this.#whyAbsent, rejected: this.#rejected };
  }
}

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

/** Mails with a key in common are one mail. */
function duplicateKeys(fields: MailFields, dropCopies: boolean): string[] {
  const { messageId, date, from, to, cc, bcc, subject } = fields;
  const content = [from, subject, fields.body.replace(/\s+/g, ' ').trim()];
  // A Message-ID alone is no proof: broken senders reuse it for different mail. Equal mail without one, sent at
  // different times, is a reminder and no copy.
  const keys = [messageId === '' ? ['date', date, ...content] : ['id', messageId, ...content]];
  if (dropCopies) keys.push(['copy', [...new Set([...to, ...cc, ...bcc])].sort().join(), ...content]);
  return keys.map((key) => JSON.stringify(key));
}
