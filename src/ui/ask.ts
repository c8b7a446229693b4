/** Ask one question: what is asked, and of whom; and the conversations that came of it. */
import { answerSettings } from './answerers';
import { createAnswererPicker } from './ask-answerer';
import { createConversations } from './ask-list';
import type { Answerer } from './ask-state';
import { createTaskPicker } from './ask-task';
import { el, setText } from './dom';
import { viewOf } from './environments';
import { formEnvironment, resolveForm } from './form-state';
import type { PageStore, Runner } from './runner';
import { currentRecord, isActive, type State } from './state';

export function createAsk(store: PageStore, runner: Runner): HTMLElement {
  return el('div', { class: 'ask' }, createForm(store, runner), createConversations(store));
}

function createForm(store: PageStore, runner: Runner): HTMLElement {
  const askButton = el('button', { type: 'button', class: 'primary', on: { click: () => askNow() } }, 'Ask');
  const stopButton = el('button', { type: 'button', on: { click: () => void runner.stopAsking() } }, 'Stop');
  const why = el('span', { class: 'note', role: 'status' });
  const lead = el('p', { class: 'lead' });
  const temperature = el('input', {
    type: 'number',
    id: 'ask-temperature',
    min: 0,
    max: 10,
    step: 0.1,
    value: 0,
    on: { input: () => drawButtons() },
  });
  const obstacle = (): string | null => {
    const { state } = store;
    const there = stateObstacle(state) ?? tasks.obstacle();
    if (there !== null) return there;
    const who = answerers.current();
    if (who.length === 0) return 'Choose the adapter’s files.';
    if (!(temperature.valueAsNumber >= 0 && temperature.valueAsNumber <= 10))
      return 'The temperature goes from 0 to 10.';
    return runObstacle(state, who);
  };
  const drawButtons = (): void => {
    const { busy } = store.state.ask;
    const reason = obstacle();
    askButton.hidden = busy;
    askButton.disabled = reason !== null;
    stopButton.hidden = !busy;
    const between = isActive(store.state.run.status)
      ? 'A run is going on: the answer comes between two of its steps.'
      : '';
    setText(why, busy ? '' : (reason ?? between));
  };
  const askNow = (): void => {
    const { settings } = resolveForm(store.state.form);
    if (settings === null || store.state.ask.busy || obstacle() !== null) return;
    void runner.ask({
      ...tasks.current(),
      temperature: temperature.valueAsNumber,
      answerers: answerers.current(),
      settings,
    });
  };
  // Both draw at once, before the other is there.
  let isDrawn = false;
  const changed = (): void => {
    if (isDrawn) drawButtons();
  };
  const tasks = createTaskPicker(store, runner, changed, askNow);
  const answerers = createAnswererPicker(store, changed);
  isDrawn = true;

  store.watch(
    (state) => formEnvironment(state.form),
    (environment) => setText(lead, viewOf(environment).lead),
  );
  store.watch((state) => state.form, drawButtons);
  store.watch((state) => state.device, drawButtons);
  store.watch((state) => state.run.status, drawButtons);
  store.watch((state) => state.evaluation?.busy, drawButtons);
  store.watch(
    (state) => state.ask.busy,
    (busy) => {
      tasks.enable(!busy);
      answerers.enable(!busy);
      temperature.disabled = busy;
      drawButtons();
    },
  );
  return el(
    'section',
    { class: 'card ask-form', 'aria-label': 'Ask a question' },
    el('h2', {}, 'Ask a question'),
    lead,
    tasks.menuRow,
    tasks.field,
    el(
      'div',
      { class: 'ask-fields' },
      tasks.ownFields,
      answerers.field,
      el(
        'div',
        { class: 'ask-field' },
        el('label', { for: 'ask-temperature' }, 'Temperature'),
        temperature,
        el('span', { class: 'note' }, '0: always the likeliest token'),
      ),
    ),
    answerers.uploadRow,
    el('div', { class: 'button-row' }, askButton, stopButton, why),
  );
}

function stateObstacle(state: State): string | null {
  if (state.device.kind === 'checking') return 'Looking for the GPU…';
  if (state.device.kind === 'unknown' || !state.device.report.ok)
    return 'Answers need WebGPU; see the note on this page.';
  if (state.evaluation?.busy === true) return 'The test questions are being asked; wait for their end.';
  if (resolveForm(state.form).settings === null) return 'A setting needs attention first.';
  return null;
}

/** What a run that is going on shares with the questions asked meanwhile. */
const SHARED_WITH_RUN = ['environment', 'dataset', 'model', 'baseWeights'] as const;

/** Why these cannot answer while a run goes on, or null. */
export function runObstacle(state: State, answerers: readonly Answerer[]): string | null {
  const running = isActive(state.run.status) ? (currentRecord(state)?.settings ?? null) : null;
  const { settings } = resolveForm(state.form);
  if (running === null || settings === null) return null;
  const wanted = answerSettings(settings, answerers, state);
  const other = SHARED_WITH_RUN.find((key) => wanted[key] !== running[key]);
  return other === undefined
    ? null
    : `A run is going on with ${other} “${running[other]}”; only that can be asked until its end.`;
}
