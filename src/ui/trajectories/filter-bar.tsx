/** Which rollouts are listed: by verdict, group, push, level, faults of tools, and words. */
import type { JSX } from 'preact';
import { usePage } from '../page';
import { t } from '../texts';
import {
  GROUPS,
  isFiltering,
  levelsOf,
  matches,
  NO_FILTER,
  PUSHES,
  VERDICTS,
  type TrajectoryFilter,
} from './filter';

export function FilterBar(): JSX.Element {
  const { live, dispatch, now } = usePage();
  const { filter, batches } = live.trajectories;
  const levels = levelsOf(batches.flatMap(({ items }) => items));
  const change = (part: Partial<TrajectoryFilter>): void =>
    dispatch({ kind: 'trajectory-filter', filter: { ...now().trajectories.filter, ...part } });
  const found = isFiltering(filter)
    ? batches.map(({ step, items }) => [step, items.filter((item) => matches(item, filter)).length] as const)
    : [];
  const { filters } = t.trajectories;
  return (
    <div class="traj-filter" role="search" aria-label={filters.title}>
      <input
        type="search"
        aria-label={filters.words}
        placeholder={filters.words}
        value={filter.words}
        onInput={({ currentTarget }) => change({ words: currentTarget.value })}
      />
      <Choice
        label={filters.verdictLabel}
        options={VERDICTS}
        words={filters.verdict}
        value={filter.verdict}
        onChoose={(verdict) => change({ verdict })}
      />
      <Choice
        label={filters.groupLabel}
        options={GROUPS}
        words={filters.group}
        value={filter.group}
        onChoose={(group) => change({ group })}
      />
      <Choice
        label={filters.pushLabel}
        options={PUSHES}
        words={filters.push}
        value={filter.push}
        onChoose={(push) => change({ push })}
      />
      {levels.length > 1 && (
        <select
          aria-label={filters.levelLabel}
          value={filter.level ?? ''}
          onChange={({ currentTarget: { value } }) => change({ level: value === '' ? null : Number(value) })}
        >
          <option value="">{filters.anyLevel}</option>
          {levels.map((level) => (
            <option key={level} value={level}>
              {filters.level(level)}
            </option>
          ))}
        </select>
      )}
      <label>
        <input
          type="checkbox"
          checked={filter.toolErrors}
          onChange={({ currentTarget }) => change({ toolErrors: currentTarget.checked })}
        />{' '}
        {filters.toolErrors}
      </label>
      {isFiltering(filter) && (
        <div class="traj-found">
          <button type="button" class="quiet" onClick={() => change(NO_FILTER)}>
            {filters.clear}
          </button>
          <span class="note">{filters.found}</span>
          {found.map(([step, count]) => (
            <button
              key={step}
              type="button"
              class="quiet"
              disabled={count === 0}
              onClick={() => dispatch({ kind: 'trajectory-step', step })}
            >
              {filters.inStep(step, count)}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly options: readonly T[];
  readonly words: Readonly<Record<T, string>>;
  readonly value: T;
  readonly onChoose: (value: T) => void;
}

function Choice<T extends string>({ label, options, words, value, onChoose }: ChoiceProps<T>): JSX.Element {
  return (
    <select
      aria-label={label}
      value={value}
      onChange={({ currentTarget }) => onChoose(currentTarget.value as T)}
    >
      {options.map((option) => (
        <option key={option} value={option}>
          {words[option]}
        </option>
      ))}
    </select>
  );
}
