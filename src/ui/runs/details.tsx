/** One run: what is written on it, its settings, and what can be done with it. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { usePage } from '../page';
import { DeleteButton } from '../parts/delete-button';
import { t } from '../texts';
import { RunExport } from './export-panel';
import { LabelForm } from './label-form';
import { canGoOn, type RunRow } from './rows';
import { RunSettings } from './run-settings';

interface Props {
  readonly row: RunRow;
  readonly onClose: () => void;
}

export function RunDetails({ row, onClose }: Props): JSX.Element {
  const { derived, runner } = usePage();
  const { record, name, end } = row;
  const heading = useRef<HTMLHeadingElement>(null);
  const busy = derived.busy.value;
  const stored = derived.stored.value?.find(({ outputDir }) => outputDir === record.outputDir);
  useEffect(() => {
    // It lies below the table that it was opened from.
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return (
    <section class="card run-details" aria-label={t.runs.detailsOf(name)}>
      <h3 tabIndex={-1} ref={heading}>
        {name}
      </h3>
      <p class="note">{t.runs.endNote[end](row.step, row.of)}</p>
      {record.label?.importedFrom && <p class="note">{t.runs.importedFrom(record.label.importedFrom)}</p>}
      <LabelForm record={record} />
      <div class="button-row">
        <button
          type="button"
          class="primary"
          disabled={busy}
          onClick={() => void runner.library.reopen(record)}
        >
          {t.runs.reopen}
        </button>
        {canGoOn(row, stored) && (
          <button type="button" disabled={busy} onClick={() => void runner.continueRun(record.outputDir)}>
            {t.storage.goOn}
          </button>
        )}
        {end !== 'running' && (
          <DeleteButton onDelete={() => void runner.library.remove([record.outputDir])} />
        )}
        <button type="button" class="quiet" onClick={onClose}>
          {t.app.close}
        </button>
      </div>
      {busy && <p class="note">{t.runs.notWhileRunning}</p>}
      <RunExport record={record} />
      <RunSettings record={record} />
    </section>
  );
}
