/** The run's log lines, newest at the bottom, following unless the reader has scrolled up. */
import { el, fill } from './dom';
import type { PageStore } from './runner';

export function createLog(store: PageStore): HTMLElement {
  const lines = el('div', {
    class: 'log',
    role: 'log',
    tabindex: 0,
    'aria-label': 'Log of the run',
    'aria-live': 'off',
  });
  const empty = el('p', { class: 'empty' }, 'The log of a run appears here.');
  let drawn: readonly object[] = [];
  store.watch(
    (state) => state.log,
    (log) => {
      empty.hidden = log.length > 0;
      lines.hidden = log.length === 0;
      const follows = lines.scrollTop + lines.clientHeight >= lines.scrollHeight - 24;
      const last = drawn.at(-1);
      const known = last === undefined ? -1 : log.findIndex((line) => line === last);
      if (known === -1) fill(lines);
      for (const line of log.slice(known + 1))
        lines.append(el('div', { class: `log-${line.kind}` }, line.text));
      while (lines.childElementCount > log.length) lines.firstElementChild?.remove();
      drawn = log;
      if (follows) lines.scrollTop = lines.scrollHeight;
    },
  );
  const copy = el(
    'button',
    {
      type: 'button',
      class: 'quiet',
      on: {
        click: () => {
          const text = store.state.log.map((line) => line.text).join('\n');
          void navigator.clipboard.writeText(text).catch(() => undefined);
        },
      },
    },
    'Copy log',
  );
  return el('div', {}, empty, lines, copy);
}
