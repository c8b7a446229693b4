/** Tabs after the WAI-ARIA pattern: arrow keys move, the panel follows. */
import { el } from './dom';
import type { PageStore } from './runner';
import type { View } from './state';

export interface Tab {
  readonly view: View;
  readonly label: string;
  readonly panel: HTMLElement;
}

export function createTabs(store: PageStore, tabs: readonly Tab[]): HTMLElement {
  const buttons = tabs.map(({ view, label }) =>
    el(
      'button',
      {
        type: 'button',
        role: 'tab',
        id: `tab-${view}`,
        'aria-controls': `panel-${view}`,
        on: { click: () => store.dispatch({ kind: 'view', view }) },
      },
      label,
    ),
  );
  const panels = tabs.map(({ view, panel }) =>
    el('div', { role: 'tabpanel', id: `panel-${view}`, 'aria-labelledby': `tab-${view}` }, panel),
  );
  const list = el('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Views' }, ...buttons);
  list.addEventListener('keydown', (event) => {
    const at = buttons.findIndex((button) => button === document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (at === -1 || to === undefined) return;
    event.preventDefault();
    const index = (to + buttons.length) % buttons.length;
    buttons[index]?.focus();
    buttons[index]?.click();
  });
  store.watch(
    (state) => state.view,
    (view) => {
      tabs.forEach((tab, i) => {
        const selected = tab.view === view;
        buttons[i]?.setAttribute('aria-selected', String(selected));
        buttons[i]?.setAttribute('tabindex', selected ? '0' : '-1');
        const panel = panels[i];
        if (panel) panel.hidden = !selected;
        if (selected) buttons[i]?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      });
    },
  );
  return el('div', { class: 'views' }, list, ...panels);
}
