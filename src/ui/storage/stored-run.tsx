/** One run in the browser's storage, with what can be done with it. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { checkpointStep } from '../../report/run-files';
import { signed } from '../format';
import { usePage } from '../page';
import { DeleteButton } from '../parts/delete-button';
import { adapterLabel, type StoredRun } from '../runs';
import { t } from '../texts';
import { ExportPanel } from './export';

export function StoredRunCard({ run }: { readonly run: StoredRun }): JSX.Element {
  const { live, derived, runner } = usePage();
  const { outputDir, adapters, unfinished } = run;
  const busy = derived.busy.value;
  const own = busy && derived.record.value?.outputDir === outputDir;
  const record = live.records.find((one) => one.outputDir === outputDir);
  const settings = record?.settings ?? null;
  const last = record?.steps.at(-1);
  const chosen = useSignal('');
  const which = adapters.includes(chosen.value) ? chosen.value : (adapters[0] ?? '');
  const canGoOn =
    !own &&
    adapters.some((name) => checkpointStep(name) !== null) &&
    (unfinished || (last !== undefined && last.step < last.maxSteps));
  return (
    <section class="card stored-run" aria-label={outputDir}>
      <h3>
        {outputDir}{' '}
        {own ? (
          <span class="tag tag-good">{t.storage.running}</span>
        ) : (
          unfinished && <span class="tag">{t.storage.unfinished}</span>
        )}
      </h3>
      <p class="note">
        {last
          ? t.storage.steps({ step: last.step, of: last.maxSteps, reward: signed(last.rewardMean) })
          : t.storage.noCurves}
      </p>
      <div class="button-row">
        {adapters.length > 0 && (
          <>
            <select
              aria-label={t.storage.adapterOf(outputDir)}
              value={which}
              onChange={({ currentTarget }) => (chosen.value = currentTarget.value)}
            >
              {adapters.map((name) => (
                <option key={name} value={name}>
                  {adapterLabel(name)}
                </option>
              ))}
            </select>
            <button type="button" class="quiet" onClick={() => void runner.downloadAdapter(outputDir, which)}>
              {t.storage.download}
            </button>
            <ExportPanel outputDir={outputDir} which={which} />
          </>
        )}
        {settings !== null && adapters.length > 0 && (
          <button
            type="button"
            class="quiet"
            disabled={busy}
            onClick={() => void runner.evaluate(settings, outputDir, which)}
          >
            {t.storage.askTestQuestions}
          </button>
        )}
        {canGoOn && (
          <button
            type="button"
            class="quiet"
            disabled={busy}
            onClick={() => void runner.continueRun(outputDir)}
          >
            {t.storage.goOn}
          </button>
        )}
        {!own && <DeleteButton onDelete={() => void runner.removeRun(outputDir)} />}
      </div>
    </section>
  );
}
