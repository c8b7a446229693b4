/** Runs as columns: first the settings in which they differ, then what came out. */
import type { ComponentChildren, JSX } from 'preact';
import { NONE } from '../format';
import { SMOOTHING } from '../../report/series';
import { usePage } from '../page';
import { differences, recordMode, recordName } from '../records';
import type { RunRecord } from '../state';
import { t } from '../texts';
import { results } from './measures';

export function RunTable({ records }: { readonly records: readonly RunRecord[] }): JSX.Element {
  const { colours } = usePage().derived;
  const modes = records.map((record) => recordMode(record));
  return (
    <div class="card table-scroll" tabIndex={0} role="group" aria-label={t.compare.table}>
      <table class="compare-table">
        <thead>
          <tr>
            <td />
            {records.map((record) => (
              <th
                key={record.id}
                scope="col"
                style={`--key: var(${colours.value.get(record.id) ?? '--curve-1'})`}
              >
                <span class="key key-line" aria-hidden="true" />
                {recordName(record)}
              </th>
            ))}
          </tr>
        </thead>
        <Section
          title={records.length > 1 ? t.compare.settingsThatDiffer : t.compare.setting}
          columns={records.length}
        >
          <Row
            name={t.setup.whatIsTrained}
            cells={modes.map((mode) => (mode === null ? NONE : t.compare.trained[mode]))}
          />
          {differences(records).map(({ key, label, values }) => (
            <Row key={key} name={label} cells={values.map((value) => value ?? NONE)} />
          ))}
        </Section>
        <Section title={t.compare.results(SMOOTHING)} columns={records.length}>
          {results().map(({ name, cell, explain }) => (
            <Row key={name} name={name} cells={records.map(cell)} explain={explain} />
          ))}
        </Section>
      </table>
    </div>
  );
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
