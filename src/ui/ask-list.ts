/** The conversations that came of asking, newest first; those of one press side by side. */
import type { Conversation } from './ask-state';
import { ConversationView } from './conversation';
import { el } from './dom';
import type { PageStore } from './runner';

export function createConversations(store: PageStore): HTMLElement {
  const empty = el(
    'p',
    { class: 'empty' },
    'Nothing has been asked yet. Ask the same question of the bare model and of a trained adapter to see what it has learned.',
  );
  const list = el('div', { class: 'ask-list' });
  const views = new Map<number, ConversationView>();
  const cards = new Map<number, HTMLElement>();
  store.watch(
    (state) => state.ask.askings,
    (askings) => {
      empty.hidden = askings.length > 0;
      const nodes = askings.map((asking) => {
        const key = asking[0]?.id ?? 0;
        for (const one of asking) {
          const view = views.get(one.id);
          if (view) view.update(one);
          else views.set(one.id, new ConversationView(one));
        }
        const card = cards.get(key) ?? cardOf(asking, views);
        cards.set(key, card);
        return card;
      });
      if (nodes.length !== list.childElementCount || nodes.some((node, i) => node !== list.children[i])) {
        list.replaceChildren(...nodes);
        forgetOthers(views, new Set(askings.flat().map(({ id }) => id)));
        forgetOthers(cards, new Set(askings.map((asking) => asking[0]?.id ?? 0)));
      }
    },
  );
  return el('div', {}, empty, list);
}

function forgetOthers(kept: Map<number, unknown>, ids: ReadonlySet<number>): void {
  for (const id of kept.keys()) if (!ids.has(id)) kept.delete(id);
}

function cardOf(asking: readonly Conversation[], views: ReadonlyMap<number, ConversationView>): HTMLElement {
  const [first] = asking;
  const how = first === undefined || first.temperature === 0 ? '' : `at temperature ${first.temperature}`;
  const note = [first?.place ?? '', how].filter((text) => text !== '').join(', ');
  return el(
    'section',
    { class: 'card ask-card', 'aria-label': `Asked: ${first?.question ?? ''}` },
    el('h3', {}, first?.question ?? ''),
    note !== '' && el('p', { class: 'note' }, note),
    el(
      'div',
      { class: asking.length > 1 ? 'ask-columns is-pair' : 'ask-columns' },
      ...asking.map(({ id }) => views.get(id)?.root ?? null),
    ),
  );
}
