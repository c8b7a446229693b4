/** What is about to be asked: which task the words mean, who answers, and what is still missing. Pure. */
import type { AskMenu } from '../../../workers/api';
import {
  answererKey,
  answererOptions,
  type AnswererOption,
  answerSettings,
  BARE,
  UPLOAD,
} from '../answerers';
import type { Answerer, AskDraft, AskState } from '../ask-state';
import type { Derived } from '../derived';
import { viewOf, type MenuTask, type OwnTask } from '../environments';
import { fieldText, type ResolvedForm } from '../form-state';
import type { Asking } from '../asker';
import type { StoredRun } from '../runs';
import { currentRecord, isActive, type State } from '../state';
import { t } from '../texts';

type Menu = AskMenu | null;

/** What is derived from a state once for all views. */
export interface Known {
  readonly resolved: ResolvedForm;
  readonly stored: readonly StoredRun[];
}

export function knownOf({ resolved, stored }: Pick<Derived, 'resolved' | 'stored'>): Known {
  return { resolved: resolved.value, stored: stored.value ?? [] };
}

/** What the environment of the listed tasks needs beside words. */
export function ownTaskOf(listed: AskState['menu']): OwnTask {
  return viewOf(listed?.environment ?? '').ownTask;
}

const sameWords = ({ words }: AskDraft, menu: Menu): readonly MenuTask[] =>
  menu?.tasks.filter(({ question }) => question === words.trim()) ?? [];

/** The task of the dataset that words and fields mean, or null for own words. */
export function knownTask(draft: AskDraft, menu: Menu, own: OwnTask): MenuTask | null {
  return sameWords(draft, menu).find((task) => own.fits(task, draft.own)) ?? null;
}

/** Words that are a task's take its fields along. */
export function withWords(draft: AskDraft, words: string, menu: Menu, own: OwnTask): AskDraft {
  const next = { ...draft, words };
  const [task] = sameWords(next, menu);
  if (menu === null || task === undefined || knownTask(next, menu, own) !== null) return next;
  return { ...next, own: own.follow(task, draft.own, menu) };
}

/** Tasks from which one is picked: those that no run trains on, where there are any. */
export function pickable(menu: Menu): readonly MenuTask[] {
  const all = menu?.tasks ?? [];
  const test = all.filter(({ split }) => split === 'test');
  return test.length > 0 ? test : all;
}

/** What a press of Ask would ask. */
export function taskOf({ ask }: Pick<State, 'ask'>): Pick<Asking, 'task' | 'text' | 'place' | 'gold'> {
  const { draft } = ask;
  const own = ownTaskOf(ask.menu);
  const task = knownTask(draft, ask.menu?.menu ?? null, own);
  const text = draft.words.trim();
  return {
    task:
      task === null ? { kind: 'own', input: own.input(text, draft.own) } : { kind: 'dataset', id: task.id },
    text,
    place: own.place(draft.own),
    gold: task?.gold ?? null,
  };
}

/** Value of the option that is chosen: the visitor's, else the run of this visit, if there is one. */
export function chosenAnswerer(state: State, { stored }: Pick<Known, 'stored'>): string {
  return chosenOf(state, answererOptions(stored, ''));
}

function chosenOf(state: State, options: readonly AnswererOption[]): string {
  const own = currentRecord(state)?.outputDir;
  const ofRun = options.find(({ answerer }) => answerer.kind === 'stored' && answerer.outputDir === own);
  const there = new Set([UPLOAD, ...options.map(({ key }) => key)]);
  const { answerer } = state.ask.draft;
  return [answerer ?? '', ofRun?.key ?? ''].find((key) => there.has(key)) ?? answererKey(BARE);
}

/** In the order in which they answer; none while the files of an adapter are missing. */
export function answerersOf(state: State, { stored }: Pick<Known, 'stored'>): readonly Answerer[] {
  const { uploaded, beside } = state.ask.draft;
  const options = answererOptions(stored, '');
  const key = chosenOf(state, options);
  const ofList = options.find((option) => option.key === key)?.answerer;
  const who = key === UPLOAD ? uploaded && { kind: 'uploaded' as const, ...uploaded } : ofList;
  if (!who) return [];
  return beside && who.kind !== 'bare' ? [BARE, who] : [who];
}

/** Sampling temperature as typed, or null when it is none. */
export function temperatureOf({ temperature }: AskDraft): number | null {
  const value = temperature.trim() === '' ? NaN : Number(temperature);
  return value >= 0 && value <= 10 ? value : null;
}

/** Why nothing can be asked now, or null. @param known of the same state */
export function askObstacle(state: State, known: Known): string | null {
  const there = pageObstacle(state, known) ?? taskObstacle(state);
  if (there !== null) return there;
  const who = answerersOf(state, known);
  if (who.length === 0) return t.ask.chooseFiles;
  if (temperatureOf(state.ask.draft) === null) return t.ask.temperatureRange;
  return runObstacle(state, who, known);
}

function pageObstacle({ device, evaluation }: State, { resolved }: Known): string | null {
  if (device.kind === 'checking') return t.device.looking;
  if (device.kind === 'unknown' || !device.report.ok) return t.ask.needsWebgpu;
  if (evaluation?.busy === true) return t.ask.evaluationGoesOn;
  return resolved.settings === null ? t.ask.wrongSetting : null;
}

function taskObstacle({ ask }: State): string | null {
  const { draft } = ask;
  const menu = ask.menu?.menu ?? null;
  if (menu === null) return t.ask.notThereYet;
  if (draft.words.trim() === '') return menu.takesOwn ? t.ask.pickOrWrite : t.ask.pick;
  const own = ownTaskOf(ask.menu);
  const isOwn = knownTask(draft, menu, own) === null;
  return isOwn && !menu.takesOwn ? t.ask.pickOne : own.obstacle(draft.own, isOwn);
}

/** What a run that is going on shares with the questions asked meanwhile. */
const SHARED_WITH_RUN = ['environment', 'dataset', 'model', 'baseWeights'] as const;

/** Why these cannot answer while a run goes on, or null. */
export function runObstacle(
  state: State,
  answerers: readonly Answerer[],
  { resolved: { settings } }: Pick<Known, 'resolved'>,
): string | null {
  const running = isActive(state.run.status) ? (currentRecord(state)?.settings ?? null) : null;
  if (running === null || settings === null) return null;
  const wanted = answerSettings(settings, answerers, state);
  const other = SHARED_WITH_RUN.find((key) => wanted[key] !== running[key]);
  return other === undefined ? null : t.ask.otherRun(other, running[other]);
}

/** Name of the model that the form has, without its folder. */
export function modelName({ form }: Pick<State, 'form'>): string {
  return fieldText(form, 'model').split('/').at(-1) ?? '';
}
