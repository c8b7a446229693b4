/** Start of the page: the worker (or its stand-in for development), the state, the drawing. */
import type { TrainerApi } from '../../workers/api';
import './styles/index.css';
import { fromAddress } from './address';
import { mountApp } from './app';
import { mountCheck } from './check/check';
import { connectWorker } from './connect';
import { followState, ignoredProblem } from './effects';
import { rememberedLessons } from './lessons/state';
import { keepPage, keptFromNowOn } from './offline';
import { pageOf } from './page';
import type { PageStore } from './runner';
import { reduce } from './reduce';
import { initialState } from './state';
import { Store } from './store';
import { closest, rememberedLanguage, speak } from './texts/language';

/** For headless runs: the worker's interface, and when the page is drawn and the device known. */
export interface MailGymGlobal {
  readonly api: TrainerApi;
  readonly ready: Promise<void>;
  /** Makes a user's file an environment of that name. @throws EnvironmentError */
  openEnvironment(name: string, text: string): Promise<void>;
}

declare global {
  interface Window {
    mailgym?: MailGymGlobal;
    /** Set by tests and by developers before this script runs; the built page never looks at it. */
    mailgymStandIn?: (parameters: URLSearchParams) => TrainerApi;
  }
}

function connect(parameters: URLSearchParams): TrainerApi {
  const standIn = import.meta.env.DEV ? window.mailgymStandIn : undefined;
  return standIn?.(parameters) ?? connectWorker(keptFromNowOn());
}

function start(): void {
  const parameters = new URLSearchParams(location.search);
  // Nothing is hidden from a machine that watches; only motion is left out, so that pictures are still.
  if (parameters.get('headless') === '1') document.documentElement.classList.add('still');
  const host = document.getElementById('app');
  const deviceSlot = document.getElementById('device');
  const languageSlot = document.getElementById('language');
  if (host === null || deviceSlot === null || languageSlot === null)
    throw new Error('index.html lacks #app, #device or #language.');
  if (parameters.has('check')) {
    mountCheck({ host, languageSlot }, connect(parameters));
    document.documentElement.classList.add('is-ready');
    return;
  }
  const { hash, href } = location;
  const { form, view, runsView, offer, lesson, ignored } = fromAddress(hash, href);
  const store: PageStore = new Store({ ...initialState(form), lessons: rememberedLessons() }, reduce);
  if (view !== null) store.dispatch({ kind: 'view', view });
  store.dispatch({ kind: 'runs-view', runsView });
  if (lesson !== null) store.dispatch({ kind: 'lesson', place: lesson });
  if (offer !== null) store.dispatch({ kind: 'offer', offer });
  if (ignored.length > 0) store.dispatch({ kind: 'problem', problem: ignoredProblem(hash) });
  const page = pageOf(store, connect(parameters));
  const { runner, keeper } = page;
  mountApp({ host, deviceSlot, languageSlot }, page);
  keepPage(page);
  followState(page, () => host.querySelector('.content'));
  const ready = runner
    .probe()
    .then(() => Promise.all([runner.refreshFiles(), keeper.refresh()]))
    .then(() => undefined);
  window.mailgym = {
    api: runner.instrumented,
    ready,
    openEnvironment: (name, text) => runner.openEnvironment(name, text),
  };
  document.documentElement.classList.add('is-ready');
}

function startOrTell(): void {
  try {
    start();
  } catch (error) {
    window.dispatchEvent(new CustomEvent('mailgym-failed', { detail: error }));
  }
}

/** By the address, else as in an earlier visit, else by what the browser prefers. */
const named = fromAddress(location.hash).language;
const first = named ?? rememberedLanguage() ?? closest(navigator.languages) ?? 'en';
// English is here already and waits for nothing. A language that cannot be fetched leaves the page in English.
if (first === 'en') {
  if (named !== null) void speak(first, true);
  startOrTell();
} else void speak(first, named !== null).then(startOrTell, startOrTell);
