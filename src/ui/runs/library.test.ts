/** What is kept of a run, over a stand-in for the storage. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { metricsOf, recordOf, settingsOf, trajectoryOf } from '../../../tests/support/records';
import type { RunEvent } from '../../grpo/types';
import type { TrainerApi } from '../../../workers/api';
import { EMPTY_FORM } from '../form-state';
import { reduce } from '../reduce';
import type { PageStore } from '../runner';
import { initialState, KEPT_BATCHES } from '../state';
import { Store } from '../store';
import { keptPath } from '../../report/kept-trajectories';
import { LABEL_FILE, parseLabel } from './label';
import { Library } from './library';

function storage(change: Partial<TrainerApi> = {}) {
  const files = new Map<string, string>();
  const api = {
    writeFile: (path: string, bytes: Uint8Array) =>
      Promise.resolve(void files.set(path, new TextDecoder().decode(bytes))),
    readFile: (path: string) =>
      Promise.resolve(files.has(path) ? new TextEncoder().encode(files.get(path)) : null),
    listFiles: (prefix: string) =>
      Promise.resolve([...files.keys()].filter((path) => path.startsWith(prefix))),
    removeFiles: (prefix: string) => {
      for (const path of files.keys()) if (path.startsWith(prefix)) files.delete(path);
      return Promise.resolve();
    },
    ...change,
  } as unknown as TrainerApi;
  const store: PageStore = new Store(initialState(EMPTY_FORM), reduce);
  const record = recordOf('outputs/a');
  store.dispatch({ kind: 'stored-records', records: [{ ...record, origin: 'stored' }] });
  return { files, store, record, library: new Library(api, store, () => Promise.resolve()) };
}

beforeAll(() => vi.useFakeTimers({ now: 1000 }));
afterAll(() => void vi.useRealTimers());

const label = (files: ReadonlyMap<string, string>) => parseLabel(files.get(`outputs/a/${LABEL_FILE}`) ?? '');

it('keeps when a run began and ended, and its latest trajectories', async () => {
  const { files, library, store, record } = storage();
  const { onEvent, end } = library.keeping(settingsOf({ outputDir: 'outputs/a' }), 'quick');
  onEvent({ kind: 'log', line: 'loading' });
  await library.settled;
  // A run that is stopped now leaves no folder.
  expect(files.size).toBe(0);
  const play = (event: RunEvent): void => onEvent(event);
  for (let step = 1; step <= KEPT_BATCHES.most + 2; step++) {
    play({ kind: 'step', metrics: metricsOf(step) });
    play({ kind: 'trajectories', step, items: [trajectoryOf()] });
  }
  await library.settled;
  expect(label(files)).toMatchObject({ started: 1000, ended: null, preset: 'quick' });
  vi.setSystemTime(5000);
  end('patience');
  await library.settled;
  expect(label(files)).toMatchObject({ started: 1000, ended: { reason: 'patience', at: 5000 } });
  expect(files.has(`outputs/a/${keptPath(2)}`)).toBe(false);

  await library.reopen(record);
  const { batches } = store.state.trajectories;
  expect(batches.map(({ step }) => step)).toEqual(Array.from({ length: KEPT_BATCHES.most }, (_, i) => i + 3));
  expect(store.state.run).toMatchObject({ status: 'idle', recordId: record.id });
});

it('keeps how a run ended that went on and was ended before its next step; a new one leaves no folder', async () => {
  const { files, library, store, record } = storage();
  const stopAtOnce = async (steps: number): Promise<void> => {
    const kept = Array.from({ length: steps }, (_, i) => metricsOf(i + 1));
    store.dispatch({ kind: 'stored-records', records: [{ ...record, origin: 'stored', steps: kept }] });
    library.keeping(settingsOf({ outputDir: 'outputs/a' }), 'quick').end('stopped');
    await library.settled;
  };
  await stopAtOnce(0);
  expect(files.size).toBe(0);
  await stopAtOnce(3);
  expect([...files.keys()]).toEqual([`outputs/a/${LABEL_FILE}`]);
  expect(label(files)?.ended?.reason).toBe('stopped');
});

it('a name that cannot be kept is told of; a run’s own failing writes are not told twice', async () => {
  const full = { writeFile: () => Promise.reject(new Error('The storage is full.')) };
  const { library, store } = storage(full);
  library
    .keeping(settingsOf({ outputDir: 'outputs/a' }), '')
    .onEvent({ kind: 'step', metrics: metricsOf(1) });
  await library.settled;
  expect(store.state.problem).toBeNull();
  library.relabel('outputs/a', { name: 'b' });
  await library.settled;
  expect(store.state.problem?.message).toContain('full');
});

it('what cannot be removed stays in the list', async () => {
  const { library, store } = storage({
    removeFiles: () => Promise.reject(new Error('Another tab trains it.')),
  });
  await library.remove(['outputs/a']);
  expect(store.state.records).toHaveLength(1);
  expect(store.state.problem?.message).toContain('Another tab');
  const other = storage();
  await other.library.remove(['outputs/a']);
  expect(other.store.state.records).toHaveLength(0);
});
