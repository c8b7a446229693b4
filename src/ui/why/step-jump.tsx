/** The way from a curve to what happened in one of its steps, for those who do not click on points. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { usePage } from '../page';
import { t } from '../texts';

export function StepJump(): JSX.Element | null {
  const { derived, dispatch } = usePage();
  const steps = derived.record.value?.steps ?? [];
  const chosen = useSignal<number | null>(null);
  const last = steps.at(-1);
  if (last === undefined) return null;
  const step = chosen.value ?? last.step;
  return (
    <div class="step-jump">
      <label>
        {t.why.jump.step}{' '}
        <select value={step} onChange={({ currentTarget }) => (chosen.value = Number(currentTarget.value))}>
          {[...steps].reverse().map((one) => (
            <option key={one.step} value={one.step}>
              {one.step}
            </option>
          ))}
        </select>
      </label>{' '}
      <button type="button" onClick={() => dispatch({ kind: 'step-opened', step })}>
        {t.why.jump.open}
      </button>{' '}
      <span class="note">{t.why.jump.hint}</span>
    </div>
  );
}
