/** What is asked, of whom and how, with the button. */
import type { JSX } from 'preact';
import { viewOf } from '../environments';
import { formEnvironment } from '../form-state';
import { useLive, usePage } from '../page';
import { t } from '../texts';
import { AnswererField, UploadRow } from './answerer-field';
import { answerersOf, askObstacle, knownOf, knownTask, ownTaskOf, taskOf, temperatureOf } from './draft';
import { MenuRow, TaskField } from './task-field';

export function AskForm(): JSX.Element {
  const { derived, asker, dispatch, now } = usePage();
  const environment = useLive((state) => formEnvironment(state.form));
  // Each part by itself: with every token of an answer the whole is another one.
  const busy = useLive(({ ask }) => ask.busy);
  const typed = useLive(({ ask }) => ask.draft.temperature);
  const obstacle = useLive((state) => askObstacle(state, knownOf(derived)));
  const ask = (): void => {
    const state = now();
    const known = knownOf(derived);
    const { settings } = known.resolved;
    const temperature = temperatureOf(state.ask.draft);
    if (settings === null || temperature === null || state.ask.busy) return;
    if (askObstacle(state, known) !== null) return;
    void asker.ask({ ...taskOf(state), temperature, answerers: answerersOf(state, known), settings });
  };
  const between = derived.busy.value ? t.ask.betweenSteps : '';
  return (
    <section class="card ask-form" aria-label={t.ask.title}>
      <h2>{t.ask.title}</h2>
      <p class="lead">{viewOf(environment).lead()}</p>
      <MenuRow />
      <TaskField onEnter={ask} />
      <div class="ask-fields">
        <OwnFields />
        <AnswererField />
        <div class="ask-field">
          <label for="ask-temperature">{t.ask.temperature}</label>
          <input
            type="number"
            id="ask-temperature"
            min={0}
            max={10}
            step={0.1}
            value={typed}
            disabled={busy}
            onInput={({ currentTarget }) =>
              dispatch({ kind: 'ask-draft', changes: { temperature: currentTarget.value } })
            }
          />
          <span class="note">{t.ask.temperatureNote}</span>
        </div>
      </div>
      <UploadRow />
      <div class="button-row">
        <button type="button" class="primary" hidden={busy} disabled={obstacle !== null} onClick={ask}>
          {t.ask.ask}
        </button>
        <button type="button" hidden={!busy} onClick={() => void asker.stopAsking()}>
          {t.setup.stop}
        </button>
        <span class="note" role="status">
          {busy ? '' : (obstacle ?? between)}
        </span>
      </div>
    </section>
  );
}

/** Fields of the environment; none for most. */
function OwnFields(): JSX.Element {
  const { dispatch } = usePage();
  const listed = useLive(({ ask }) => ask.menu);
  const draft = useLive(({ ask }) => ask.draft);
  const busy = useLive(({ ask }) => ask.busy);
  const menu = listed?.menu ?? null;
  const own = ownTaskOf(listed);
  const { Fields } = own;
  return (
    <div class="ask-own">
      {menu !== null && Fields !== undefined && (
        <Fields
          menu={menu}
          values={draft.own}
          isOwn={knownTask(draft, menu, own) === null}
          disabled={busy}
          onChange={(values) => dispatch({ kind: 'ask-draft', changes: { own: values } })}
        />
      )}
    </div>
  );
}
