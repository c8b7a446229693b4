import { expect, it } from 'vitest';
import type { ImportReport, TrainerApi } from '../../../workers/api';
import type { MailboxApi } from './calls';
import { EMPTY_FORM } from '../form-state';
import { runsOnOwnMail } from '../mail-state';
import { reduce } from '../reduce';
import { initialState, type RunRecord } from '../state';
import { Store } from '../store';
import { MailKeeper } from './keeper';
import { defaultTestSettings } from '../../../tests/support/settings';

function keeperWith(mailbox: Partial<MailboxApi>, api: Partial<TrainerApi> = {}) {
  const store = new Store(initialState(EMPTY_FORM), reduce);
  const all: Readonly<Record<string, unknown>> = { info: async () => null, ...mailbox };
  const callOwn: TrainerApi['callOwn'] = (_, action, args, onProgress) =>
    (all[action] as (...given: unknown[]) => Promise<unknown>)(...args, onProgress);
  const stopOwn = async () => mailbox.stop?.();
  return {
    store,
    keeper: new MailKeeper({ ...api, callOwn, stopOwn } as unknown as TrainerApi, store, async () => true),
  };
}

const record = (outputDir: string, dataset: string, environment = 'mail'): RunRecord => ({
  ...{ id: outputDir, outputDir, origin: 'stored', preset: '', steps: [], evaluations: [], finished: true },
  settings: defaultTestSettings({ dataset, environment }),
});

it('begins no second import while one goes on, which stays stoppable', async () => {
  const report: ImportReport = { files: 1, counts: {}, rejected: [] };
  const pending: ((report: ImportReport) => void)[] = [];
  const { keeper, store } = keeperWith({
    add: () => new Promise<ImportReport>((resolve) => pending.push(resolve)),
  });
  const first = keeper.add([], 'add');
  await keeper.add([], 'add');
  await Promise.resolve();
  expect(pending).toHaveLength(1);
  expect(store.state.importing).toBe(true);
  pending[0]?.(report);
  await first;
  expect(store.state).toMatchObject({ importing: false, imported: report, mail: { persisted: true } });
});

it('shows the mail of the question that was opened last, whichever comes first', async () => {
  const waiting = new Map<string, (mails: []) => void>();
  const { keeper, store } = keeperWith({
    mailsOf: (id) => new Promise((resolve) => waiting.set(id, resolve)),
  });
  const mail = { id: 'm', from: '', to: [], date: null, subject: '', body: '', marks: [] };
  const [a, b] = [keeper.openQuestion('a'), keeper.openQuestion('b')];
  waiting.get('b')?.([mail] as unknown as []);
  waiting.get('a')?.([]);
  await Promise.all([a, b]);
  expect(store.state.mail.open).toEqual({ id: 'b', mails: [mail] });
});

it('deletes the mail, and the runs on it only when asked to; nothing said of the mail stays', async () => {
  const removed: string[] = [];
  const { keeper, store } = keeperWith(
    { clear: async () => undefined },
    { removeFiles: async (prefix) => void removed.push(prefix) },
  );
  const records = [record('outputs/a', 'imported'), record('outputs/b', 'mailgym-office')];
  store.dispatch({ kind: 'stored-records', records });
  store.dispatch({ kind: 'mail', changes: { rows: [], open: { id: null, mails: [] } } });
  store.dispatch({ kind: 'ask-draft', changes: { words: 'What is my code?' } });
  await keeper.clear(false);
  expect(removed).toEqual([]);
  expect(store.state.mail).toMatchObject({ info: null, rows: null, open: null });
  expect(store.state.ask.draft.words).toBe('');
  await keeper.clear(true);
  expect(removed).toEqual(['outputs/a/']);
});

it('a failed change is told, and changes nothing on the page', async () => {
  const { keeper, store } = keeperWith({ setOwner: () => Promise.reject(new Error('No.')) });
  expect(await keeper.setOwner(['a@b'])).toBe(false);
  expect(store.state.problem).toMatchObject({ title: 'The mail could not be changed.', message: 'No.' });
});

it('runs on own mail are those of its environments and its dataset', () => {
  const records = [
    record('outputs/a', 'imported'),
    record('outputs/b', 'imported', 'rows'),
    record('outputs/c', 'imported', 'mail-first-call'),
    { ...record('outputs/d', 'imported'), settings: null },
  ];
  expect(runsOnOwnMail(records)).toEqual(['outputs/a', 'outputs/c']);
});
