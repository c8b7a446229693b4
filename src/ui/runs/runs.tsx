/** All runs that this browser keeps, as a table: ordered, filtered, grouped, chosen for what is done with several. */
import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { usePage } from '../page';
import { DeleteButton } from '../parts/delete-button';
import { t } from '../texts';
import { RecordedPanel } from '../recorded/panel';
import { RunDetails } from './details';
import { ImportZone } from './import-zone';
import { OfferPanel } from './offer-panel';
import { groupsOf } from './rows';
import { RunsTable } from './table';
import { RunsTools } from './tools';

export function Runs(): JSX.Element {
  const { live, derived, runner, dispatch } = usePage();
  const chosen = useSignal<ReadonlySet<string>>(new Set());
  /** Folder of the run whose details are shown. */
  const open = useSignal<string | null>(null);
  const groups = useComputed(() =>
    groupsOf(live.records, live.runsView, derived.busy.value ? live.run.recordId : null),
  ).value;
  const rows = groups.flatMap((group) => group.rows);
  // A row that the filter hides is not acted upon.
  const acting = rows.filter(({ record }) => chosen.value.has(record.outputDir));
  const opened = rows.find(({ record }) => record.outputDir === open.value);
  const choose = (dirs: readonly string[], isChosen: boolean): void => {
    const next = new Set(chosen.value);
    for (const dir of dirs) next[isChosen ? 'add' : 'delete'](dir);
    chosen.value = next;
  };
  const compare = (): void => {
    dispatch({ kind: 'records-chosen', ids: acting.map(({ record }) => record.id) });
    dispatch({ kind: 'view', view: 'compare' });
  };
  return (
    <div class="runs">
      <h2>{t.app.view.runs}</h2>
      <p class="lead">{t.runs.lead}</p>
      <OfferPanel />
      <ImportZone />
      <RecordedPanel />
      <RunsTools shown={rows.length} all={live.records.length} />
      {live.records.length === 0 ? (
        <p class="empty">{t.runs.empty}</p>
      ) : (
        <RunsTable groups={groups} chosen={chosen.value} onChoose={choose} open={open} />
      )}
      <div class="button-row runs-actions" role="group" aria-label={t.runs.actions}>
        <span class="note" role="status">
          {t.runs.chosen(acting.length)}
        </span>
        <button type="button" disabled={acting.length < 2} onClick={compare}>
          {t.runs.compare}
        </button>
        <DeleteButton
          label={t.runs.deleteChosen}
          question={t.runs.deleteQuestion(acting.length)}
          disabled={acting.length === 0 || acting.some(({ end }) => end === 'running')}
          onDelete={() => void runner.library.remove(acting.map(({ record }) => record.outputDir))}
        />
      </div>
      {opened !== undefined && (
        <RunDetails key={opened.record.outputDir} row={opened} onClose={() => (open.value = null)} />
      )}
    </div>
  );
}
