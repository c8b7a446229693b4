/** What is asked, of whom and how, with the button. */
import type { JSX } from 'preact';
import { viewOf } from '../environments';
import { formEnvironment } from '../form-state';
import { useLive, usePage } from '../page';
import { t } from '../texts';
import { AnswererField, UploadRow } from './answerer-field';
import { answerersOf, askObstacle, ownTaskOf, knownTask, taskOf, temperatureOf } from './draft';
import { MenuRow, TaskField } from './task-field';

export function AskForm(): JSX.Element {
  const { live, derived, asker, dispatch, now } = usePage();
  const environment = useLive((state) => formEnvironment(state.form));
  const { busy, draft } = live.ask;
  const obstacle = useLive(askObstacle);
  const ask = (): void => {
    const state = now();
    const { settings } = derived.resolved.value;
    const temperature = temperatureOf(state.ask.draft);
    if (settings === null || temperature === null || state.ask.busy || askObstacle(state) !== null) return;
    void asker.ask({ ...taskOf(state), temperature, answerers: answerersOf(state), settings });
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
            value={draft.temperature}
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
  const { live, dispatch } = usePage();
  const { ask } = live;
  const menu = ask.menu?.menu ?? null;
  const own = ownTaskOf({ ask });
  const { Fields } = own;
  return (
    <div class="ask-own">
      {menu !== null && Fields !== undefined && (
        <Fields
          menu={menu}
          values={ask.draft.own}
          isOwn={knownTask(ask.draft, menu, own) === null}
          disabled={ask.busy}
          onChange={(values) => dispatch({ kind: 'ask-draft', changes: { own: values } })}
        />
      )}
    </div>
  );
}
