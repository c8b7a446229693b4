/** A run's files for download, with what each holds of the mail. */
import { useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { bytes } from '../format';
import { usePage, useTelling } from '../page';
import { download } from '../parts/download';
import type { RunRecord } from '../state';
import { t } from '../texts';
import { curvesCsv, curvesJson, trajectoriesJsonl } from './export';

export function RunExport({ record }: { readonly record: RunRecord }): JSX.Element {
  const { library } = usePage().runner;
  const tell = useTelling('export');
  const texts = useSignal(false);
  const adapters = useSignal(false);
  const zip = useSignal<Uint8Array | null>(null);
  const choice = () => ({ texts: texts.value, adapters: adapters.value });
  const name = record.label?.name || (record.outputDir.split('/').at(-1) ?? 'run');
  const save = (ending: string, content: string | Uint8Array, type: string): void =>
    download(
      `${name}${ending}`,
      typeof content === 'string' ? new TextEncoder().encode(content) : content,
      type,
    );
  useSignalEffect(() => {
    const wanted = choice();
    zip.value = null;
    void library.zipOf(record, wanted).then(
      (made) => {
        if (wanted.texts === texts.peek() && wanted.adapters === adapters.peek()) zip.value = made;
      },
      () => undefined,
    );
  });
  const saveTrajectories = async (): Promise<void> =>
    save('-trajectories.jsonl', trajectoriesJsonl(await library.batchesOf(record)), 'application/jsonl');
  return (
    <fieldset class="run-export">
      <legend>{t.runs.export.title}</legend>
      <p class="note">{texts.value ? t.runs.export.withTexts : t.runs.export.withoutTexts}</p>
      <label class="radio">
        <input
          type="checkbox"
          checked={texts.value}
          onChange={({ currentTarget }) => (texts.value = currentTarget.checked)}
        />
        {t.runs.export.texts}
      </label>
      <label class="radio">
        <input
          type="checkbox"
          checked={adapters.value}
          onChange={({ currentTarget }) => (adapters.value = currentTarget.checked)}
        />
        {t.runs.export.adapters}
      </label>
      <div class="button-row">
        <button
          type="button"
          onClick={() =>
            tell(
              Promise.resolve(zip.peek() ?? library.zipOf(record, choice())).then((made) =>
                save('.zip', made, 'application/zip'),
              ),
            )
          }
        >
          {t.runs.export.zip(zip.value === null ? null : bytes(zip.value.length))}
        </button>
        <button type="button" class="quiet" onClick={() => save('.csv', curvesCsv(record), 'text/csv')}>
          {t.runs.export.csv}
        </button>
        <button
          type="button"
          class="quiet"
          onClick={() => save('.json', curvesJson(record), 'application/json')}
        >
          {t.runs.export.json}
        </button>
        <button type="button" class="quiet" onClick={() => tell(saveTrajectories())}>
          {t.runs.export.trajectories}
        </button>
      </div>
      <p class="note">{t.runs.export.curvesHold}</p>
      <p class="note">{t.runs.export.trajectoriesHold}</p>
    </fieldset>
  );
}
