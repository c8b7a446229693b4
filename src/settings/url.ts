/** Settings in the page's address: the preset and what differs from it. */
import { expandPlaceholders, resolveSettings, type ResolvedSettings } from './resolve';
import { presetSettings, type PresetName } from './presets';
import type { Settings } from './settings';
import { isSettingKey, SETTING_KEYS } from './table';
import { writeText } from './values';

/** Query without '?', '' for the default preset unchanged. Same settings, same text. */
export function settingsToQuery(preset: PresetName, settings: Settings): string {
  const base = expandPlaceholders({ ...presetSettings(preset), mode: settings.mode });
  const query = new URLSearchParams();
  if (preset !== 'default') query.set('preset', preset);
  // The mode is part of the base only to fill in the output folder.
  const plain: Settings = { ...base, mode: presetSettings(preset).mode };
  for (const key of SETTING_KEYS) {
    const value = writeText(settings[key]);
    if (value !== writeText(plain[key])) query.set(key, value);
  }
  return query.toString();
}

/**
 * Reads a query back. `others`: parameters that belong to someone else, such as `headless`.
 * @throws SettingsError for unknown names and values out of range.
 */
export function settingsFromQuery(query: string, others: readonly string[] = []): ResolvedSettings {
  const flags: Record<string, string> = {};
  let preset: string | undefined;
  for (const [name, value] of new URLSearchParams(query)) {
    if (name === 'preset') preset = value;
    else if (isSettingKey(name) || !others.includes(name)) flags[name] = value;
  }
  return resolveSettings({ flags, ...(preset === undefined ? {} : { preset }) });
}
