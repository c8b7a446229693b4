/** Name, note and tags of a run; what is typed is kept when the field is left. */
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { usePage } from '../page';
import type { RunRecord } from '../state';
import { t } from '../texts';
import { MOST, tagsOf } from './label';

export function LabelForm({ record }: { readonly record: RunRecord }): JSX.Element {
  const { library } = usePage().runner;
  const id = useId();
  const { outputDir, label } = record;
  return (
    <div class="label-form">
      <label for={`${id}-name`}>{t.runs.name}</label>
      <input
        id={`${id}-name`}
        type="text"
        maxLength={MOST.name}
        placeholder={outputDir}
        value={label?.name ?? ''}
        onChange={({ currentTarget }) => library.relabel(outputDir, { name: currentTarget.value.trim() })}
      />
      <label for={`${id}-note`}>{t.runs.note}</label>
      <textarea
        id={`${id}-note`}
        rows={2}
        maxLength={MOST.note}
        value={label?.note ?? ''}
        onChange={({ currentTarget }) => library.relabel(outputDir, { note: currentTarget.value.trim() })}
      />
      <label for={`${id}-tags`}>{t.runs.tags}</label>
      <input
        id={`${id}-tags`}
        type="text"
        placeholder={t.runs.tagsExample}
        value={(label?.tags ?? []).join(', ')}
        onChange={({ currentTarget }) => library.relabel(outputDir, { tags: tagsOf(currentTarget.value) })}
      />
    </div>
  );
}
