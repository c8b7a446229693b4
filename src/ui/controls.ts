/** The setup panel: task, mode, preset, source of the tasks, settings, and the buttons of the run. */
import type { Mode } from '../settings/choices';
import { el, fill, setText } from './dom';
import { createEnvironmentPicker } from './environment-picker';
import { createFields, isElsewhere } from './fields';
import {
  EMPTY_FORM,
  fieldText,
  formEnvironment,
  formSchema,
  formToHash,
  resolveForm,
  withEdit,
  withEnvironment,
  withPreset,
  type FormState,
} from './form-state';
import { viewOf } from './environments';
import type { PageStore, Runner } from './runner';
import { createHubToken } from './hub-token';
import { isActive, type RunStatus, type State } from './state';

const MODES: readonly (readonly [Mode, string, string])[] = [
  ['masked', 'Masked', 'Only tokens the model wrote are trained. The right way.'],
  ['rollout', 'Unmasked', 'Tool results are trained too. For comparison.'],
  ['simple', 'Simple', 'One answer per question, no tools.'],
];

export function createControls(store: PageStore, runner: Runner): HTMLElement {
  return el(
    'div',
    { class: 'controls' },
    createEnvironmentPicker(store, runner),
    modePicker(store),
    presetPicker(store),
    taskSource(store, runner),
    runButtons(store, runner),
    createHubToken(store, runner),
    settings(store),
  );
}

/** Where tasks come from, where the environment has controls for that. */
function taskSource(store: PageStore, runner: Runner): HTMLElement {
  const slot = el('div', { class: 'task-source' });
  const made = new Map<string, HTMLElement>();
  store.watch(
    (state) => formEnvironment(state.form),
    (environment) => {
      const { createSource } = viewOf(environment);
      // Made once: what it watches, it watches as long as the page.
      const node = made.get(environment) ?? createSource?.(store, runner);
      if (node !== undefined) made.set(environment, node);
      fill(slot, node ?? null);
      slot.hidden = node === undefined;
    },
  );
  return slot;
}

function modePicker(store: PageStore): HTMLElement {
  const inputs = MODES.map(([mode]) =>
    el('input', {
      type: 'radio',
      name: 'mode',
      value: mode,
      on: { change: () => store.dispatch({ kind: 'form', form: withEdit(store.state.form, 'mode', mode) }) },
    }),
  );
  store.watch(
    (state) => fieldText(state.form, 'mode'),
    (text) => inputs.forEach((input) => (input.checked = input.value === text)),
  );
  disableWhileActive(store, inputs);
  return el(
    'fieldset',
    { class: 'modes' },
    el('legend', {}, 'What is trained'),
    ...MODES.map(([mode, name, text], i) =>
      el(
        'label',
        { class: `mode mode-${mode}` },
        inputs[i] ?? null,
        el('span', { class: 'mode-text' }, el('b', {}, name), el('small', {}, text)),
      ),
    ),
  );
}

function presetPicker(store: PageStore): HTMLElement {
  const description = el('p', { class: 'note', id: 'preset-note' });
  const select = el('select', {
    id: 'preset',
    'aria-describedby': 'preset-note',
    on: {
      change: () => {
        store.dispatch({ kind: 'form', form: withPreset(store.state.form, select.value) });
      },
    },
  });
  const show = ({ form }: State): void => {
    select.value = form.preset;
    setText(description, formSchema(form).presets[form.preset]?.description ?? '');
  };
  store.watch(
    (state) => formSchema(state.form),
    ({ presets }, state) => {
      fill(
        select,
        ...Object.entries(presets).map(([name, { title }]) => el('option', { value: name }, title)),
      );
      show(state);
    },
  );
  store.watch(
    (state) => state.form.preset,
    (_, state) => show(state),
  );
  disableWhileActive(store, [select]);
  return el('div', { class: 'preset' }, el('label', { for: 'preset' }, 'Preset'), select, description);
}

/** Which buttons a status allows. */
export function allowedButtons(status: RunStatus): {
  train: boolean;
  pause: boolean;
  resume: boolean;
  stop: boolean;
} {
  return {
    train: !isActive(status),
    pause: status === 'running' || status === 'starting' || status === 'pausing',
    resume: status === 'paused',
    stop: isActive(status),
  };
}

function runButtons(store: PageStore, runner: Runner): HTMLElement {
  const why = el('span', { role: 'status' });
  const showWrong = el(
    'button',
    {
      type: 'button',
      class: 'quiet',
      on: {
        click: () => {
          const wrong = document.querySelector<HTMLElement>('.field.is-wrong');
          for (let at = wrong?.closest('details'); at; at = at.parentElement?.closest('details'))
            at.open = true;
          wrong?.querySelector<HTMLElement>('input, select')?.focus();
        },
      },
    },
    'Show',
  );
  const whyRow = el('p', { class: 'train-why' }, why, ' ', showWrong);
  const train = el(
    'button',
    {
      type: 'button',
      class: 'primary',
      id: 'train',
      on: {
        click: () => {
          const { form } = store.state;
          const { settings } = resolveForm(form);
          if (settings !== null) void runner.train(settings, form.preset);
        },
      },
    },
    'Train',
  );
  const pause = el('button', { type: 'button', on: { click: () => void runner.pause() } }, 'Pause');
  const resume = el(
    'button',
    { type: 'button', class: 'primary', on: { click: () => void runner.resume() } },
    'Resume',
  );
  const stop = el('button', { type: 'button', on: { click: () => void runner.stop() } }, 'Stop');
  store.watch(
    (state) => state.run.status,
    (status) => {
      const focused = document.activeElement;
      const allowed = allowedButtons(status);
      train.hidden = !allowed.train;
      pause.hidden = !allowed.pause;
      resume.hidden = !allowed.resume;
      stop.hidden = !allowed.stop;
      pause.disabled = status === 'pausing';
      stop.disabled = status === 'stopping';
      setText(pause, status === 'pausing' ? 'Pausing…' : 'Pause');
      setText(stop, status === 'stopping' ? 'Stopping after this step…' : 'Stop');
      setText(train, status === 'ended' || status === 'failed' ? 'Train again' : 'Train');
      // A button that vanishes under the focus hands it to the one that takes its place.
      if (focused instanceof HTMLButtonElement && focused.hidden) {
        [resume, pause, stop, train]
          .find((button) => !button.hidden && !button.disabled)
          ?.focus({ preventScroll: true });
      }
    },
  );
  store.watch(trainObstacle, (obstacle) => {
    train.disabled = obstacle !== null;
    setText(why, obstacle ?? '');
    whyRow.hidden = obstacle === null;
    showWrong.hidden = resolveForm(store.state.form).problems.size === 0;
  });
  return el(
    'div',
    { class: 'run-buttons' },
    el('div', { class: 'button-row' }, train, resume, pause, stop),
    whyRow,
  );
}

/** Why Train cannot be pressed now, or null. */
export function trainObstacle(state: State): string | null {
  if (state.device.kind === 'checking') return 'Looking for the GPU…';
  if (state.device.kind === 'unknown')
    return 'The program that trains did not start; see the note on this page.';
  if (!state.device.report.ok) return 'Training needs WebGPU; see the note on this page.';
  const { problems } = resolveForm(state.form);
  if (problems.size > 0) {
    return problems.size === 1 ? 'One setting needs attention.' : `${problems.size} settings need attention.`;
  }
  if (state.importing) return 'Your files are being read…';
  // Files imported on an earlier visit are still there; then nothing has been reported yet.
  if (fieldText(state.form, 'dataset') !== 'imported' || state.imported === null) return null;
  return viewOf(formEnvironment(state.form)).importObstacle?.(state.imported) ?? null;
}

/** The preset's own values in the same environment. */
function untouched(form: FormState): FormState {
  return { ...withEnvironment(EMPTY_FORM, formEnvironment(form)), preset: form.preset };
}

function settings(store: PageStore): HTMLElement {
  const changed = el('span', { class: 'tag' });
  const problem = el('p', { class: 'field-error' });
  const copied = el('span', { role: 'status', class: 'note' });
  const details = el(
    'details',
    { class: 'settings' },
    el('summary', {}, 'All settings ', changed),
    problem,
    createFields(store),
    el(
      'div',
      { class: 'button-row' },
      el(
        'button',
        {
          type: 'button',
          class: 'quiet',
          on: {
            click: () => store.dispatch({ kind: 'form', form: untouched(store.state.form) }),
          },
        },
        'Reset to preset',
      ),
      el(
        'button',
        {
          type: 'button',
          class: 'quiet',
          on: {
            click: () => {
              const hash = formToHash(store.state.form);
              const link = `${location.origin}${location.pathname}${hash === '' ? '' : `#${hash}`}`;
              navigator.clipboard.writeText(link).then(
                () => setText(copied, 'Copied.'),
                () => setText(copied, 'The address bar holds the link.'),
              );
            },
          },
        },
        'Copy link to these settings',
      ),
      copied,
    ),
  );
  store.watch(
    (state) => state.form,
    (form) => {
      const edits = Object.keys(form.edits).filter((key) => !isElsewhere(key, formEnvironment(form))).length;
      setText(changed, edits === 0 ? '' : `${edits} changed`);
      changed.hidden = edits === 0;
      const { problems } = resolveForm(form);
      fill(problem, problems.get('') ?? '');
      problem.hidden = !problems.has('');
      // A wrong value that came with the link must not hide in a closed panel.
      if ([...problems.keys()].some((key) => !isElsewhere(key, formEnvironment(form)))) {
        details.open = true;
        for (const more of details.querySelectorAll<HTMLDetailsElement>('.fields-more')) {
          if (more.querySelector('.is-wrong')) more.open = true;
        }
      }
    },
  );
  return details;
}

function disableWhileActive(
  store: PageStore,
  inputs: readonly (HTMLInputElement | HTMLSelectElement)[],
): void {
  store.watch(
    (state) => isActive(state.run.status),
    (busy) => inputs.forEach((input) => (input.disabled = busy)),
  );
}
