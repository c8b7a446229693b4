/** Asks before a run file of another place is fetched: from where, how large, what happens with it. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { bytes } from '../format';
import { usePage, useTelling } from '../page';
import { t } from '../texts';
import { openFor } from '../reach/document';
import { allows, offerElsewhere } from '../reach/reach';
import type { RefusedFile } from './importing';
import { fetchRun } from './offer';

export function OfferPanel(): JSX.Element | null {
  const { live, runner, dispatch } = usePage();
  const tell = useTelling('import');
  const busy = useSignal(false);
  const refused = useSignal<RefusedFile | null>(null);
  const { offer, reach } = live;
  const elsewhere = offer === null ? null : offerElsewhere(offer, reach.site);
  const isAllowed = elsewhere === null || allows(reach, elsewhere.sources);
  // In a document that was opened for it, the visitor has agreed already.
  const wasAgreed = elsewhere !== null && isAllowed && reach.allowed !== null;
  const done = (): void => dispatch({ kind: 'offer', offer: null });
  const fetchIt = async (): Promise<void> => {
    if (offer === null) return;
    busy.value = true;
    refused.value = null;
    try {
      const file = await fetchRun(offer);
      const outcome = await runner.library.add([{ path: file.name, file }]);
      const [first] = outcome.refused;
      if (first !== undefined) refused.value = first;
      else done();
    } finally {
      busy.value = false;
    }
  };
  useEffect(() => {
    if (offer !== null && wasAgreed) tell(fetchIt());
  }, [offer?.url]);
  if (offer === null) return null;
  return (
    <section class="card offer" aria-label={t.runs.offer.title}>
      <h3>{t.runs.offer.title}</h3>
      <p>{t.runs.offer.from(offer.host)}</p>
      <p class="offer-address">{offer.url}</p>
      <p class="note">
        {offer.bytes === null ? t.runs.offer.unknownSize : t.runs.offer.size(bytes(offer.bytes))}{' '}
        {t.runs.offer.what}
      </p>
      <p role="status">{busy.value ? t.runs.offer.fetching : refused.value?.reason}</p>
      <div class="button-row">
        <button
          type="button"
          class="primary"
          disabled={busy.value}
          onClick={() => (isAllowed ? tell(fetchIt()) : openFor(elsewhere.sources))}
        >
          {t.runs.offer.yes}
        </button>
        <button type="button" onClick={done}>
          {t.runs.offer.no}
        </button>
      </div>
    </section>
  );
}
