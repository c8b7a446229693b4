/** The conversations of the Ask view, and how every event changes them. Pure. */
import type { AskAnswer, AskEvent, AskMenu, NamedFile } from '../../workers/api';
import type { Turn } from '../conversation/types';
import { environmentInfo } from '../env/registry';
import type { Settings } from '../settings/settings';
import type { GivenAdapter } from './adapter-files';
import type { OwnValues } from './environments/types';

/** Who answers: the model as it is, an adapter in the browser's storage, or one that was just given. */
export type Answerer =
  | { readonly kind: 'bare' }
  | { readonly kind: 'stored'; readonly outputDir: string; readonly which: string }
  | { readonly kind: 'uploaded'; readonly name: string; readonly files: readonly NamedFile[] };

/** One conversation of the Ask view, as far as it has come. */
export interface Conversation {
  readonly id: number;
  readonly answerer: Answerer;
  /** The environment that the task is of. */
  readonly environment: string;
  readonly question: string;
  /** Where it takes place, in words; '' for nowhere in particular. */
  readonly place: string;
  /** Null for a question in own words. */
  readonly gold: string | null;
  readonly temperature: number;
  readonly status:
    | 'waiting'
    | 'loading'
    /** A training run has the GPU until its step is done. */
    | 'between-steps'
    | 'answering'
    | 'done'
    | 'stopped'
    | 'failed';
  readonly loading: { readonly done: number; readonly total: number; readonly note: string } | null;
  readonly turns: readonly Turn[];
  /** Tokens of the turn that is being written. */
  readonly writing: readonly string[];
  readonly answer: AskAnswer | null;
}

/** What is about to be asked, and of whom. */
export interface AskDraft {
  readonly words: string;
  /** Fields that the environment adds. */
  readonly own: OwnValues;
  /** Key of the answerer; null until the visitor has chosen one. */
  readonly answerer: string | null;
  readonly uploaded: GivenAdapter | null;
  /** Asks the bare model too. */
  readonly beside: boolean;
  /** As typed. */
  readonly temperature: string;
}

export interface AskState {
  readonly draft: AskDraft;
  /** What is listed: `key` names the tasks, and the menu is null until it is there. */
  readonly menu: { readonly key: string; readonly environment: string; readonly menu: AskMenu | null } | null;
  readonly busy: boolean;
  /** Askings, newest first; those of one press side by side. */
  readonly askings: readonly (readonly Conversation[])[];
}

/** What happens in the Ask view. */
export type AskAction =
  | { readonly kind: 'ask-draft'; readonly changes: Partial<AskDraft> }
  | { readonly kind: 'ask-menu'; readonly menu: AskState['menu']; readonly own?: OwnValues }
  | { readonly kind: 'asked'; readonly conversations: readonly Conversation[] }
  | { readonly kind: 'ask-begun'; readonly id: number }
  | { readonly kind: 'ask-event'; readonly id: number; readonly event: AskEvent }
  | { readonly kind: 'ask-answer'; readonly id: number; readonly answer: AskAnswer }
  | { readonly kind: 'ask-ended'; readonly id: number; readonly status: 'stopped' | 'failed' }
  | { readonly kind: 'ask-idle' };

/** Askings kept for comparison. */
export const KEPT_ASKINGS = 8;

export const NOTHING_ASKED: AskState = {
  draft: { words: '', own: {}, answerer: null, uploaded: null, beside: false, temperature: '0' },
  menu: null,
  busy: false,
  askings: [],
};

/** Names the tasks that settings lead to: equal keys, equal menus. */
export function menuKey(settings: Settings): string {
  const { environment, dataset, seed } = settings;
  const own = Object.keys(environmentInfo(environment).settings).map((name) => settings[name]);
  return JSON.stringify([environment, dataset, seed, own]);
}

export function reduceAsk(ask: AskState, action: AskAction): AskState {
  switch (action.kind) {
    case 'ask-draft':
      return { ...ask, draft: { ...ask.draft, ...action.changes } };
    case 'ask-menu': {
      const { menu, own = ask.draft.own } = action;
      // A question of other tasks means nothing to these.
      const isThere = (found: AskState['menu']): boolean => (found?.menu ?? null) !== null;
      const isLeft = isThere(ask.menu) && !isThere(menu);
      return { ...ask, menu, draft: { ...ask.draft, own, words: isLeft ? '' : ask.draft.words } };
    }
    case 'asked':
      return { ...ask, busy: true, askings: [action.conversations, ...ask.askings].slice(0, KEPT_ASKINGS) };
    case 'ask-begun':
      return withConversation(ask, action.id, (one) => ({ ...one, status: 'loading' }));
    case 'ask-event':
      return withConversation(ask, action.id, (one) => heard(one, action.event));
    case 'ask-answer':
      return withConversation(ask, action.id, (one) => ({
        ...one,
        status: 'done',
        turns: action.answer.turns,
        writing: [],
        answer: action.answer,
      }));
    case 'ask-ended':
      return withConversation(ask, action.id, (one) => ({ ...one, status: action.status }));
    case 'ask-idle': {
      // What was still to come will not.
      const askings = ask.askings.map((asking) =>
        asking.some(isOpen)
          ? asking.map((one) => (isOpen(one) ? { ...one, status: 'stopped' as const } : one))
          : asking,
      );
      return { ...ask, busy: false, askings };
    }
  }
}

function isOpen({ status }: Conversation): boolean {
  return status !== 'done' && status !== 'stopped' && status !== 'failed';
}

function withConversation(ask: AskState, id: number, change: (one: Conversation) => Conversation): AskState {
  const askings = ask.askings.map((asking) =>
    asking.some((one) => one.id === id) ? asking.map((one) => (one.id === id ? change(one) : one)) : asking,
  );
  return { ...ask, askings };
}

function heard(one: Conversation, event: AskEvent): Conversation {
  switch (event.kind) {
    case 'loading': {
      const { done, total, note } = event;
      return { ...one, status: 'loading', loading: { done, total, note } };
    }
    case 'warning':
      return one;
    case 'waiting':
      return { ...one, status: 'between-steps' };
    case 'token':
      return { ...one, status: 'answering', loading: null, writing: [...one.writing, event.text] };
    case 'turn':
      return { ...one, turns: [...one.turns, event.turn], writing: [] };
  }
}
