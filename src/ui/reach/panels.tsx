/** Asks before a choice of the visitor's, or of a link, reaches another site; and says while one may be reached. */
import type { JSX } from 'preact';
import { list } from '../format';
import { EMPTY_FORM, fieldText, withEdit } from '../form-state';
import { useLive, usePage } from '../page';
import { t } from '../texts';
import { lock, openFor } from './document';
import { needed } from './reach';

export function ReachPanel(): JSX.Element | null {
  const { dispatch, now, derived } = usePage();
  const wanted = useLive(needed);
  if (wanted === null || derived.busy.value) return null;
  const { what, host, sources } = wanted;
  const leave = (): void => {
    const { form, reachAsked } = now();
    dispatch({ kind: 'reach-asked', elsewhere: null });
    if (reachAsked !== null) return;
    dispatch({ kind: 'form', form: withEdit(form, 'model', fieldText(EMPTY_FORM, 'model')) });
  };
  return (
    <section class="card problem problem-notice" role="region" aria-label={t.reach.title(host)}>
      <h2>{t.reach.title(host)}</h2>
      <p>{t.reach.named(what)}</p>
      <p>{t.reach.learns(host)}</p>
      <div class="button-row">
        <button type="button" class="primary" onClick={() => openFor(sources)}>
          {t.reach.yes(host)}
        </button>
        <button type="button" onClick={leave}>
          {t.reach.no}
        </button>
      </div>
    </section>
  );
}

/** In open.html, for as long as it is open. */
export function OpenNote(): JSX.Element | null {
  const { live, derived } = usePage();
  const { allowed } = live.reach;
  if (allowed === null || allowed.length === 0) return null;
  const hosts = list(allowed.map((source) => source.replace(/^https?:\/\//, '')));
  return (
    <p class="card open-note" role="note">
      <span>{t.reach.open(hosts)}</span>{' '}
      <button type="button" class="quiet" disabled={derived.busy.value} onClick={lock}>
        {t.reach.lock}
      </button>
    </p>
  );
}
