/** The table of runs. Headings sort, names open the details, boxes choose. */
import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { usePage } from '../page';
import { recordedOf } from '../recorded/recorded';
import { t } from '../texts';
import { cellText, type RowGroup, type RunRow } from './rows';
import { COLUMNS, sortedBy, type Column } from './view';

interface Props {
  readonly groups: readonly RowGroup[];
  /** By folder. */
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (dirs: readonly string[], isChosen: boolean) => void;
  readonly open: Signal<string | null>;
}

export function RunsTable({ groups, ...rest }: Props): JSX.Element {
  const rows = groups.flatMap((group) => group.rows);
  return (
    <div class="card table-scroll" tabIndex={0} role="group" aria-label={t.runs.table}>
      <table class="runs-table left">
        <thead>
          <tr>
            <td>
              <ChooseBox rows={rows} label={t.runs.chooseAll} {...rest} />
            </td>
            {COLUMNS.map((column) => (
              <Heading key={column} column={column} />
            ))}
          </tr>
        </thead>
        {groups.map(({ title, rows: own }) => (
          <tbody key={title}>
            {title !== '' && (
              <tr class="table-section">
                <td>
                  <ChooseBox rows={own} label={t.runs.chooseGroup(title)} {...rest} />
                </td>
                <th scope="rowgroup" colSpan={COLUMNS.length}>
                  {title} <small>{t.runs.all(own.length)}</small>
                </th>
              </tr>
            )}
            {own.map((row) => (
              <Row key={row.record.outputDir} row={row} {...rest} />
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function Heading({ column }: { readonly column: Column }): JSX.Element {
  const { live, dispatch, now } = usePage();
  const { by, down } = live.runsView.sort;
  const order = by !== column ? 'none' : down ? 'descending' : 'ascending';
  return (
    <th scope="col" aria-sort={order}>
      <button
        type="button"
        class="sort"
        onClick={() => {
          const { runsView } = now();
          dispatch({ kind: 'runs-view', runsView: { ...runsView, sort: sortedBy(runsView, column) } });
        }}
      >
        {t.runs.column[column]}
        <span aria-hidden="true">{order === 'none' ? '' : down ? ' ↓' : ' ↑'}</span>
      </button>
    </th>
  );
}

type Choosing = Pick<Props, 'chosen' | 'onChoose'>;

/** Chooses several rows at once. */
function ChooseBox({
  rows,
  label,
  chosen,
  onChoose,
}: Choosing & { readonly rows: readonly RunRow[]; readonly label: string }): JSX.Element {
  const dirs = rows.map(({ record }) => record.outputDir);
  const some = dirs.filter((dir) => chosen.has(dir)).length;
  return (
    <input
      type="checkbox"
      aria-label={label}
      checked={some > 0 && some === dirs.length}
      indeterminate={some > 0 && some < dirs.length}
      onChange={({ currentTarget }) => onChoose(dirs, currentTarget.checked)}
    />
  );
}

function Row({ row, chosen, onChoose, open }: Omit<Props, 'groups'> & { readonly row: RunRow }): JSX.Element {
  const { derived } = usePage();
  const { record, name, end } = row;
  const { outputDir, label } = record;
  const isOpen = open.value === outputDir;
  return (
    <tr class={isOpen ? 'is-open' : undefined}>
      <td>
        <input
          type="checkbox"
          aria-label={t.runs.choose(name)}
          checked={chosen.has(outputDir)}
          onChange={({ currentTarget }) => onChoose([outputDir], currentTarget.checked)}
        />
      </td>
      <th scope="row" style={`--key: var(${derived.colours.value.get(record.id) ?? '--curve-1'})`}>
        <button
          type="button"
          class="link"
          aria-expanded={isOpen}
          onClick={() => (open.value = isOpen ? null : outputDir)}
        >
          <span class="key key-line" aria-hidden="true" />
          {name}
        </button>
        {end !== 'finished' && <span class={`tag tag-${end}`}>{t.runs.end[end]}</span>}
        {recordedOf(outputDir) !== null && <span class="tag">{t.recorded.tag}</span>}
        {label?.importedFrom && <span class="tag">{t.runs.imported}</span>}
        {label?.note && <small class="runs-note">{label.note}</small>}
      </th>
      {COLUMNS.slice(1).map((column) => (
        <td key={column}>{cellText(row, column)}</td>
      ))}
    </tr>
  );
}
