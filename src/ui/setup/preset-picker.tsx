/** Ready-made settings by name. */
import type { JSX } from 'preact';
import { shownSchema, withPreset } from '../form-state';
import { usePage } from '../page';
import { t } from '../texts';

export function PresetPicker(): JSX.Element {
  const { live, dispatch, now, derived } = usePage();
  const { form } = live;
  const { presets } = shownSchema(form);
  return (
    <div class="preset">
      <label for="preset">{t.setup.preset}</label>
      <select
        id="preset"
        aria-describedby="preset-note"
        value={form.preset}
        disabled={derived.busy.value}
        onChange={({ currentTarget }) =>
          dispatch({ kind: 'form', form: withPreset(now().form, currentTarget.value) })
        }
      >
        {Object.entries(presets).map(([name, { title }]) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
      <p class="note" id="preset-note">
        {presets[form.preset]?.description ?? ''}
      </p>
    </div>
  );
}
