/** Above the curves of a run that was opened again: which it is, how it ended, and the ways on. */
import type { JSX } from 'preact';
import { date } from '../format';
import { usePage } from '../page';
import { recordedOf } from '../recorded/recorded';
import { t } from '../texts';
import { canGoOn, rowOf } from './rows';

export function Reopened(): JSX.Element | null {
  const { live, derived, runner, dispatch } = usePage();
  const record = derived.record.value;
  if (record === null || live.run.status !== 'idle') return null;
  const row = rowOf(record, false);
  const { name, end, step, of } = row;
  const recorded = recordedOf(record.outputDir);
  const stored = derived.stored.value?.find(({ outputDir }) => outputDir === record.outputDir);
  return (
    <section class="card reopened" aria-label={t.runs.reopened}>
      <h2>{name}</h2>
      <p>{t.runs.endNote[end](step, of)}</p>
      {recorded !== null && <p>{t.recorded.note(date(new Date(recorded.started)), recorded.machine)}</p>}
      {record.label?.note && <p class="note">{record.label.note}</p>}
      {live.trajectories.batches.length === 0 && <p class="note">{t.runs.noTrajectories}</p>}
      <div class="button-row">
        {canGoOn(row, stored) && (
          <button type="button" onClick={() => void runner.continueRun(record.outputDir)}>
            {t.storage.goOn}
          </button>
        )}
        <button type="button" class="quiet" onClick={() => dispatch({ kind: 'view', view: 'runs' })}>
          {t.runs.allRuns}
        </button>
      </div>
    </section>
  );
}
