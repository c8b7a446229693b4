/** Runs that answer different test tasks are not laid over each other: what differs, and the ways to a comparison. */
import type { JSX } from 'preact';
import { list } from '../format';
import { usePage } from '../page';
import { t } from '../texts';
import type { Kind } from './comparison';

export function Kinds({ kinds }: { readonly kinds: readonly Kind[] }): JSX.Element {
  const { dispatch } = usePage();
  return (
    <section class="card kinds" aria-label={t.compare.kinds.title}>
      <h3>{t.compare.kinds.title}</h3>
      <p>{t.compare.kinds.why}</p>
      <ul class="plain">
        {kinds.map(({ records, tasks }) => {
          const words = list(tasks.map(([label, value]) => t.compare.kinds.value(label, value)));
          return (
            <li key={words}>
              {words}{' '}
              <button
                type="button"
                class="quiet"
                onClick={() => dispatch({ kind: 'records-chosen', ids: records.map(({ id }) => id) })}
              >
                {t.compare.kinds.only(records.length)}
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
