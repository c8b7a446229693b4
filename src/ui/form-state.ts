/** The settings form as data: a preset and the settings that differ from it, as the text that was typed. Pure. */
import { isPresetName, presetSettings, type PresetName } from '../settings/presets';
import { resolveSettings } from '../settings/resolve';
import type { Settings } from '../settings/settings';
import { isSettingKey, SETTING_KEYS, type SettingKey } from '../settings/table';
import { SettingsError, writeText } from '../settings/values';

export interface FormState {
  readonly preset: PresetName;
  /** By setting name; kept as typed, valid or not, so that a wrong value stays visible at its field. */
  readonly edits: Readonly<Partial<Record<SettingKey, string>>>;
}

export const EMPTY_FORM: FormState = { preset: 'default', edits: {} };

export interface ResolvedForm {
  /** Null while anything is wrong. */
  readonly settings: Settings | null;
  /** Messages by setting name; '' for those that belong to no field. */
  readonly problems: ReadonlyMap<string, string>;
}

export function resolveForm(form: FormState): ResolvedForm {
  try {
    const { settings } = resolveSettings({ preset: form.preset, flags: form.edits });
    return { settings, problems: new Map() };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const problems = new Map<string, string>();
    for (const { key, message } of error.problems) {
      const at = isSettingKey(key) ? key : '';
      problems.set(at, [problems.get(at), message].filter(Boolean).join(' '));
    }
    return { settings: null, problems };
  }
}

/** Text in the field of a setting. */
export function fieldText(form: FormState, key: SettingKey): string {
  return form.edits[key] ?? writeText(presetSettings(form.preset)[key]);
}

/** The preset's value typed again is no edit. */
export function withEdit(form: FormState, key: SettingKey, text: string): FormState {
  const rest = { ...form.edits };
  delete rest[key];
  const plain = text === writeText(presetSettings(form.preset)[key]);
  return { ...form, edits: plain ? rest : { ...rest, [key]: text } };
}

/**
 * The form that trains what a run trained, in another mode if wanted. The run's own folder and its way of starting are
 * left out: the new run gets its own.
 */
export function formOfRun(settings: Partial<Settings>, preset: string, mode?: Settings['mode']): FormState {
  let form: FormState = { preset: isPresetName(preset) ? preset : 'default', edits: {} };
  for (const key of SETTING_KEYS) {
    const value = key === 'mode' ? (mode ?? settings.mode) : settings[key];
    // A run of an earlier version may lack a setting; the preset's value is what it did then.
    if (value === undefined || key === 'outputDir' || key === 'resume') continue;
    form = withEdit(form, key, writeText(value));
  }
  return form;
}

/** Settings that say what to train and on what stay when the preset changes. */
const KEPT_BY_PRESET: readonly SettingKey[] = ['mode', 'model', 'dataset', 'seed'];

export function withPreset(form: FormState, preset: PresetName): FormState {
  let next: FormState = { preset, edits: {} };
  for (const key of KEPT_BY_PRESET) {
    const text = form.edits[key];
    if (text !== undefined) next = withEdit(next, key, text);
  }
  return next;
}

/** Address fragment without '#': the same text for the same form, '' for the untouched default. */
export function formToHash(form: FormState): string {
  const query = new URLSearchParams();
  if (form.preset !== 'default') query.set('preset', form.preset);
  for (const key of SETTING_KEYS) {
    const text = form.edits[key];
    if (text !== undefined) query.set(key, text);
  }
  return query.toString();
}

/** Reads a fragment back. `ignored`: sentences about parts that name no setting or preset. */
export function formFromHash(hash: string): { form: FormState; ignored: string[] } {
  const ignored: string[] = [];
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const preset = parameters.get('preset') ?? 'default';
  let form = EMPTY_FORM;
  if (isPresetName(preset)) form = { preset, edits: {} };
  else ignored.push(`The link names the preset “${preset}”, which does not exist; the default is used.`);
  for (const [name, text] of parameters) {
    if (name === 'preset') continue;
    if (isSettingKey(name)) form = withEdit(form, name, text);
    else ignored.push(`The link sets “${name}”, but there is no such setting; it is left out.`);
  }
  return { form, ignored };
}
