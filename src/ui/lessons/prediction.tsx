/** What the visitor expects, and afterwards whether the numbers bear it out. */
import type { JSX } from 'preact';
import { usePage } from '../page';
import { t } from '../texts';
import { keyOf, type Place, type StepWords } from './types';

interface Props {
  readonly place: Place;
  readonly words: StepWords;
  /** The option that turned out right; null while that is open, or before a choice. */
  readonly right: number | null;
}

export function Prediction({ place, words: { ask, options = [] }, right }: Props): JSX.Element | null {
  const { live, dispatch } = usePage();
  const chosen = live.lessons.answers[keyOf(place)];
  if (ask === undefined) return null;
  const found = right === null ? null : options[right];
  return (
    <fieldset class="prediction">
      <legend>{ask}</legend>
      {options.map((option, i) => (
        <label key={i} class={chosen !== undefined && i === right ? 'is-right' : ''}>
          <input
            type="radio"
            name={`prediction-${keyOf(place)}`}
            checked={chosen === i}
            onChange={() => dispatch({ kind: 'lesson-answer', place, option: i })}
          />
          <span>{option}</span>
        </label>
      ))}
      <p role="status">
        {chosen === undefined || found === null || found === undefined
          ? ''
          : chosen === right
            ? t.lessons.agreed
            : t.lessons.differed(found)}
      </p>
    </fieldset>
  );
}
