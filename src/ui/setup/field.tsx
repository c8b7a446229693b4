/** One labelled field; its text is the state's, also when that is no valid value. */
import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import type { AnySettingInfo } from '../../settings/setting-info';
import { fieldText, presetText, withEdit } from '../form-state';
import { useLive, usePage } from '../page';
import { t } from '../texts';
import { ruleText } from '../texts/help';
import { FieldInput } from './field-input';

interface Props {
  /** Of the setting; another name is another field. */
  readonly name: string;
  readonly info: AnySettingInfo;
}

export function Field({ name, info }: Props): JSX.Element {
  const { dispatch, derived, now } = usePage();
  const text = useLive((state) => fieldText(state.form, name));
  const isChanged = useLive((state) => state.form.edits[name] !== undefined);
  // Every key that is typed anywhere makes other problems; this field is drawn again for its own alone.
  const problem = useComputed(() => derived.resolved.value.problems.get(name) ?? '').value;
  const id = `field-${name}-${useId()}`;
  const helpOpen = useSignal(false);
  const [error, help] = [`${id}-error`, `${id}-help`];
  return (
    <div
      class={`field field-${info.rule.kind}${problem === '' ? '' : ' is-wrong'}`}
      title={t.setup.fieldTitle(info.description, ruleText(info.rule))}
    >
      <span class="field-label">
        <label for={id}>{info.label}</label>
        <span class="field-changed" hidden={!isChanged}>
          <span class="visually-hidden">{t.setup.changedFromPreset}</span>
        </span>
        <button
          type="button"
          class="field-info"
          aria-label={t.setup.about(info.label)}
          aria-expanded={helpOpen.value}
          aria-controls={help}
          onClick={() => (helpOpen.value = !helpOpen.value)}
        >
          <span aria-hidden="true">i</span>
        </button>
      </span>
      <span class="field-input">
        <FieldInput
          info={info}
          text={text}
          id={id}
          disabled={derived.busy.value}
          invalid={problem !== ''}
          describedBy={problem === '' ? help : `${error} ${help}`}
          onText={(next) => dispatch({ kind: 'form', form: withEdit(now().form, name, next) })}
        />
        {info.unit !== '' && <span class="field-unit">{info.unit}</span>}
        {isChanged && (
          <button
            type="button"
            class="quiet field-reset"
            aria-label={t.setup.resetField(info.label)}
            title={t.setup.resetField(info.label)}
            disabled={derived.busy.value}
            onClick={() => {
              const { form } = now();
              dispatch({ kind: 'form', form: withEdit(form, name, presetText(form, name)) });
            }}
          >
            ↺
          </button>
        )}
      </span>
      <p class="field-error" id={error} hidden={problem === ''}>
        {problem}
      </p>
      <p class="field-help" id={help} hidden={!helpOpen.value}>
        {info.description}
      </p>
    </div>
  );
}
