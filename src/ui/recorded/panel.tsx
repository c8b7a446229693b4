/** Offers the runs that come with the page, so that there is something to see without a GPU and before any training. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { bytes, date } from '../format';
import { usePage } from '../page';
import { t } from '../texts';
import { RECORDED, recordedDir, type RecordedRun } from './recorded';

export function RecordedPanel(): JSX.Element | null {
  const { live, derived, runner, dispatch, now } = usePage();
  const opening = useSignal(false);
  if (derived.busy.value || RECORDED.length === 0) return null;
  const open = async (runs: readonly RecordedRun[]): Promise<boolean> => {
    opening.value = true;
    const isOpen = await runner.openRecorded(runs);
    opening.value = false;
    return isOpen;
  };
  const record = (run: RecordedRun) => now().records.find(({ outputDir }) => outputDir === recordedDir(run));
  const show = async (run: RecordedRun): Promise<void> => {
    if (!(await open([run]))) return;
    const found = record(run);
    if (found !== undefined) await runner.library.reopen(found, live.view);
  };
  const compare = async (): Promise<void> => {
    if (!(await open(RECORDED))) return;
    const ids = RECORDED.flatMap((run) => record(run)?.id ?? []);
    dispatch({ kind: 'records-chosen', ids });
    dispatch({ kind: 'view', view: 'compare' });
  };
  return (
    <section class="card recorded" aria-label={t.recorded.title}>
      <h3>{t.recorded.title}</h3>
      <p>{t.recorded.lead}</p>
      <ul>
        {RECORDED.map((run) => (
          <li key={run.id}>
            <button type="button" disabled={opening.value} onClick={() => void show(run)}>
              {t.recorded.name[run.id]}
            </button>
            <span class="note">
              {t.recorded.about(date(new Date(run.started)), run.machine, bytes(run.bytes))}
            </span>
          </li>
        ))}
      </ul>
      <div class="button-row">
        <button type="button" class="quiet" disabled={opening.value} onClick={() => void compare()}>
          {t.recorded.compare}
        </button>
      </div>
    </section>
  );
}
