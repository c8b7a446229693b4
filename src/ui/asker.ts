/** What the buttons of the Ask view do: calls to the worker, with the state kept in step. */
import type { AskedTask, AskMenu, TrainerApi } from '../../workers/api';
import type { Settings } from '../settings/settings';
import { adapterOf, answerSettings } from './answerers';
import { menuKey, type Answerer, type Conversation } from './ask-state';
import { neededBy } from './reach/reach';
import { viewOf } from './environments';
import { explain } from './problems';
import type { PageStore } from './runner';

/** One press of Ask: a question, and who answers it one after the other. */
export interface Asking {
  readonly task: AskedTask;
  /** For display: the task in words, where it takes place, and its right answer where that is known. */
  readonly text: string;
  readonly place: string;
  readonly gold: string | null;
  readonly temperature: number;
  readonly answerers: readonly Answerer[];
  /** Settings of the page's form; a stored adapter answers with those of its run. */
  readonly settings: Settings;
}

export class Asker {
  readonly #api: TrainerApi;
  readonly #store: PageStore;
  #conversations = 0;
  #stopsAsking = false;

  constructor(api: TrainerApi, store: PageStore) {
    this.#api = api;
    this.#store = store;
  }

  /** Lists what can be asked under these settings. */
  async loadAskMenu(settings: Settings): Promise<void> {
    const { environment } = settings;
    const key = menuKey(settings);
    this.#store.dispatch({ kind: 'ask-menu', menu: { key, environment, menu: null } });
    let menu: AskMenu;
    try {
      menu = await this.#api.askMenu(settings);
    } catch (error) {
      // Other tasks may have been chosen meanwhile, whose menu this must not take away.
      if (this.#store.state.ask.menu?.key !== key) return;
      this.#store.dispatch({ kind: 'ask-menu', menu: null });
      this.#store.dispatch({ kind: 'problem', problem: explain(error, 'ask') });
      return;
    }
    if (this.#store.state.ask.menu?.key !== key) return;
    const own = viewOf(environment).ownTask.start(menu);
    this.#store.dispatch({ kind: 'ask-menu', menu: { key, environment, menu }, own });
  }

  /** Asks one question of all its answerers, one after the other. Never rejects. */
  async ask(asking: Asking): Promise<void> {
    const { dispatch } = this.#store;
    if (this.#store.state.ask.busy) return;
    this.#stopsAsking = false;
    const conversations = asking.answerers.map((answerer): Conversation => ({
      id: ++this.#conversations,
      answerer,
      environment: asking.settings.environment,
      question: asking.text,
      place: asking.place,
      gold: asking.gold,
      temperature: asking.temperature,
      status: 'waiting',
      loading: null,
      turns: [],
      writing: [],
      answer: null,
    }));
    const settings = answerSettings(asking.settings, asking.answerers, this.#store.state);
    const elsewhere = neededBy(settings, this.#store.state.reach);
    if (elsewhere !== null) return dispatch({ kind: 'reach-asked', elsewhere });
    dispatch({ kind: 'asked', conversations });
    try {
      for (const { id, answerer } of conversations) {
        if (this.#stopsAsking) break;
        dispatch({ kind: 'ask-begun', id });
        try {
          const request = {
            task: asking.task,
            temperature: asking.temperature,
            // Answerers of one press draw alike, so that they differ by what they learned only.
            draw: (conversations[0]?.id ?? 0) % 65_536,
          };
          const answer = await this.#api.ask(settings, request, adapterOf(answerer), (event) =>
            dispatch({ kind: 'ask-event', id, event }),
          );
          dispatch({ kind: 'ask-answer', id, answer });
        } catch (error) {
          const stopped = this.#stopsAsking;
          dispatch({ kind: 'ask-ended', id, status: stopped ? 'stopped' : 'failed' });
          if (!stopped) dispatch({ kind: 'problem', problem: explain(error, 'ask') });
          break;
        }
      }
    } finally {
      dispatch({ kind: 'ask-idle' });
    }
  }

  async stopAsking(): Promise<void> {
    this.#stopsAsking = true;
    await this.#api.stopAsking().catch((error: unknown) => {
      this.#store.dispatch({ kind: 'problem', problem: explain(error, 'ask') });
    });
  }
}
