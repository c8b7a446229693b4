/** Which runs are shown. */
import type { JSX } from 'preact';
import { usePage } from '../page';
import { recordName } from '../records';
import type { RunRecord } from '../state';
import { t } from '../texts';

export function RunList({ records }: { readonly records: readonly RunRecord[] }): JSX.Element {
  const { live, derived, dispatch } = usePage();
  return (
    <ul class="run-list">
      {records.map((record) => (
        <li key={record.id} style={`--key: var(${derived.colours.value.get(record.id) ?? '--curve-1'})`}>
          <label>
            <input
              type="checkbox"
              checked={!live.hiddenRecords.has(record.id)}
              onChange={({ currentTarget: { checked } }) =>
                dispatch({ kind: 'record-shown', id: record.id, shown: checked })
              }
            />
            <span class="key key-line" aria-hidden="true" />
            {recordName(record)}{' '}
            <small>{t.compare.steps(record.steps.length, record.origin === 'stored')}</small>
          </label>
        </li>
      ))}
    </ul>
  );
}
