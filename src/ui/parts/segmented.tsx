/** A few choices side by side, of which one holds. */
import type { JSX } from 'preact';

interface Props<T extends string> {
  readonly legend: string;
  /** Of the radio group; unique in the page. */
  readonly name: string;
  readonly options: readonly (readonly [value: T, label: string])[];
  readonly value: T;
  readonly onChoose: (value: T) => void;
}

export function Segmented<T extends string>(props: Props<T>): JSX.Element {
  const { legend, name, options, value, onChoose } = props;
  return (
    <fieldset class="segmented">
      <legend>{legend}</legend>
      {options.map(([one, label]) => (
        <label key={one}>
          <input
            type="radio"
            name={name}
            value={one}
            checked={one === value}
            onChange={() => onChoose(one)}
          />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
