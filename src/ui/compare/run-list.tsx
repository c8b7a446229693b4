/** Which runs are shown: one by one, and those that differ only in their seed together. */
import type { JSX } from 'preact';
import { usePage } from '../page';
import { recordName } from '../records';
import type { RunRecord } from '../state';
import { t } from '../texts';
import { poolsOf, type Pool } from './pools';

export function RunList({ records }: { readonly records: readonly RunRecord[] }): JSX.Element {
  const { derived } = usePage();
  return (
    <ul class="run-list">
      {poolsOf(records).map((pool) =>
        pool.records.length > 1 ? (
          <PoolItem key={pool.id} pool={pool} />
        ) : (
          pool.records.map((record) => (
            <RunItem
              key={record.id}
              record={record}
              colour={derived.colours.value.get(record.id) ?? pool.colour}
            />
          ))
        ),
      )}
    </ul>
  );
}

function PoolItem({ pool }: { readonly pool: Pool }): JSX.Element {
  const { live, dispatch } = usePage();
  const { records, name, colour } = pool;
  const shown = records.filter(({ id }) => !live.hiddenRecords.has(id)).length;
  return (
    <li style={`--key: var(${colour})`}>
      <label>
        <input
          type="checkbox"
          checked={shown === records.length}
          indeterminate={shown > 0 && shown < records.length}
          onChange={({ currentTarget: { checked } }) => {
            for (const { id } of records) dispatch({ kind: 'record-shown', id, shown: checked });
          }}
        />
        <span class="key key-line" aria-hidden="true" />
        {name}
      </label>
      <details>
        <summary>{t.compare.oneByOne(shown, records.length)}</summary>
        <ul>
          {records.map((record) => (
            <RunItem key={record.id} record={record} colour={colour} />
          ))}
        </ul>
      </details>
    </li>
  );
}

interface ItemProps {
  readonly record: RunRecord;
  readonly colour: string;
}

function RunItem({ record, colour }: ItemProps): JSX.Element {
  const { live, dispatch } = usePage();
  const { id, steps, origin, settings } = record;
  return (
    <li style={`--key: var(${colour})`}>
      <label>
        <input
          type="checkbox"
          checked={!live.hiddenRecords.has(id)}
          onChange={({ currentTarget: { checked } }) =>
            dispatch({ kind: 'record-shown', id, shown: checked })
          }
        />
        <span class="key key-line" aria-hidden="true" />
        {recordName(record)}{' '}
        <small>{t.compare.about(steps.length, origin === 'stored', settings?.seed ?? null)}</small>
      </label>
    </li>
  );
}
