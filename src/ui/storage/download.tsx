/** The download that a finished run offers right under its progress. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { SiblingButton } from '../compare/sibling-button';
import { useLive, usePage } from '../page';
import { missingModes } from '../records';
import { adapterLabel } from '../runs';
import { t } from '../texts';
import { ExportPanel } from './export';

export function Download(): JSX.Element | null {
  const { derived, runner, dispatch } = usePage();
  const hasEnded = useLive(({ run }) => run.status === 'ended');
  /** What the visitor chose; until then the best there is. */
  const chosen = useSignal('');
  const record = derived.record.value;
  // Not from the run's reports: older checkpoints are removed again while it goes on.
  const run = derived.stored.value?.find(({ outputDir }) => outputDir === record?.outputDir);
  if (record === null || run === undefined || run.adapters.length === 0) return null;
  const which = run.adapters.includes(chosen.value) ? chosen.value : (run.adapters[0] ?? '');
  return (
    <div class="button-row download" data-testid="download">
      <select
        aria-label={t.storage.whichAdapter}
        value={which}
        onChange={({ currentTarget }) => (chosen.value = currentTarget.value)}
      >
        {run.adapters.map((name) => (
          <option key={name} value={name}>
            {adapterLabel(name)}
          </option>
        ))}
      </select>
      <button
        type="button"
        class="primary"
        onClick={() => void runner.downloadAdapter(record.outputDir, which)}
      >
        {t.storage.downloadAdapter}
      </button>
      {hasEnded && <ExportPanel outputDir={record.outputDir} which={which} />}
      <button type="button" onClick={() => dispatch({ kind: 'view', view: 'ask' })}>
        {t.storage.askIt}
      </button>
      {hasEnded && (
        <span class="button-row">
          <Sibling />
        </span>
      )}
    </div>
  );
}

/** Masked beside unmasked is what the page is about; the third mode is offered in the Compare view. */
function Sibling(): JSX.Element | null {
  const { live, derived } = usePage();
  const record = derived.record.value;
  if (record === null) return null;
  const mode = missingModes(record, live.records).find((one) => one !== 'simple');
  return mode === undefined ? null : <SiblingButton record={record} mode={mode} />;
}
