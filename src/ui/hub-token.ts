/** A field for the hub's token, shown while the model is one of the hub's. */
import { el, setText, uniqueId } from './dom';
import { fieldText } from './form-state';
import type { PageStore, Runner } from './runner';
import { isActive } from './state';

/** The text goes to the worker, which keeps it in memory: it is no setting, and no store, link or log has it. */
export function createHubToken(store: PageStore, runner: Runner): HTMLElement {
  const id = uniqueId('hub-token');
  const input = el('input', {
    type: 'password',
    id,
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-describedby': `${id}-help`,
    on: { change: () => void runner.setHubToken(input.value) },
  });
  const help = el('p', { class: 'note', id: `${id}-help` });
  const root = el(
    'div',
    { class: 'field hub-token' },
    el('span', { class: 'field-label' }, el('label', { for: id }, 'Hub token')),
    el('span', { class: 'field-input' }, input),
    help,
  );
  store.watch(
    (state) => fieldText(state.form, 'model').trim().startsWith('hub:'),
    (isOfHub) => (root.hidden = !isOfHub),
  );
  store.watch(
    (state) => fieldText(state.form, 'hubEndpoint'),
    (endpoint) =>
      // A link may have brought another server.
      setText(
        help,
        `For private and gated models; sent to ${endpoint} alone, and forgotten when the page is closed.`,
      ),
  );
  store.watch(
    (state) => isActive(state.run.status),
    (busy) => (input.disabled = busy),
  );
  return root;
}
