/** What the buttons about the visitor's own mail do: calls to the worker, with the state kept in step. */
import type { ImportFile, TrainerApi } from '../../../workers/api';
import type { AddMode, QuestionInput } from '../../env/mail/own/types';
import { downloadBlob } from '../parts/download';
import { runsOnOwnMail, type MailState } from '../mail-state';
import { mailboxOf, type MailboxApi } from './calls';
import { explain, type Asked } from '../problems';
import type { PageStore } from '../runner';
import { t } from '../texts';

export class MailKeeper {
  readonly #api: TrainerApi;
  readonly #mailbox: MailboxApi;
  readonly #store: PageStore;
  readonly #persist: () => Promise<boolean>;
  /** Number of the latest question or search: what comes late of an earlier one is not shown. */
  #latest = 0;

  /** @param persist asks the browser to keep what is stored, and answers whether it will */
  constructor(api: TrainerApi, store: PageStore, persist = askToPersist) {
    this.#persist = persist;
    this.#api = api;
    this.#mailbox = mailboxOf(api);
    this.#store = store;
  }

  /** What is stored, and its questions where they were looked at. Never rejects. */
  async refresh(): Promise<void> {
    await this.#attempt('storage', async () => {
      const info = await this.#mailbox.info();
      this.#change({ info });
      if (this.#store.state.mail.rows !== null) await this.#readRows();
    });
  }

  /** Reads the questions, when they are first looked at. */
  async open(): Promise<void> {
    await this.#attempt('storage', () => this.#readRows());
  }

  /** Never rejects. What is asked for while an import goes on is not begun. */
  async add(files: readonly ImportFile[], how: AddMode): Promise<void> {
    const { dispatch } = this.#store;
    if (this.#store.state.importing) return;
    dispatch({ kind: 'importing', status: null });
    // Before anything is written, so that the browser does not throw it away when its disk fills.
    const persisted = await this.#persist();
    try {
      const report = await this.#mailbox.add(files, how, (status) => dispatch({ kind: 'importing', status }));
      this.#change({ persisted, found: null, read: null, open: null });
      dispatch({ kind: 'imported', report });
    } catch (error) {
      dispatch({ kind: 'imported', report: null });
      dispatch({ kind: 'problem', problem: explain(error, 'import') });
    }
    await this.refresh();
  }

  async stop(): Promise<void> {
    await this.#attempt('import', () => this.#mailbox.stop());
  }

  async setOwner(addresses: readonly string[] | null): Promise<boolean> {
    return this.#attempt('mail', async () => this.#change({ info: await this.#mailbox.setOwner(addresses) }));
  }

  async make(seed: number): Promise<void> {
    if (this.#store.state.mail.making !== null) return;
    this.#change({ making: 'begun', made: null });
    await this.#attempt('mail', async () => {
      const made = await this.#mailbox.make(seed, (making) => this.#change({ making }));
      this.#change({ made });
      await this.#readRows();
    });
    this.#change({ making: null });
    await this.refresh();
  }

  /** Opens a question beside its mail; null opens one to be written. */
  async openQuestion(id: string | null): Promise<void> {
    const own = ++this.#latest;
    this.#change({ open: { id, mails: [] } });
    if (id === null) return;
    await this.#attempt('mail', async () => {
      const mails = await this.#mailbox.mailsOf(id);
      if (own === this.#latest) this.#change({ open: { id, mails } });
    });
  }

  closeQuestion(): void {
    this.#latest++;
    this.#change({ open: null });
  }

  /** Answers whether it was kept. */
  async save(input: QuestionInput): Promise<boolean> {
    return this.#attempt('mail', async () => {
      const { id } = await this.#mailbox.saveQuestion(input);
      await this.#readRows();
      await this.openQuestion(id);
      await this.refresh();
    });
  }

  async accept(ids: readonly string[]): Promise<void> {
    await this.#attempt('mail', async () => {
      await this.#mailbox.acceptQuestions(ids);
      await this.#readRows();
    });
  }

  async remove(ids: readonly string[]): Promise<void> {
    await this.#attempt('mail', async () => {
      await this.#mailbox.removeQuestions(ids);
      if (ids.includes(this.#store.state.mail.open?.id ?? '')) this.closeQuestion();
      await this.refresh();
    });
  }

  async download(): Promise<void> {
    await this.#attempt('mail', async () => {
      const lines = await this.#mailbox.questionLines();
      downloadBlob(t.mail.questions.file, new Blob([lines], { type: 'application/jsonl' }));
    });
  }

  async search(words: string): Promise<void> {
    const own = ++this.#latest;
    await this.#attempt('mail', async () => {
      const mails = words.trim() === '' ? [] : await this.#mailbox.search(words);
      if (own === this.#latest) this.#change({ found: { words, mails }, read: null });
    });
  }

  async read(id: string): Promise<void> {
    const words = this.#store.state.mail.found?.words ?? '';
    await this.#attempt('mail', async () => this.#change({ read: await this.#mailbox.mail(id, words) }));
  }

  /** Deletes the mail and what was made of it. @param runsToo the runs that were trained on it as well */
  async clear(runsToo: boolean): Promise<void> {
    await this.#attempt('mail', async () => {
      await this.#mailbox.clear();
      const runs = runsToo ? runsOnOwnMail(this.#store.state.records) : [];
      for (const outputDir of runs) await this.#api.removeFiles(`${outputDir}/`);
      this.#store.dispatch({ kind: 'mail-cleared' });
    });
    await this.refresh();
  }

  async #readRows(): Promise<void> {
    this.#change({ rows: await this.#mailbox.questions() });
  }

  #change(changes: Partial<MailState>): void {
    this.#store.dispatch({ kind: 'mail', changes });
  }

  /** Answers whether it was done; a failure is told on the page. */
  async #attempt(asked: Asked, action: () => Promise<void> | void): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (error) {
      this.#store.dispatch({ kind: 'problem', problem: explain(error, asked) });
      return false;
    }
  }
}

async function askToPersist(): Promise<boolean> {
  return (await navigator.storage?.persist?.().catch(() => false)) ?? false;
}
