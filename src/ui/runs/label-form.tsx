/** Name, note and tags of a run; what is typed is kept when the field is left. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { usePage } from '../page';
import type { RunRecord } from '../state';
import { t } from '../texts';
import { MOST, tagsOf } from './label';

type Field = HTMLInputElement | HTMLTextAreaElement;

/** A field that keeps what is being typed, however often the page is drawn meanwhile, until it is left. */
function useDraft(stored: string, keep: (text: string) => void) {
  const draft = useSignal<string | null>(null);
  return {
    value: draft.value ?? stored,
    onInput: ({ currentTarget }: { readonly currentTarget: Field }) => {
      draft.value = currentTarget.value;
    },
    onChange: ({ currentTarget }: { readonly currentTarget: Field }) => {
      keep(currentTarget.value);
      draft.value = null;
    },
  };
}

export function LabelForm({ record }: { readonly record: RunRecord }): JSX.Element {
  const { library } = usePage().runner;
  const id = useId();
  const { outputDir, label } = record;
  const name = useDraft(label?.name ?? '', (text) => library.relabel(outputDir, { name: text.trim() }));
  const note = useDraft(label?.note ?? '', (text) => library.relabel(outputDir, { note: text.trim() }));
  const tags = useDraft((label?.tags ?? []).join(', '), (text) =>
    library.relabel(outputDir, { tags: tagsOf(text) }),
  );
  return (
    <div class="label-form">
      <label for={`${id}-name`}>{t.runs.name}</label>
      <input id={`${id}-name`} type="text" maxLength={MOST.name} placeholder={outputDir} {...name} />
      <label for={`${id}-note`}>{t.runs.note}</label>
      <textarea id={`${id}-note`} rows={2} maxLength={MOST.note} {...note} />
      <label for={`${id}-tags`}>{t.runs.tags}</label>
      <input id={`${id}-tags`} type="text" placeholder={t.runs.tagsExample} {...tags} />
    </div>
  );
}
