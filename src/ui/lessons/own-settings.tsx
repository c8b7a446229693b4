/** Says that a lesson has changed the visitor's settings, and gives them back. */
import type { JSX } from 'preact';
import { usePage } from '../page';
import { t } from '../texts';
import { isSameForm } from './perform';

export function OwnSettings(): JSX.Element | null {
  const { live, dispatch, derived } = usePage();
  const { ownForm } = live.lessons;
  if (ownForm === null || isSameForm(ownForm, live.form)) return null;
  const forget = (): void => dispatch({ kind: 'lesson-own-form', form: null });
  return (
    <section class="card lesson-own" aria-label={t.lessons.settingsChanged}>
      <p>{t.lessons.settingsChanged}</p>
      <div class="button-row">
        <button
          type="button"
          class="quiet"
          disabled={derived.busy.value}
          onClick={() => {
            dispatch({ kind: 'form', form: ownForm });
            forget();
          }}
        >
          {t.lessons.giveBack}
        </button>
        <button type="button" class="quiet" onClick={forget}>
          {t.lessons.keep}
        </button>
      </div>
    </section>
  );
}
