/** What is above the table of runs: the filter and the grouping. */
import type { JSX } from 'preact';
import { usePage } from '../page';
import { t } from '../texts';
import { groupings } from './rows';
import type { RunsView } from './view';

interface Props {
  /** Rows that the filter leaves, and rows there are. */
  readonly shown: number;
  readonly all: number;
}

export function RunsTools({ shown, all }: Props): JSX.Element {
  const { live, dispatch, now } = usePage();
  const { filter, group } = live.runsView;
  const change = (part: Partial<RunsView>): void =>
    dispatch({ kind: 'runs-view', runsView: { ...now().runsView, ...part } });
  const choices = groupings(live.records);
  return (
    <div class="runs-tools" role="search" aria-label={t.runs.tools}>
      <label>
        {t.runs.filter}
        <input
          type="text"
          value={filter}
          placeholder={t.runs.filterExample}
          onInput={({ currentTarget }) => change({ filter: currentTarget.value })}
        />
      </label>
      <label>
        {t.runs.groupBy}
        <select value={group} onChange={({ currentTarget }) => change({ group: currentTarget.value })}>
          <option value="">{t.runs.noGroups}</option>
          {choices.map(([key, label]) => (
            <option key={key} value={key}>
              {label}
            </option>
          ))}
          {/* One of the address in which the runs do not differ. */}
          {group !== '' && !choices.some(([key]) => key === group) && <option value={group}>{group}</option>}
        </select>
      </label>
      <p class="note" role="status">
        {filter === '' ? t.runs.all(all) : t.runs.some(shown, all)}
      </p>
    </div>
  );
}
