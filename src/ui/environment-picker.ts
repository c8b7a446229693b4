/** Which task is trained: an environment of the page, or a file of the user's, dropped or picked. */
import { environmentInfo, isKnown, knownEnvironments } from '../env/registry';
import { el, fill, setText } from './dom';
import { formEnvironment, resolveForm, withEnvironment } from './form-state';
import type { PageStore, Runner } from './runner';
import { isActive } from './state';

export function createEnvironmentPicker(store: PageStore, runner: Runner): HTMLElement {
  const description = el('p', { class: 'note', id: 'environment-note' });
  const select = el('select', {
    id: 'environment',
    'aria-describedby': 'environment-note',
    on: {
      change: () => {
        store.dispatch({ kind: 'form', form: withEnvironment(store.state.form, select.value) });
      },
    },
  });
  store.watch(
    (state) => {
      const id = formEnvironment(state.form);
      // Another file of the same name is another environment.
      return isKnown(id) ? environmentInfo(id) : id;
    },
    (_, state) => {
      const id = formEnvironment(state.form);
      fill(
        select,
        ...knownEnvironments().map(({ name, info }) =>
          el('option', { value: name }, name === info.id ? info.title : `${info.title} (${name})`),
        ),
      );
      // A run of another program may have had another one; it stays visible beside its problem.
      if (!isKnown(id)) select.append(el('option', { value: id }, id));
      select.value = id;
      const problem = resolveForm(state.form).problems.get('environment');
      setText(description, problem ?? environmentInfo(id).description);
    },
  );
  const picker = el(
    'div',
    { class: 'preset' },
    el('label', { for: 'environment' }, 'Task'),
    select,
    description,
  );
  return el('div', { class: 'environment' }, picker, fileZone(store, runner, select));
}

function fileZone(store: PageStore, runner: Runner, select: HTMLSelectElement): HTMLElement {
  const status = el('p', { role: 'status', class: 'note' });
  const input = el('input', {
    type: 'file',
    accept: '.ts,.js,.mjs',
    class: 'visually-hidden',
    id: 'environment-file',
  });
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined || isActive(store.state.run.status)) return;
    setText(status, `Reading ${file.name}…`);
    const added = await runner.addEnvironment(file.name, await file.text());
    setText(status, added ? `${file.name} is added and chosen.` : '');
  };
  input.addEventListener('change', () => {
    const [file] = input.files ?? [];
    void take(file).finally(() => (input.value = ''));
  });
  const zone = el(
    'div',
    { class: 'drop-zone environment-zone' },
    el('p', {}, 'A task of your own: drop a file that defines one, or'),
    el(
      'div',
      { class: 'button-row' },
      input,
      el('label', { class: 'button', for: 'environment-file' }, 'Choose a file'),
    ),
    el(
      'p',
      { class: 'note' },
      '.ts, .js or .mjs. It runs in a worker of its own, without network, and is never sent anywhere. When the page is loaded again, give the file again.',
    ),
    status,
  );
  zone.addEventListener('dragover', (event) => {
    event.preventDefault();
    zone.classList.add('is-over');
  });
  zone.addEventListener('dragleave', () => zone.classList.remove('is-over'));
  zone.addEventListener('drop', (event) => {
    event.preventDefault();
    zone.classList.remove('is-over');
    void take(event.dataTransfer?.files[0]);
  });
  store.watch(
    (state) => isActive(state.run.status),
    (busy) => {
      select.disabled = busy;
      input.disabled = busy;
    },
  );
  return zone;
}
