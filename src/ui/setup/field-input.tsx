/** The input of a setting, by the rule of its values. */
import type { JSX } from 'preact';
import type { AnySettingInfo } from '../../settings/setting-info';

interface Props {
  readonly info: AnySettingInfo;
  readonly text: string;
  readonly id: string;
  readonly disabled: boolean;
  readonly invalid: boolean;
  /** Ids of what is said of the field. */
  readonly describedBy: string;
  readonly onText: (text: string) => void;
}

export function FieldInput(props: Props): JSX.Element {
  const { info, text, id, disabled, invalid, describedBy, onText } = props;
  const { rule, label } = info;
  const common = {
    id,
    'aria-describedby': describedBy,
    ...(invalid ? { 'aria-invalid': true as const } : {}),
  };
  switch (rule.kind) {
    case 'boolean':
      return (
        <input
          {...common}
          type="checkbox"
          disabled={disabled}
          checked={/^(true|1|yes|on)$/i.test(text)}
          onChange={({ currentTarget }) => onText(String(currentTarget.checked))}
        />
      );
    case 'choice': {
      // A link may hold a value that is not offered; it stays visible beside its problem.
      const choices = rule.choices.includes(text) ? rule.choices : [...rule.choices, text];
      return (
        <select
          {...common}
          disabled={disabled}
          value={text}
          onChange={({ currentTarget }) => onText(currentTarget.value)}
        >
          {choices.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      );
    }
    case 'list': {
      const wanted = new Set(text.split(',').map((item) => item.trim()));
      const toggled = (choice: string, on: boolean): string =>
        rule.choices.filter((one) => (one === choice ? on : wanted.has(one))).join(',');
      return (
        <span {...common} class="field-list" role="group" aria-label={label}>
          {rule.choices.map((choice) => (
            <label key={choice}>
              <input
                type="checkbox"
                value={choice}
                disabled={disabled}
                checked={wanted.has(choice)}
                onChange={({ currentTarget }) => onText(toggled(choice, currentTarget.checked))}
              />{' '}
              {choice}
            </label>
          ))}
        </span>
      );
    }
    case 'integer':
    case 'number':
    case 'text': {
      // Not type=number: it hides what was typed when that is no number, and the problem could not be explained.
      const keyboard = { integer: 'numeric', number: 'decimal', text: undefined } as const;
      return (
        <input
          {...common}
          type="text"
          inputMode={keyboard[rule.kind]}
          autocomplete="off"
          spellcheck={false}
          disabled={disabled}
          value={text}
          onInput={({ currentTarget }) => onText(currentTarget.value)}
        />
      );
    }
  }
}
