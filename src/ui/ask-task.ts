/** What is asked in the Ask view: a task of the dataset, or one in the visitor's own words. */
import type { AskMenu } from '../../workers/api';
import { menuKey } from './ask-state';
import { el, fill, setText, uniqueId } from './dom';
import { viewOf, type MenuTask, type OwnTaskForm } from './environments';
import { resolveForm } from './form-state';
import { count } from '../report/format';
import type { Asking, PageStore, Runner } from './runner';
import type { State } from './state';

/** Suggestions under the question; a browser grows slow with thousands. */
const LISTED_TASKS = 300;

const SPLIT_TEXT: Readonly<Record<MenuTask['split'], string>> = {
  test: 'A test question: no run trains on it or is tuned by it.',
  validation: 'A validation question: never trained on, but it chooses the best model.',
  train: 'A training question: a run may have trained on it.',
};

export interface TaskPicker {
  /** What the menu holds, with a button to try again. */
  readonly menuRow: HTMLElement;
  readonly field: HTMLElement;
  /** Fields of the environment; empty for most. */
  readonly ownFields: HTMLElement;
  /** What is still missing, or null. */
  obstacle(): string | null;
  current(): Pick<Asking, 'task' | 'text' | 'place' | 'gold'>;
  enable(enabled: boolean): void;
}

export function createTaskPicker(
  store: PageStore,
  runner: Runner,
  onChange: () => void,
  onEnter: () => void,
): TaskPicker {
  const listId = uniqueId('ask-questions');
  const list = el('datalist', { id: listId });
  const kindNote = el('p', { class: 'note', id: 'ask-kind' });
  const question = el('input', {
    type: 'text',
    id: 'ask-question',
    list: listId,
    autocomplete: 'off',
    'aria-describedby': kindNote.id,
    on: {
      input: () => questionChanged(),
      keydown: (event) => {
        if (event.key === 'Enter') onEnter();
      },
    },
  });
  const another = el(
    'button',
    { type: 'button', class: 'quiet', on: { click: () => pick() } },
    'Another test question',
  );
  const menuNote = el('p', { class: 'note', role: 'status' });
  const retry = el('button', { type: 'button', class: 'quiet', on: { click: () => load() } }, 'Try again');
  const ownFields = el('div', { class: 'ask-own' });

  let menu: AskMenu | null = null;
  let own: OwnTaskForm | null = null;
  let enabled = true;

  const words = (): string => question.value.trim();
  const sameWords = (): readonly MenuTask[] => menu?.tasks.filter((one) => one.question === words()) ?? [];
  /** The task of the dataset that words and fields mean, or null for own words. */
  const known = (): MenuTask | null => sameWords().find((one) => own?.fits(one) ?? true) ?? null;
  const drawKind = (): void => {
    const one = known();
    own?.setOwn(one === null);
    setText(kindNote, words() === '' ? '' : kindText(one, menu?.takesOwn ?? false));
    onChange();
  };
  const questionChanged = (): void => {
    const [one] = sameWords();
    if (one !== undefined && known() === null) own?.follow(one);
    drawKind();
  };
  const pick = (): void => {
    const all = menu?.tasks ?? [];
    const test = all.filter(({ split }) => split === 'test');
    const from = test.length > 0 ? test : all;
    const one = from[Math.floor(Math.random() * from.length)];
    if (one === undefined) return;
    question.value = one.question;
    own?.follow(one);
    drawKind();
  };
  const enable = (): void => {
    question.disabled = !enabled;
    another.disabled = !enabled || menu === null || menu.tasks.length === 0;
    own?.enable(enabled);
  };
  const load = (): void => {
    const { settings } = resolveForm(store.state.form);
    if (settings !== null) void runner.loadAskMenu(settings, menuKey(settings));
  };
  const showMenu = (found: State['ask']['menu']): void => {
    const before = menu;
    menu = found?.menu ?? null;
    retry.hidden = found !== null;
    setText(menuNote, menuText(found));
    const view = viewOf(found?.environment ?? '');
    own = menu === null ? null : view.createOwnTask(menu, drawKind);
    fill(ownFields, ...(own?.nodes ?? []));
    const tasks = (menu?.tasks ?? []).slice(0, LISTED_TASKS);
    fill(list, ...tasks.map((one) => el('option', { value: one.question }, view.describeTask?.(one) ?? '')));
    question.placeholder = (menu?.takesOwn ?? false) ? 'Pick a question, or write one' : 'Pick a question';
    // A question of other tasks means nothing to these.
    if (before !== null && menu === null) question.value = '';
    enable();
    // Whoever is in the field is about to write.
    if (words() === '' && document.activeElement !== question) pick();
    questionChanged();
  };

  // Read when first looked at, and again for other tasks.
  store.watch(wantedKey, (key) => {
    if (key !== null && store.state.ask.menu?.key !== key) load();
  });
  store.watch(
    (state) => state.imported,
    (imported, { ask }) => {
      if (imported !== null && ask.menu !== null) load();
    },
  );
  store.watch((state) => state.ask.menu, showMenu);

  return {
    menuRow: el('div', { class: 'button-row' }, menuNote, retry),
    field: el(
      'div',
      { class: 'ask-field' },
      el('label', { for: 'ask-question' }, 'Question'),
      el('div', { class: 'ask-question' }, question, another),
      list,
      kindNote,
    ),
    ownFields,
    obstacle: () => {
      if (menu === null || own === null) return 'The questions are not there yet.';
      if (words() === '') return menu.takesOwn ? 'Pick a question, or write one.' : 'Pick a question.';
      const one = known();
      if (one === null && !menu.takesOwn) return 'Pick one of the questions: this task takes no others.';
      return own.obstacle(one === null);
    },
    current: () => {
      const one = known();
      const text = words();
      return {
        task:
          one === null
            ? { kind: 'own', input: own?.input(text) ?? { text } }
            : { kind: 'dataset', id: one.id },
        text,
        place: own?.place() ?? '',
        gold: one?.gold ?? null,
      };
    },
    enable: (wanted) => {
      enabled = wanted;
      enable();
    },
  };
}

/** Key of the menu that is to be seen; null while the view is not looked at or a setting is wrong. */
function wantedKey(state: State): string | null {
  if (state.view !== 'ask') return null;
  const { settings } = resolveForm(state.form);
  return settings === null ? null : menuKey(settings);
}

function kindText(one: MenuTask | null, takesOwn: boolean): string {
  if (one === null) {
    return takesOwn
      ? 'In your own words: there is no answer on file, so nothing is marked right or wrong.'
      : 'None of the questions on file.';
  }
  return one.gold === null
    ? SPLIT_TEXT[one.split]
    : `${SPLIT_TEXT[one.split]} The answer on file is shown after the model’s.`;
}

function menuText(found: State['ask']['menu']): string {
  if (found === null) return 'The questions have not been read.';
  const { menu } = found;
  if (menu === null) return 'Reading the questions…';
  const about = viewOf(found.environment).describeMenu?.(menu.own);
  const parts = [...(about === undefined ? [] : [about]), count(menu.tasks.length, 'question')];
  return `${menu.title}: ${parts.join(', ')}.`;
}
