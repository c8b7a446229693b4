/** Runs as rows of a table: what each says, their order, which are shown, in which groups. Pure. */
import { checkpointStep } from '../../report/run-files';
import { secondsSoFar } from '../../report/series';
import type { Mode } from '../../settings/choices';
import { wilson } from '../../statistics';
import { duration, integer, list, moment, NONE } from '../format';
import { accuracyText, environmentOf } from '../metrics';
import { differences, recordMode, recordName } from '../records';
import type { StoredRun } from '../runs';
import type { RunRecord } from '../state';
import { t } from '../texts';
import type { Column, RunsView } from './view';

/** How far a run came. `interrupted`: nobody ended it, and it is not at its end. */
export type RunEnd = 'running' | 'finished' | 'stopped' | 'failed' | 'interrupted';

export interface RunRow {
  readonly record: RunRecord;
  readonly name: string;
  readonly end: RunEnd;
  readonly environment: string;
  readonly mode: Mode | null;
  /** 0 before the first. */
  readonly step: number;
  readonly of: number;
  /** Of the latest evaluation after the start; null before one. */
  readonly accuracy: Accuracy | null;
  /** Of work. */
  readonly seconds: number;
}

export interface Accuracy {
  readonly share: number;
  /** 95 %, as shares. */
  readonly interval: { readonly low: number; readonly high: number };
  readonly questions: number;
}

export function rowOf(record: RunRecord, isRunning: boolean): RunRow {
  const { settings, steps } = record;
  const last = steps.at(-1);
  return {
    record,
    name: recordName(record),
    end: endOf(record, isRunning),
    environment: settings === null ? NONE : environmentOf(record).title,
    mode: recordMode(record),
    step: last?.step ?? 0,
    of: last?.maxSteps ?? settings?.maxSteps ?? 0,
    accuracy: latestAccuracy(record),
    seconds: secondsSoFar(steps).at(-1) ?? 0,
  };
}

export function endOf({ label, steps, finished }: RunRecord, isRunning: boolean): RunEnd {
  if (isRunning) return 'running';
  const reason = label?.ended?.reason;
  if (reason === 'stopped' || reason === 'failed') return reason;
  const last = steps.at(-1);
  return finished || reason !== undefined || (last !== undefined && last.step >= last.maxSteps)
    ? 'finished'
    : 'interrupted';
}

/** Whether it has steps left and a checkpoint to begin them from; an imported run has none. */
export function canGoOn({ end, step, of }: RunRow, stored: StoredRun | undefined): boolean {
  const hasCheckpoint = stored?.adapters.some((name) => checkpointStep(name) !== null) ?? false;
  return end !== 'running' && step < of && hasCheckpoint;
}

export function latestAccuracy({ evaluations }: RunRecord): Accuracy | null {
  const found = evaluations.findLast((e) => e.step > 0 && e.split === 'validation' && e.questions > 0);
  if (found === undefined) return null;
  const { accuracy: share, questions } = found;
  return { share, interval: wilson(share, questions), questions };
}

export function cellText(row: RunRow, column: Column): string {
  const { settings, label } = row.record;
  switch (column) {
    case 'name':
      return row.name;
    case 'date':
      return label?.started ? moment(new Date(label.started)) : NONE;
    case 'environment':
      return row.environment;
    case 'model':
      return settings?.model ?? NONE;
    case 'mode':
      return row.mode === null ? NONE : t.compare.mode[row.mode];
    case 'seed':
      return settings === null ? NONE : String(settings.seed);
    case 'steps':
      return t.run.of(integer(row.step), integer(row.of));
    case 'accuracy':
      return row.accuracy === null ? NONE : accuracyText(row.accuracy.share, row.accuracy.interval);
    case 'time':
      return duration(row.seconds);
    case 'tags':
      return list(label?.tags ?? []);
  }
}

/** What a column is sorted by; null is last, whichever way. */
function sortValue(row: RunRow, column: Column): number | string | null {
  switch (column) {
    case 'date':
      return row.record.label?.started ?? null;
    case 'seed':
      return row.record.settings?.seed ?? null;
    case 'steps':
      return row.step;
    case 'accuracy':
      return row.accuracy?.share ?? null;
    case 'time':
      return row.seconds;
    default: {
      const text = cellText(row, column);
      return text === '' || text === NONE ? null : text;
    }
  }
}

const byText = (a: string, b: string): number => a.localeCompare(b, undefined, { numeric: true });

function sorted(rows: readonly RunRow[], { by, down }: RunsView['sort']): RunRow[] {
  const compared = (a: RunRow, b: RunRow): number => {
    const [x, y] = [sortValue(a, by), sortValue(b, by)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    const order = typeof x === 'number' && typeof y === 'number' ? x - y : byText(String(x), String(y));
    return down ? -order : order;
  };
  // Runs of unknown date come in the order of their folders' numbers, the last first as the newest.
  const folder = (a: RunRow, b: RunRow): number =>
    (down ? -1 : 1) * byText(a.record.outputDir, b.record.outputDir);
  return [...rows].sort((a, b) => compared(a, b) || folder(a, b));
}

function matches(row: RunRow, words: readonly string[]): boolean {
  const { outputDir, label } = row.record;
  const cells = (['name', 'environment', 'model', 'mode', 'tags'] as const).map((c) => cellText(row, c));
  const text = [...cells, outputDir, label?.note ?? '', t.runs.end[row.end]].join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}

export interface RowGroup {
  /** '' for the one group of all. */
  readonly title: string;
  readonly rows: readonly RunRow[];
}

/** @param runningId of the record of the run that goes on */
export function groupsOf(
  records: readonly RunRecord[],
  view: RunsView,
  runningId: string | null,
): RowGroup[] {
  const words = view.filter.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = records.map((record) => rowOf(record, record.id === runningId));
  const shown = sorted(
    rows.filter((row) => matches(row, words)),
    view.sort,
  );
  if (view.group === '' || shown.length === 0) return [{ title: '', rows: shown }];
  const key = groupKey(records, view.group);
  const groups = new Map<string, RunRow[]>();
  for (const row of shown) {
    const value = key(row.record) ?? NONE;
    groups.set(value, [...(groups.get(value) ?? []), row]);
  }
  const label = groupings(records).find(([name]) => name === view.group)?.[1] ?? view.group;
  return [...groups]
    .sort(([a], [b]) => byText(a, b))
    .map(([value, own]) => ({ title: t.runs.groupOf(label, value), rows: own }));
}

/** What the runs can be grouped by: the mode, and every setting in which they differ. */
export function groupings(records: readonly RunRecord[]): (readonly [key: string, label: string])[] {
  const settings = differences(records).map(({ key, label }) => [key, label] as const);
  return [['mode', t.runs.column.mode], ...settings];
}

function groupKey(
  records: readonly RunRecord[],
  key: string,
): (record: RunRecord) => string | null | undefined {
  if (key === 'mode') {
    return (record) => {
      const mode = recordMode(record);
      return mode === null ? null : t.compare.mode[mode];
    };
  }
  const values = differences(records).find((one) => one.key === key)?.values ?? [];
  const byRecord = new Map(records.map((record, i) => [record.id, values[i]]));
  return ({ id }) => byRecord.get(id);
}
