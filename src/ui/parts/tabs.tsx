/** Tabs after the WAI-ARIA pattern: arrow keys move, the panel follows. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { ComponentType, JSX } from 'preact';
import { usePage } from '../page';
import type { View } from '../state';
import { t } from '../texts';

export interface Tab {
  readonly view: View;
  readonly Panel: ComponentType;
}

export function Tabs({ tabs }: { readonly tabs: readonly Tab[] }): JSX.Element {
  const { live, dispatch } = usePage();
  const { view } = live;
  const list = useRef<HTMLDivElement>(null);
  /** A view is made when it is first looked at, and stays: what was typed in it is kept. */
  const seen = useRef(new Set<View>());
  seen.current.add(view);
  const buttons = (): HTMLButtonElement[] => [...(list.current?.querySelectorAll('button') ?? [])];
  useLayoutEffect(() => {
    const at = tabs.findIndex((tab) => tab.view === view);
    buttons()[at]?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [view]);
  const moved = (event: KeyboardEvent): void => {
    const all = buttons();
    const at = all.findIndex((button) => button === document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (at === -1 || to === undefined) return;
    event.preventDefault();
    const next = all[(to + all.length) % all.length];
    next?.focus();
    next?.click();
  };
  return (
    <div class="views">
      <div class="tabs" role="tablist" aria-label={t.app.views} ref={list} onKeyDown={moved}>
        {tabs.map((tab) => (
          <button
            key={tab.view}
            type="button"
            role="tab"
            id={`tab-${tab.view}`}
            aria-controls={`panel-${tab.view}`}
            aria-selected={tab.view === view}
            tabIndex={tab.view === view ? 0 : -1}
            onClick={() => dispatch({ kind: 'view', view: tab.view })}
          >
            {t.app.view[tab.view]}
          </button>
        ))}
      </div>
      {tabs.map(({ view: own, Panel }) => (
        <div
          key={own}
          role="tabpanel"
          id={`panel-${own}`}
          aria-labelledby={`tab-${own}`}
          hidden={own !== view}
        >
          {seen.current.has(own) && <Panel />}
        </div>
      ))}
    </div>
  );
}
