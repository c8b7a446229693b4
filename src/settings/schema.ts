/** All settings of runs in one environment: the core's table and presets with the environment's own. */
import { CORE_PRESETS, type Preset } from './presets';
import type { CoreSettings, SettingValue, Settings } from './settings';
import type { SettingProblem } from './values';
import { CORE_TABLE } from './table';
import { type AnySettingInfo, type SettingsTable } from './setting-info';

/** What an environment contributes. Its entries may not use a core setting's name. */
export interface EnvironmentSettings {
  readonly settings: SettingsTable;
  /** Other defaults for core settings, such as its own dataset. */
  readonly defaults?: Readonly<Partial<CoreSettings>>;
  readonly presets?: Readonly<Record<string, Preset>>;
  /** Pairs of allowed values that cannot work together. */
  readonly contradictions?: (settings: Settings) => readonly SettingProblem[];
}

export interface SettingsSchema {
  readonly table: SettingsTable;
  /** In the order of the table. */
  readonly keys: readonly string[];
  readonly presets: Readonly<Record<string, Preset>>;
  readonly contradictions: (settings: Settings) => readonly SettingProblem[];
}

/** @throws Error when an environment's setting has the name of a core setting: a fault of the environment. */
export function settingsSchema(environment: EnvironmentSettings): SettingsSchema {
  const own = Object.keys(environment.settings).find((key) => Object.hasOwn(CORE_TABLE, key));
  if (own !== undefined) {
    throw new Error(`The environment has a setting "${own}", but every run has one of that name. Rename it.`);
  }
  const defaults: Readonly<Record<string, SettingValue | undefined>> = environment.defaults ?? {};
  const core = Object.entries<AnySettingInfo>(CORE_TABLE).map(
    ([key, info]) => [key, { ...info, default: defaults[key] ?? info.default }] as const,
  );
  const table = { ...Object.fromEntries(core), ...environment.settings };
  return {
    table,
    keys: Object.keys(table),
    presets: { ...CORE_PRESETS, ...environment.presets },
    contradictions: environment.contradictions ?? (() => []),
  };
}

/** @throws Error for a name that the schema does not have; callers check names that people gave before. */
export function settingInfo(schema: SettingsSchema, key: string): AnySettingInfo {
  const info = Object.hasOwn(schema.table, key) ? schema.table[key] : undefined;
  if (info === undefined) throw new Error(`There is no setting "${key}".`);
  return info;
}

export function isSettingKey(schema: SettingsSchema, name: string): boolean {
  return Object.hasOwn(schema.table, name);
}

/** A fresh copy; `outputDir` still holds its placeholder. */
export function defaultSettings({ table }: SettingsSchema): Settings {
  const defaults = Object.fromEntries(Object.entries(table).map(([key, info]) => [key, info.default]));
  return structuredClone(defaults) as Settings;
}

export function isPresetName(schema: SettingsSchema, name: string): boolean {
  return Object.hasOwn(schema.presets, name);
}

/** A fresh copy of all values of a preset; `outputDir` still holds its placeholder. */
export function presetSettings(schema: SettingsSchema, name: string): Settings {
  return { ...defaultSettings(schema), ...structuredClone(schema.presets[name]?.changes ?? {}) } as Settings;
}
