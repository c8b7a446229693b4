/** A visitor's own mailbox in a folder of the browser's: kept between visits, changed by what the page asks for. */
import type { OwnFiles } from '../../own-data';
import type { ImportFile, ImportReport, ImportWatch } from '../../types';
import { normaliseAddress } from '../corpus/query';
import { busiestAddresses, findOwner } from '../corpus/owner';
import { createMailStore } from '../corpus/store';
import { CorpusError, type Email, type EmailId, type MailStore } from '../corpus/types';
import { makeQuestions } from '../questions/make';
import { isOfEarlierVersion, mailboxInfo, readMailbox, writeMailbox, type Mailbox } from './folder';
import { answerMarks, evidenceMarks, shownMail } from './marks';
import { linesOf, rowsOf, withAccepted, withEdited, withMade, withoutQuestions } from './questions';
import { takeFiles } from './take';
import type {
  AddMode,
  FoundInMailbox,
  KeptQuestion,
  MadeReport,
  MailboxInfo,
  MailboxOwner,
  MakeStatus,
  OwnMailboxActions,
  QuestionInput,
  QuestionRow,
  ShownMail,
} from './types';

/** Addresses that are offered beside the owner's. */
const MOST_OTHERS = 8;
/** What a search shows. */
const MOST_FOUND = 10;

export class OwnMailbox implements OwnMailboxActions {
  readonly #files: OwnFiles;
  #mailbox: Promise<Mailbox | null> | null = null;
  #index: Promise<MailStore> | null = null;

  /** @param files a folder of its own, in which nothing else is kept */
  constructor(files: OwnFiles) {
    this.#files = files;
  }

  async info(): Promise<MailboxInfo | null> {
    if (await isOfEarlierVersion(this.#files)) {
      const mailbox = await this.#read();
      if (mailbox !== null) return this.#write(mailbox, true);
    }
    return mailboxInfo(this.#files);
  }

  async add(files: readonly ImportFile[], how: AddMode, watch: ImportWatch = {}): Promise<ImportReport> {
    const before = await this.#read();
    const taken = await takeFiles(files, how, before ?? { emails: [], questions: [] }, watch);
    const { emails, questions, hasNewMail, report } = taken;
    if (emails.length === 0) return report;
    const isOther = how === 'replace' && hasNewMail;
    const told = before !== null && before.owner.isTold && !isOther ? addressesOf(before.owner) : [];
    await this.#write(
      {
        emails,
        questions,
        removed: isOther ? [] : (before?.removed ?? []),
        owner: ownerOf(emails, told),
      },
      hasNewMail,
    );
    return report;
  }

  async clear(): Promise<void> {
    await this.#forget();
    for (const path of await this.#files.list()) await this.#files.remove(path);
  }

  async setOwner(addresses: readonly string[] | null): Promise<MailboxInfo> {
    const mailbox = await this.#there();
    const told = [...new Set((addresses ?? []).map(normaliseAddress))].filter((address) => address !== '');
    const wrong = told.find((address) => !/^[^\s@]+@[^\s@]+$/.test(address));
    if (wrong !== undefined) throw CorpusError.of('corpus/no-address', { found: wrong });
    return this.#write({ ...mailbox, owner: ownerOf(mailbox.emails, told) }, false);
  }

  async make(
    seed: number,
    watch: { readonly onProgress?: (status: MakeStatus) => void; readonly signal?: AbortSignal } = {},
  ): Promise<MadeReport> {
    const mailbox = await this.#there();
    const { emails, questions, removed, owner } = mailbox;
    const made = await makeQuestions(emails, {
      seed,
      // Only what somebody has said: else the mail of each person in it is asked about, as on the command line.
      ...(owner.isTold ? { owner: addressesOf(owner) } : {}),
      ...watch,
    });
    const merged = withMade(questions, made.questions, removed, emails);
    await this.#write({ ...mailbox, questions: merged.questions }, false);
    return { made: merged.made, kept: merged.kept, skipped: made.skipped };
  }

  async questions(): Promise<readonly QuestionRow[]> {
    return rowsOf((await this.#read())?.questions ?? []);
  }

  async saveQuestion(input: QuestionInput): Promise<QuestionRow> {
    const mailbox = await this.#there();
    const { emails, owner } = mailbox;
    const { questions, id } = withEdited(mailbox.questions, input, { emails, owner: addressesOf(owner) });
    await this.#keep(mailbox, questions);
    const row = rowsOf(questions).find((one) => one.id === id);
    if (row === undefined) throw CorpusError.of('corpus/own-question-gone');
    return row;
  }

  async acceptQuestions(ids: readonly string[]): Promise<void> {
    const mailbox = await this.#there();
    await this.#keep(mailbox, withAccepted(mailbox.questions, ids));
  }

  async removeQuestions(ids: readonly string[]): Promise<void> {
    const mailbox = await this.#there();
    const { questions, removed } = withoutQuestions(mailbox.questions, ids);
    await this.#keep({ ...mailbox, removed: [...new Set([...mailbox.removed, ...removed])] }, questions);
  }

  async questionLines(): Promise<string> {
    const mailbox = await this.#there();
    return linesOf(mailbox.questions, mailbox.emails);
  }

  async mailsOf(id: string): Promise<readonly ShownMail[]> {
    const { emails, questions } = await this.#there();
    const question = questions.find((one) => one.id === id);
    if (question === undefined) throw CorpusError.of('corpus/own-question-gone');
    const wanted = new Set(question.emailIds);
    return emails
      .filter((email) => wanted.has(email.id))
      .map((email) => {
        const shown = shownMail(email);
        return { ...shown, marks: evidenceMarks(shown, email, question) };
      });
  }

  async search(words: string): Promise<readonly FoundInMailbox[]> {
    const index = await this.#searchable();
    const hits = index.search({ inbox: null, keywords: [words], maxResults: MOST_FOUND });
    return hits.flatMap(({ id, snippet }) => {
      const email = index.read(id);
      if (email === null) return [];
      const { from, date, subject } = shownMail(email);
      return [{ id, from, date, subject, snippet }];
    });
  }

  async mail(id: EmailId, marked = ''): Promise<ShownMail | null> {
    const { emails } = await this.#there();
    const email = emails.find((one) => one.id === id);
    if (email === undefined) return null;
    const shown = shownMail(email);
    return { ...shown, marks: answerMarks(shown, marked === '' ? [] : [marked]) };
  }

  /** Null when nothing is stored. */
  #read(): Promise<Mailbox | null> {
    this.#mailbox ??= this.#open();
    this.#mailbox.catch(() => (this.#mailbox = null));
    return this.#mailbox;
  }

  async #open(): Promise<Mailbox | null> {
    if ((await this.#files.list()).length === 0) return null;
    const read = await readMailbox(this.#files);
    const info = await mailboxInfo(this.#files);
    return { ...read, owner: info?.owner ?? ownerOf(read.emails, []) };
  }

  /** @throws CorpusError when nothing is stored */
  async #there(): Promise<Mailbox> {
    const mailbox = await this.#read();
    if (mailbox === null) throw CorpusError.of('corpus/no-mailbox');
    return mailbox;
  }

  async #keep(mailbox: Mailbox, questions: readonly KeptQuestion[]): Promise<void> {
    await this.#write({ ...mailbox, questions }, false);
  }

  async #write(mailbox: Mailbox, mailToo: boolean): Promise<MailboxInfo> {
    const info = await writeMailbox(this.#files, mailbox, mailToo);
    this.#mailbox = Promise.resolve(mailbox);
    if (mailToo) await this.#closeIndex();
    return info;
  }

  #searchable(): Promise<MailStore> {
    this.#index ??= this.#there().then(({ emails }) => createMailStore(emails, { search: 'broad' }));
    this.#index.catch(() => (this.#index = null));
    return this.#index;
  }

  async #forget(): Promise<void> {
    this.#mailbox = null;
    await this.#closeIndex();
  }

  async #closeIndex(): Promise<void> {
    const index = this.#index;
    this.#index = null;
    await index?.then((store) => store.close()).catch(() => undefined);
  }
}

function addressesOf({ addresses }: MailboxOwner): string[] {
  return addresses.map(({ address }) => address);
}

/** @param told what somebody has said; empty: what the mail says */
function ownerOf(emails: readonly Email[], told: readonly string[]): MailboxOwner {
  const { addresses, sure } = findOwner(emails, told);
  const own = new Set(addresses.map(({ address }) => address));
  const others = busiestAddresses(emails, own.size + MOST_OTHERS).filter(({ address }) => !own.has(address));
  return { addresses, isSure: sure, isTold: told.length > 0, others };
}
