/** What is asked: a task of the dataset, or one in the visitor's own words. */
import type { JSX } from 'preact';
import { useEffect, useId, useMemo, useRef } from 'preact/hooks';
import { viewOf, type MenuTask } from '../environments';
import { useLive, usePage } from '../page';
import type { AskState } from '../ask-state';
import { t } from '../texts';
import { knownTask, ownTaskOf, pickable, withWords } from './draft';

/** Suggestions under the question; a browser grows slow with thousands. */
const LISTED_TASKS = 300;

/** What there is to be asked, with a button to try again. */
export function MenuRow(): JSX.Element {
  const { asker, derived } = usePage();
  const menu = useLive(({ ask }) => ask.menu);
  return (
    <div class="button-row">
      <p class="note" role="status">
        {menuText(menu)}
      </p>
      <button
        type="button"
        class="quiet"
        hidden={menu !== null}
        onClick={() => {
          const { settings } = derived.resolved.value;
          if (settings !== null) void asker.loadAskMenu(settings);
        }}
      >
        {t.ask.tryAgain}
      </button>
    </div>
  );
}

function menuText(found: AskState['menu']): string {
  if (found === null) return t.ask.notRead;
  const { menu, environment } = found;
  if (menu === null) return t.ask.readingQuestions;
  const about = viewOf(environment).describeMenu?.(menu.own);
  return t.ask.menu(menu.title, [
    ...(about === undefined ? [] : [about]),
    t.ask.questions(menu.tasks.length),
  ]);
}

export function TaskField({ onEnter }: { readonly onEnter: () => void }): JSX.Element {
  const { dispatch, now } = usePage();
  const listed = useLive(({ ask }) => ask.menu);
  const draft = useLive(({ ask }) => ask.draft);
  const busy = useLive(({ ask }) => ask.busy);
  const menu = listed?.menu ?? null;
  const own = ownTaskOf(listed);
  const listId = useId();
  const field = useRef<HTMLInputElement>(null);
  const write = (words: string): void => {
    dispatch({ kind: 'ask-draft', changes: withWords(now().ask.draft, words, menu, own) });
  };
  const pick = (): void => {
    const from = pickable(menu);
    const task = from[Math.floor(Math.random() * from.length)];
    if (task === undefined || menu === null) return;
    dispatch({
      kind: 'ask-draft',
      changes: { words: task.question, own: own.follow(task, now().ask.draft.own, menu) },
    });
  };
  useEffect(() => {
    const { words } = now().ask.draft;
    // Whoever is in the field is about to write.
    if (words.trim() === '' && document.activeElement !== field.current) pick();
    else write(words);
  }, [menu]);
  const { words } = draft;
  return (
    <div class="ask-field">
      <label for="ask-question">{t.ask.question}</label>
      <div class="ask-question">
        <input
          type="text"
          id="ask-question"
          ref={field}
          list={listId}
          autocomplete="off"
          aria-describedby="ask-kind"
          placeholder={(menu?.takesOwn ?? false) ? t.ask.placeholderOwn : t.ask.placeholder}
          value={words}
          disabled={busy}
          onInput={({ currentTarget }) => write(currentTarget.value)}
          onKeyDown={({ key }) => {
            if (key === 'Enter') onEnter();
          }}
        />
        <button type="button" class="quiet" disabled={busy || pickable(menu).length === 0} onClick={pick}>
          {t.ask.another}
        </button>
      </div>
      <Suggestions id={listId} listed={listed} />
      <p class="note" id="ask-kind">
        {words.trim() === '' ? '' : kindText(knownTask(draft, menu, own), menu?.takesOwn ?? false)}
      </p>
    </div>
  );
}

/** Apart, so that they are not drawn again for each key. */
function Suggestions({
  id,
  listed,
}: {
  readonly id: string;
  readonly listed: AskState['menu'];
}): JSX.Element {
  return useMemo(() => {
    const { describeTask } = viewOf(listed?.environment ?? '');
    return (
      <datalist id={id}>
        {listed?.menu?.tasks.slice(0, LISTED_TASKS).map((task) => (
          <option key={task.id} value={task.question}>
            {describeTask?.(task)}
          </option>
        ))}
      </datalist>
    );
  }, [id, listed]);
}

function kindText(task: MenuTask | null, takesOwn: boolean): string {
  if (task === null) return takesOwn ? t.ask.ownWords : t.ask.noneOnFile;
  const { split, gold } = task;
  return gold === null ? t.ask.split[split] : `${t.ask.split[split]} ${t.ask.answerOnFile}`;
}
