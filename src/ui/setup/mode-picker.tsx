/** What is trained: the tokens that the model wrote, all of them, or a single answer. */
import type { JSX } from 'preact';
import { MODES } from '../../settings/choices';
import { fieldText, withEdit } from '../form-state';
import { useLive, usePage } from '../page';
import { t } from '../texts';

export function ModePicker(): JSX.Element {
  const { dispatch, now, derived } = usePage();
  const chosen = useLive((state) => fieldText(state.form, 'mode'));
  return (
    <fieldset class="modes">
      <legend>{t.setup.whatIsTrained}</legend>
      {MODES.map((mode) => (
        <label key={mode} class={`mode mode-${mode}`}>
          <input
            type="radio"
            name="mode"
            value={mode}
            checked={mode === chosen}
            disabled={derived.busy.value}
            onChange={() => dispatch({ kind: 'form', form: withEdit(now().form, 'mode', mode) })}
          />
          <span class="mode-text">
            <b>{t.setup.mode[mode].name}</b>
            <small>{t.setup.mode[mode].about}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
