/** Says that the browser refuses its storage, before anything is trained that would be lost. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { usePage } from '../page';
import { t } from '../texts';

export function LastingPanel(): JSX.Element | null {
  const { live } = usePage();
  const closed = useSignal(false);
  if (live.lasting !== false || closed.value) return null;
  return (
    <section class="card problem problem-notice" role="status" aria-label={t.lasting.title}>
      <h2>{t.lasting.title}</h2>
      <p>{t.lasting.why}</p>
      <p>{t.lasting.remedy}</p>
      <div class="button-row">
        {window.parent !== window && (
          <a class="button" href={location.href} target="_blank" rel="noopener">
            {t.lasting.elsewhere}
          </a>
        )}
        <button type="button" class="quiet" onClick={() => (closed.value = true)}>
          {t.app.close}
        </button>
      </div>
    </section>
  );
}
