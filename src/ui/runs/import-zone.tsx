/** Where runs from elsewhere are dropped or chosen, and what became of each file. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { usePage, useTelling } from '../page';
import { chosenFiles, droppedFiles, type PickedFile } from '../parts/dropped-files';
import { DropZone, FileButton } from '../parts/files';
import { t } from '../texts';
import type { ImportedRuns } from './importing';

export function ImportZone(): JSX.Element {
  const { runner } = usePage();
  const tell = useTelling('storage');
  const progress = useSignal<{ readonly done: number; readonly all: number } | null>(null);
  const outcome = useSignal<ImportedRuns | null>(null);
  const busy = progress.value !== null;
  const take = async (picked: Promise<readonly PickedFile[]>): Promise<void> => {
    outcome.value = null;
    progress.value = { done: 0, all: 1 };
    try {
      outcome.value = await runner.library.add(await picked, (done, all) => (progress.value = { done, all }));
    } finally {
      progress.value = null;
    }
  };
  const chosen = (files: readonly File[]): void => tell(take(Promise.resolve(chosenFiles(files))));
  return (
    <DropZone class="runs-zone" disabled={busy} onDrop={(data) => tell(take(droppedFiles(data)))}>
      <div class="button-row">
        <span>{t.runs.add}</span>
        <FileButton
          id="run-files"
          label={t.runs.chooseFiles}
          accept=".zip,.jsonl,.json"
          multiple
          disabled={busy}
          onFiles={chosen}
        />
        <FileButton id="run-folder" label={t.runs.chooseFolder} folder disabled={busy} onFiles={chosen} />
      </div>
      <p class="note">{t.runs.addNote}</p>
      <p role="status" hidden={!busy && outcome.value === null}>
        {progress.value !== null
          ? t.runs.adding(progress.value.done, progress.value.all)
          : outcome.value !== null && t.runs.added(outcome.value.added.length)}
      </p>
      {outcome.value !== null && outcome.value.refused.length > 0 && (
        <details class="rejected" open>
          <summary>{t.runs.refused(outcome.value.refused.length)}</summary>
          <ul>
            {outcome.value.refused.map(({ source, reason }) => (
              <li key={source}>{reason.includes(source) ? reason : `${source}: ${reason}`}</li>
            ))}
          </ul>
        </details>
      )}
    </DropZone>
  );
}
