/** Models that this browser has downloaded, with a button to remove each. */
import type { JSX } from 'preact';
import type { StoredDownload } from '../../../workers/api';
import { bytes, date } from '../format';
import { usePage } from '../page';
import { t } from '../texts';

export function Downloads(): JSX.Element | null {
  const { live, derived, runner } = usePage();
  if (live.downloads.length === 0) return null;
  return (
    <section class="card" aria-label={t.storage.downloads}>
      <h3>{t.storage.downloads}</h3>
      <ul class="plain">
        {live.downloads.map((one) => (
          <li key={one.base}>
            {about(one)}{' '}
            <button
              type="button"
              class="quiet"
              disabled={derived.busy.value}
              aria-label={t.storage.removeOne(one.name)}
              onClick={() => void runner.removeDownload(one.base)}
            >
              {t.storage.remove}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function about({ name, commit, files, bytes: size, fetched }: StoredDownload): string {
  return t.app.facts([
    name,
    t.storage.sizeOfFiles(bytes(size), files),
    ...(commit === null ? [] : [t.storage.commit(commit.slice(0, 12))]),
    fetched === null ? t.storage.unfinished : date(new Date(fetched)),
  ]);
}
