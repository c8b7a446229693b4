/** Offers the preset Quick where there is no graphics card, with minutes once a step has been measured. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { duration } from '../format';
import { withPreset } from '../form-state';
import { useLive, usePage } from '../page';
import { t } from '../texts';
import { adviceOf, QUICK } from './advice';

export function AdvicePanel(): JSX.Element | null {
  const { runner, dispatch, now } = usePage();
  const advice = useLive(adviceOf);
  const declined = useSignal(false);
  if (advice === null || declined.value) return null;
  const choose = (): void => {
    if (advice.kind === 'measured') void runner.stop();
    dispatch({ kind: 'form', form: withPreset(now().form, QUICK) });
  };
  return (
    <section class="card problem problem-notice" role="status" aria-label={t.advice.title}>
      <h2>{t.advice.title}</h2>
      <p>
        {advice.kind === 'offer'
          ? t.advice.offer
          : t.advice.measured({
              step: duration(advice.secondsPerStep),
              minutes: advice.minutes,
              quickMinutes: advice.quickMinutes,
            })}
      </p>
      <div class="button-row">
        <button type="button" class="primary" onClick={choose}>
          {advice.kind === 'offer' ? t.advice.useQuick : t.advice.stopForQuick}
        </button>
        <button type="button" class="quiet" onClick={() => (declined.value = true)}>
          {t.advice.keep}
        </button>
      </div>
    </section>
  );
}
