/** The newest warning of the run, e.g. that no group has any spread. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useLive } from '../page';
import { t } from '../texts';

export function Warning(): JSX.Element {
  const line = useLive((state) => state.log.findLast(({ kind }) => kind === 'warning'));
  /** Number of the line that the reader has hidden. */
  const read = useSignal<number | null>(null);
  return (
    <div class="warning" hidden={line === undefined || line.id === read.value}>
      <p role="status">{line?.text}</p>
      <button
        type="button"
        class="close"
        aria-label={t.app.hideWarning}
        onClick={() => (read.value = line?.id ?? null)}
      >
        ×
      </button>
    </div>
  );
}
