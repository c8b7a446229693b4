/** Names, colours, differences and horizontal positions of runs that are compared. Pure. */
import { BESIDE_LEARNING, OF_SAVING } from '../settings/beside';
import { MODES, type Mode } from '../settings/choices';
import type { Settings } from '../settings/settings';
import { settingInfo, isSettingKey } from '../settings/schema';
import { environmentNear, schemaNear } from '../env/settings';
import type { SettingsTable } from '../settings/setting-info';
import { writeText } from '../settings/values';
import { CURVE_COLOURS, MODE_COLOUR } from './colour';
import { secondsSoFar } from '../report/series';
import { recordedOf } from './recorded/recorded';
import type { RunRecord } from './state';
import { t } from './texts';
import { wordedSchema } from './texts/help';

/** What two runs are laid over each other by. */
export type Axis = 'steps' | 'seconds' | 'tokens';

export function recordName(record: RunRecord): string {
  const given = record.label?.name ?? '';
  if (given !== '') return given;
  const recorded = recordedOf(record.outputDir);
  if (recorded !== null) return t.recorded.named(t.recorded.name[recorded.id]);
  const folder = record.outputDir.split('/').at(-1) ?? record.outputDir;
  const mode = recordMode(record);
  return mode === null ? folder : t.compare.runName(t.compare.mode[mode], folder);
}

export function recordMode(record: RunRecord): Mode | null {
  return record.settings?.mode ?? record.steps[0]?.mode ?? null;
}

/**
 * The colour of a run, by its folder alone, so that it keeps it whatever else is shown: the first of a mode wears the
 * mode's colour, those with a number the others in turn.
 */
export function recordColour(record: RunRecord): string {
  const mode = recordMode(record);
  const [, base = '', digits] = /^(.*?)(?:-(\d+))?$/.exec(record.outputDir) ?? [];
  const number = Number(digits ?? 1);
  if (mode !== null && number === 1 && base.endsWith(mode)) return MODE_COLOUR[mode];
  // Two of each mode come before a colour is worn twice.
  const offset = mode === null ? 1 : 2 * MODES.indexOf(mode);
  const named =
    mode !== null && base.endsWith(mode) ? 0 : [...base].reduce((sum, c) => sum + c.charCodeAt(0), 0);
  return CURVE_COLOURS[(number + offset + named) % CURVE_COLOURS.length] ?? CURVE_COLOURS[0];
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
const NO_DIFFERENCE = new Set<string>([
  'mode',
  ...BESIDE_LEARNING,
  ...OF_SAVING,
  'microBatchTokens',
  'cacheMegabytes',
]);

/** Null where the run's environment has no such setting; a run of an earlier version did what is now the default. */
function settingText(settings: Partial<Settings>, key: string): string | null {
  const schema = schemaNear(settings.environment);
  if (!isSettingKey(schema, key)) return null;
  return writeText(settings[key] ?? settingInfo(schema, key).default);
}

/**
 * Equal for runs of equal settings, the mode among them and the seed left out: what is drawn together. Null where the
 * settings are not known.
 */
export function recipeOf(record: RunRecord): string | null {
  const { settings } = record;
  if (settings === null) return null;
  const keys = schemaNear(settings.environment).keys.filter(
    (key) => key !== 'seed' && !NO_DIFFERENCE.has(key),
  );
  return JSON.stringify([settings.mode, ...keys.map((key) => settingText(settings, key))]);
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
    settings === null ? [] : [wordedSchema(environmentNear(settings.environment)).table],
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

/** Names listed before the rest is only counted. */
const LISTED = 4;

/** What the curves can be held against each other for. */
export function readingOf(shown: readonly RunRecord[], running: RunRecord | null): string {
  const now = running === null ? [] : [t.compare.reading.running(recordName(running))];
  return shown.length === 0 ? t.compare.reading.none : t.app.sentences([...comparable(shown), ...now]);
}

function comparable(shown: readonly RunRecord[]): string[] {
  const { reading } = t.compare;
  if (shown.length === 1) return [reading.one];
  if (shown.some(({ settings }) => settings === null)) return [reading.unknown];
  const other = differences(shown).map(({ label }) => label.toLowerCase());
  const modes = new Set(shown.map(recordMode));
  if (other.length > 0) {
    return [reading.differ(modes.size > 1, other.slice(0, LISTED), Math.max(0, other.length - LISTED))];
  }
  if (modes.size === 1) return [reading.alike];
  const both = modes.has('masked') && modes.has('rollout');
  return both ? [reading.onlyMode, reading.sameStart] : [reading.onlyMode];
}
