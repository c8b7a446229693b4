/** What every view needs: the state, what is derived from it, and what the buttons do. */
import { useComputed } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { TrainerApi } from '../../workers/api';
import { Asker } from './asker';
import { derive, type Derived } from './derived';
import { MailKeeper } from './mail/keeper';
import { explain, type Asked } from './problems';
import { RecordedRuns } from './recorded/recorded';
import { Runner, type PageStore } from './runner';
import type { Action, State } from './state';

export interface Page {
  /** As `Store.live`: reading a part of it in a component follows that part. */
  readonly live: State;
  readonly derived: Derived;
  readonly runner: Runner;
  readonly asker: Asker;
  readonly keeper: MailKeeper;
  readonly dispatch: (action: Action) => void;
  /** For handlers: the state at this moment. */
  readonly now: () => State;
}

export function pageOf(store: PageStore, trainer: TrainerApi): Page {
  const { live, dispatch } = store;
  const recorded = new RecordedRuns();
  const api = recorded.beside(trainer);
  const [runner, asker, keeper] = [
    new Runner(api, store, recorded),
    new Asker(api, store),
    new MailKeeper(api, store),
  ];
  return { live, derived: derive(live), runner, asker, keeper, dispatch, now: () => store.state };
}

export const PageContext = createContext<Page | null>(null);

export function usePage(): Page {
  const page = useContext(PageContext);
  if (page === null) throw new Error('A view was drawn outside of the page.');
  return page;
}

/** For handlers that begin what may fail: the failure is told on the page. */
export function useTelling(asked: Asked): (work: Promise<unknown>) => void {
  const { dispatch } = usePage();
  return (work) => {
    work.catch((error: unknown) => dispatch({ kind: 'problem', problem: explain(error, asked) }));
  };
}

/** A value made of the state; the component is drawn again when it is another one. @param select must depend on nothing else */
export function useLive<T>(select: (state: State) => T): T {
  const { live } = usePage();
  return useComputed(() => select(live)).value;
}
