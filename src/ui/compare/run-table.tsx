/** Pools of runs as columns: first the settings in which they differ, then what came out. */
import type { ComponentChildren, JSX } from 'preact';
import { list, NONE } from '../format';
import { SMOOTHING } from '../../report/series';
import { spreadOf } from '../../report/spread';
import { differences } from '../records';
import type { RunRecord } from '../state';
import { t } from '../texts';
import { results, type Row as Result } from './measures';
import type { Pool } from './pools';

export function RunTable({ pools }: { readonly pools: readonly Pool[] }): JSX.Element {
  const records = pools.map(({ records: own }) => own);
  const all = records.flat();
  return (
    <div class="card table-scroll" tabIndex={0} role="group" aria-label={t.compare.table}>
      <table class="compare-table">
        <thead>
          <tr>
            <td />
            {pools.map(({ id, name, colour }) => (
              <th key={id} scope="col" style={`--key: var(${colour})`}>
                <span class="key key-line" aria-hidden="true" />
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <Section
          title={pools.length > 1 ? t.compare.settingsThatDiffer : t.compare.setting}
          columns={pools.length}
        >
          <Row
            name={t.setup.whatIsTrained}
            cells={pools.map(({ mode }) => (mode === null ? NONE : t.compare.trained[mode]))}
          />
          {differences(all).map(({ key, label, values }) => {
            const of = new Map(all.map((record, i) => [record.id, values[i] ?? NONE]));
            return (
              <Row key={key} name={label} cells={records.map((own) => listed(own, ({ id }) => of.get(id)))} />
            );
          })}
        </Section>
        <Section title={t.compare.results(SMOOTHING)} columns={pools.length}>
          {results().map((result) => (
            <Row
              key={result.name}
              name={result.name}
              cells={records.map((own) => pooledCell(own, result))}
              explain={result.explain}
            />
          ))}
        </Section>
      </table>
    </div>
  );
}

/** Each value once. */
function listed(records: readonly RunRecord[], text: (record: RunRecord) => string | undefined): string {
  return list([...new Set(records.map((record) => text(record) ?? NONE))]);
}

/** Of one run its cell; of several the mean with the lowest and the highest. */
export function pooledCell(records: readonly RunRecord[], { cell, value, text }: Result): string {
  if (records.length < 2) return listed(records, cell);
  const spread = spreadOf(records.map(value));
  if (spread === null) return NONE;
  return t.compare.spread(text(spread.mean), text(spread.min), text(spread.max));
}

interface SectionProps {
  readonly title: string;
  readonly columns: number;
  readonly children: ComponentChildren;
}

function Section({ title, columns, children }: SectionProps): JSX.Element {
  return (
    <tbody>
      <tr class="table-section">
        <th scope="rowgroup" colSpan={columns + 1}>
          {title}
        </th>
      </tr>
      {children}
    </tbody>
  );
}

interface RowProps {
  readonly name: string;
  readonly cells: readonly string[];
  readonly explain?: string | undefined;
}

function Row({ name, cells, explain }: RowProps): JSX.Element {
  return (
    <tr>
      <th scope="row" title={explain}>
        {name}
      </th>
      {cells.map((cell, i) => (
        <td key={i}>{cell}</td>
      ))}
    </tr>
  );
}
