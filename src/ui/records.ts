/** Names, colours, differences and horizontal positions of runs that are compared. Pure. */
import type { Mode } from '../settings/choices';
import type { Settings } from '../settings/settings';
import { settingInfo, isSettingKey } from '../settings/schema';
import { schemaNear } from '../env/settings';
import type { SettingsTable } from '../settings/setting-info';
import { writeText } from '../settings/values';
import { CURVE_COLOURS, MODE_COLOUR } from './colour';
import { secondsSoFar } from '../report/series';
import type { RunRecord } from './state';

/** What two runs are laid over each other by. */
export type Axis = 'steps' | 'seconds' | 'tokens';

const MODE_NAME: Readonly<Record<Mode, string>> = {
  masked: 'masked',
  rollout: 'unmasked',
  simple: 'simple',
};

export function recordName(record: RunRecord): string {
  const folder = record.outputDir.split('/').at(-1) ?? record.outputDir;
  const mode = recordMode(record);
  return mode === null ? folder : `${MODE_NAME[mode]} · ${folder}`;
}

export function recordMode(record: RunRecord): Mode | null {
  return record.settings?.mode ?? record.steps[0]?.mode ?? null;
}

/** The first run of a mode wears the mode's colour, further ones the colours that are left. */
export function recordColours(records: readonly RunRecord[]): Map<string, string> {
  const colours = new Map<string, string>();
  const seen = new Set<Mode>();
  let next = 0;
  for (const record of records) {
    const mode = recordMode(record);
    if (mode !== null && !seen.has(mode)) {
      seen.add(mode);
      colours.set(record.id, MODE_COLOUR[mode]);
    } else {
      colours.set(record.id, CURVE_COLOURS[(next++ + 3) % CURVE_COLOURS.length] ?? CURVE_COLOURS[0]);
    }
  }
  return colours;
}

/** Horizontal positions of a run's steps. */
export function axisOf(record: RunRecord, axis: Axis): number[] {
  switch (axis) {
    case 'steps':
      return record.steps.map((s) => s.step);
    case 'seconds':
      return secondsSoFar(record.steps);
    case 'tokens': {
      let sum = 0;
      return record.steps.map((s) => (sum += s.totalTokens));
    }
  }
}

/** Horizontal positions of a warm start's steps, from its own beginning. */
export function warmStartAxisOf({ warmStart = [] }: RunRecord, axis: Axis): number[] {
  let sum = 0;
  switch (axis) {
    case 'steps':
      return warmStart.map(({ step }) => step);
    case 'seconds':
      return warmStart.map(({ seconds }) => (sum += seconds));
    case 'tokens':
      return warmStart.map(({ totalTokens }) => (sum += totalTokens));
  }
}

/** Settings that decide nothing about what is learned, and the mode, which every table names by itself. */
const NO_DIFFERENCE = new Set([
  'mode',
  'outputDir',
  'hubEndpoint',
  'offline',
  'downloadTimeout',
  'resume',
  'verbose',
  'saveSteps',
  'keepCheckpoints',
  'microBatchTokens',
  'cacheMegabytes',
]);

/** Null where the run's environment has no such setting; a run of an earlier version did what is now the default. */
function settingText(settings: Partial<Settings>, key: string): string | null {
  const schema = schemaNear(settings.environment);
  if (!isSettingKey(schema, key)) return null;
  return writeText(settings[key] ?? settingInfo(schema, key).default);
}

export interface Difference {
  readonly key: string;
  readonly label: string;
  /** One per run; null where a run's settings are not known, or its environment has no such setting. */
  readonly values: readonly (string | null)[];
}

/** Settings, other than the mode, in which the runs are not all alike. */
export function differences(records: readonly RunRecord[]): Difference[] {
  const tables = records.flatMap(({ settings }) =>
    settings === null ? [] : [schemaNear(settings.environment).table],
  );
  return Object.entries(Object.assign({}, ...tables) as SettingsTable).flatMap(([key, { label }]) => {
    if (NO_DIFFERENCE.has(key)) return [];
    const values = records.map(({ settings }) => (settings === null ? null : settingText(settings, key)));
    const known = new Set(values.filter((value) => value !== null));
    return known.size > 1 ? [{ key, label, values }] : [];
  });
}

/** Modes in which a run with these settings has not been made yet. */
export function missingModes(record: RunRecord, records: readonly RunRecord[]): Mode[] {
  if (record.settings === null) return [];
  const siblings = records.filter(
    (other) => other.settings !== null && differences([record, other]).length === 0,
  );
  const made = new Set(siblings.map(recordMode));
  return (['masked', 'rollout', 'simple'] as const).filter((mode) => !made.has(mode));
}

/** What the curves can be held against each other for. */
export function readingOf(shown: readonly RunRecord[], running: RunRecord | null): string {
  const [first] = shown;
  if (first === undefined) return 'No run is chosen. Tick the runs to lay over each other.';
  const now =
    running === null ? '' : ` ${capital(recordName(running))} is running; its curves grow with every step.`;
  if (shown.length === 1) {
    return `One run so far. Train the same in another mode: same questions, same seed, and only what is trained differs.${now}`;
  }
  if (shown.some(({ settings }) => settings === null)) {
    return `The settings of a run could not be read, so what differs is not known.${now}`;
  }
  const other = differences(shown);
  const modes = new Set(shown.map(recordMode));
  if (other.length > 0) {
    const names = other.map(({ label }) => label.toLowerCase());
    const listed = names.length > 4 ? `${names.slice(0, 4).join(', ')} and more` : names.join(', ');
    return `These runs differ in ${modes.size > 1 ? 'what is trained and in ' : ''}${listed}: see the table.${now}`;
  }
  if (modes.size === 1) return `The same settings throughout: these runs should be alike.${now}`;
  const both = modes.has('masked') && modes.has('rollout');
  return (
    'The same questions, seed and settings: these runs differ only in what is trained.' +
    (both
      ? ' Masked and unmasked sample the same answers in the first step; from then on, what differs comes from the mask.'
      : '') +
    now
  );
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
