/** Adapters of this and earlier runs: download, evaluate, go on, delete; and how much room is left. */
import type { JSX } from 'preact';
import { bytes } from '../format';
import { usePage } from '../page';
import { t } from '../texts';
import { Downloads } from './downloads';
import { Evaluation } from './evaluation';
import { StoredRunCard } from './stored-run';

export function Storage(): JSX.Element {
  const { live, derived } = usePage();
  const { usage } = live;
  const stored = derived.stored.value;
  return (
    <div class="files">
      <h2>{t.app.view.files}</h2>
      <p class="lead">{t.storage.lead}</p>
      <div class="stored">
        {stored === null && <p class="empty">{t.storage.looking}</p>}
        {stored?.length === 0 && <p class="empty">{t.storage.empty}</p>}
        {stored?.toReversed().map((run) => (
          <StoredRunCard key={run.outputDir} run={run} />
        ))}
      </div>
      <Evaluation />
      <Downloads />
      {live.keptOffline && <p class="note">{t.storage.keptOffline}</p>}
      <p class="note">{usage === null ? '' : t.storage.usage(bytes(usage.used), bytes(usage.quota))}</p>
    </div>
  );
}
