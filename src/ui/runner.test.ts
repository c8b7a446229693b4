/** What the buttons do to the queue of a comparison and to imports, over a stand-in for the worker. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { settingsOf } from '../../tests/support/records';
import type { RunResult, TrainerApi } from '../../workers/api';
import { Asker } from './asker';
import { EMPTY_FORM } from './form-state';
import { reduce } from './reduce';
import { Runner, type PageStore } from './runner';
import { initialState } from './state';
import { Store } from './store';

function page(api: Partial<TrainerApi>): { store: PageStore; runner: Runner; asker: Asker } {
  const store: PageStore = new Store(initialState(EMPTY_FORM), reduce);
  const whole = {
    watch: () => Promise.resolve(),
    reserveRun: (wanted: string) => Promise.resolve(wanted),
    listDownloads: () => Promise.resolve([]),
    listFiles: () => Promise.resolve([]),
    stop: () => Promise.resolve(),
    ...api,
  } as unknown as TrainerApi;
  return { store, runner: new Runner(whole, store), asker: new Asker(whole, store) };
}

// Node 20 has none.
beforeAll(() => vi.stubGlobal('navigator', {}));
afterAll(() => vi.unstubAllGlobals());

const ended = (outputDir: string): RunResult => ({
  ...{ reason: 'max-steps', step: 3, bestAccuracy: null, outputDir },
});

it('trains both modes under each seed, one after the other', async () => {
  const ran: unknown[] = [];
  const { runner, store } = page({
    run: ({ mode, seed, outputDir }) => {
      ran.push([mode, seed]);
      return Promise.resolve(ended(outputDir));
    },
  });
  await runner.compareModes(settingsOf({ seed: 5 }), 'default', 2);
  expect(ran).toEqual([
    ['masked', 5],
    ['rollout', 5],
    ['masked', 6],
    ['rollout', 6],
  ]);
  expect(store.state.queue).toBeNull();
});

it('ends the queue by a stop that comes too late for the run itself, and begins the next whole', async () => {
  let ran = 0;
  let stops = true;
  const { runner, store } = page({
    run: async ({ outputDir }) => {
      ran++;
      // During the last step: the run comes to its end.
      if (stops) await runner.stop();
      return ended(outputDir);
    },
  });
  await runner.compareModes(settingsOf(), 'default', 2);
  expect(ran).toBe(1);
  expect(store.state.queue).toBeNull();
  stops = false;
  await runner.compareModes(settingsOf(), 'default', 2);
  expect(ran).toBe(5);
});

it('keeps the menu of tasks chosen later when the one before fails', async () => {
  const failing: ((error: Error) => void)[] = [];
  const menu = { title: 'Later', tasks: [], takesOwn: false, own: { emails: 0, inboxes: [] } };
  const { asker, store } = page({
    askMenu: ({ seed }) =>
      seed === 1 ? new Promise((_, reject) => failing.push(reject)) : Promise.resolve(menu),
  });
  const stale = asker.loadAskMenu(settingsOf({ seed: 1 }));
  await asker.loadAskMenu(settingsOf({ seed: 2 }));
  failing[0]?.(new Error('no such mail'));
  await stale;
  expect(store.state.ask.menu?.menu).toEqual(menu);
  expect(store.state.problem).toBeNull();
  const failed = asker.loadAskMenu(settingsOf({ seed: 1 }));
  failing[1]?.(new Error('no such mail'));
  await failed;
  expect(store.state.ask.menu).toBeNull();
  expect(store.state.problem?.message).toBe('no such mail.');
});

it('stops finding out a size that nobody wants any more, without a word; a failure is told', async () => {
  const stopped: unknown[] = [];
  const pending: ((error: Error) => void)[] = [];
  const { runner, store } = page({
    exportSize: () => new Promise((_, reject) => pending.push(reject)),
    stopExportSize: (request) => Promise.resolve(void stopped.push(request)),
  });
  const request = { outputDir: 'outputs/a', which: 'final', format: 'gguf', type: 'f16' } as const;
  const own = new AbortController();
  const size = runner.exportSize(request, own.signal);
  own.abort();
  expect(stopped).toEqual([request]);
  pending[0]?.(new Error('aborted'));
  expect(await size).toBeNull();
  expect(store.state.problem).toBeNull();
  const failed = runner.exportSize(request, new AbortController().signal);
  pending[1]?.(new Error('no such model'));
  expect(await failed).toBeNull();
  expect(store.state.problem?.message).toBe('no such model.');
  expect(stopped).toHaveLength(1);
});
