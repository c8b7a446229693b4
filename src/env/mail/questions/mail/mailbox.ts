/** The mail that questions are made from, prepared once, with what the checks look up in it. */
import { participants } from '../../corpus/dataset';
import type { Email, EmailId, MailStore } from '../../corpus/types';
import type { FoundValue, ValueKind } from '../values';
import type { MailReference, PreparedMail } from '../types';
import { Boilerplate } from './boilerplate';
import { bulkOf } from './bulk';
import { inboxesOf } from './inboxes';
import { ownText, withoutQuotedHeaders } from './own-text';
import { senderName } from './people';
import { bareSubject, topicOf, WORD } from './subject';
import { threadsAndGroups } from './threads';

/** Most hits that the checks look at; the search's own limit. */
const MOST_HITS = 10;

export class Mailbox {
  readonly store: MailStore;
  readonly mails: readonly PreparedMail[];
  /** Mails by the words of their subjects. */
  readonly #bySubjectWord = new Map<string, PreparedMail[]>();
  readonly #byThread = new Map<number, PreparedMail[]>();
  readonly #subjects = new Map<PreparedMail, ReadonlySet<string>>();
  readonly #people = new Map<PreparedMail, ReadonlySet<string>>();
  readonly #byId = new Map<EmailId, PreparedMail>();
  /** People who wrote to an inbox, each once, in order. */
  readonly #writers = new Map<string, Map<string, PreparedMail>>();
  readonly #values = new Map<ValueKind, Map<PreparedMail, readonly FoundValue[]>>();

  /**
   * @param store the same mails, for searches; the caller closes it
   * @param owner as {@link inboxesOf} takes it
   */
  constructor(emails: readonly Email[], store: MailStore, owner?: readonly string[]) {
    this.store = store;
    const { thread, group } = threadsAndGroups(emails);
    const inboxes = inboxesOf(emails, owner);
    const boilerplate = new Boilerplate(emails);
    this.mails = emails.map((email, i): PreparedMail => ({
      email,
      topic: topicOf(email.subject),
      visible: withoutQuotedHeaders(email.body),
      own: ownText(email, boilerplate.spans(email)),
      sender: senderName(email),
      day: email.date === null ? null : new Date(email.date).toISOString().slice(0, 10),
      thread: thread[i] ?? i,
      group: group[i] ?? email.id,
      inbox: inboxes[i] ?? null,
      bulk: bulkOf(email),
    }));
    for (const mail of this.mails) {
      this.#people.set(mail, participants(mail.email));
      addTo(this.#byThread, mail.thread, mail);
      this.#byId.set(mail.email.id, mail);
      this.#addWriter(mail);
      const words = subjectWords(mail);
      this.#subjects.set(mail, words);
      for (const word of words) addTo(this.#bySubjectWord, word, mail);
    }
  }

  isIn(mail: PreparedMail, inbox: string): boolean {
    return this.#people.get(mail)?.has(inbox) === true;
  }

  /** Mails of an inbox that a reference fits: its words in the subject, its sender, its day. */
  matching({ topic, sender, day }: MailReference, inbox: string): PreparedMail[] {
    const lists = topic.words.map((word) => this.#bySubjectWord.get(word) ?? []);
    const shortest = lists.reduce((a, b) => (b.length < a.length ? b : a), lists[0] ?? []);
    return shortest.filter(
      (mail) =>
        this.isIn(mail, inbox) &&
        topic.words.every((word) => this.#subjects.get(mail)?.has(word) === true) &&
        (sender === null || mail.sender === sender) &&
        (day === null || mail.day === day),
    );
  }

  /** What the environment's own search finds by these words, newest first, ten mails at most. */
  searched(words: readonly string[], inbox: string): PreparedMail[] {
    const hits = this.store.search({ inbox, keywords: words, maxResults: MOST_HITS });
    return hits.map(({ id }) => this.#byId.get(id)).filter((mail) => mail !== undefined);
  }

  /** One mail of each person who wrote to an inbox. */
  writers(inbox: string): PreparedMail[] {
    return [...(this.#writers.get(inbox)?.values() ?? [])];
  }

  #addWriter(mail: PreparedMail): void {
    const { inbox, sender, bulk, email } = mail;
    if (inbox === null || sender === null || bulk !== null || email.from === inbox) return;
    const known = this.#writers.get(inbox) ?? new Map<string, PreparedMail>();
    this.#writers.set(inbox, known);
    if (!known.has(sender)) known.set(sender, mail);
  }

  /** The conversation of a mail, as far as the inbox sees it. */
  conversation(mail: PreparedMail, inbox: string): PreparedMail[] {
    return (this.#byThread.get(mail.thread) ?? []).filter((other) => this.isIn(other, inbox));
  }

  /** All values of a kind in the whole text of a mail. */
  values(mail: PreparedMail, kind: ValueKind): readonly FoundValue[] {
    let byMail = this.#values.get(kind);
    if (byMail === undefined) this.#values.set(kind, (byMail = new Map()));
    let found = byMail.get(mail);
    if (found === undefined) byMail.set(mail, (found = kind.find(mail.visible)));
    return found;
  }
}

function addTo<Key>(lists: Map<Key, PreparedMail[]>, key: Key, mail: PreparedMail): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [mail]);
  else list.push(mail);
}

function subjectWords({ email }: PreparedMail): Set<string> {
  const words = Array.from(
    bareSubject(email.subject)
      .toLowerCase()
      .replace(/[‘’`´]/g, "'")
      .matchAll(WORD),
    ([word]) => word,
  );
  return new Set(words);
}
