/** The run's log lines, newest at the bottom, following unless the reader has scrolled up. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { usePage } from './page';
import { t } from './texts';

/** Pixels from the end within which a reader counts as being there. */
const NEAR_END = 24;

export function Log(): JSX.Element {
  const { live, now } = usePage();
  const { log } = live;
  const lines = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  useLayoutEffect(() => {
    const node = lines.current;
    if (node !== null && follows.current) node.scrollTop = node.scrollHeight;
  }, [log, live.view]);
  const copy = (): void => {
    const text = now()
      .log.map((line) => line.text)
      .join('\n');
    void navigator.clipboard.writeText(text).catch(() => undefined);
  };
  return (
    <div>
      {log.length === 0 && <p class="empty">{t.app.log.empty}</p>}
      <div
        class="log"
        role="log"
        tabIndex={0}
        aria-label={t.app.log.label}
        aria-live="off"
        hidden={log.length === 0}
        ref={lines}
        onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) =>
          (follows.current = scrollTop + clientHeight >= scrollHeight - NEAR_END)
        }
      >
        {log.map((line) => (
          <div key={line.id} class={`log-${line.kind}`}>
            {line.text}
          </div>
        ))}
      </div>
      <button type="button" class="quiet" onClick={copy}>
        {t.app.log.copy}
      </button>
    </div>
  );
}
