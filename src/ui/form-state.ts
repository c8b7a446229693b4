/** The settings form as data: a preset and the settings that differ from it, as the text that was typed. Pure. */
import { isKnown, knownEnvironments } from '../env/registry';
import { DEFAULT_ENVIRONMENT, environmentNear, schemaNear } from '../env/settings';
import { resolveSettings } from '../settings/resolve';
import {
  isPresetName,
  isSettingKey,
  presetSettings,
  settingInfo,
  type SettingsSchema,
} from '../settings/schema';
import type { Settings } from '../settings/settings';
import { SettingsError, writeText } from '../settings/values';
import { errorText, t } from './texts';
import { wordedSchema } from './texts/help';

export interface FormState {
  readonly preset: string;
  /** By setting name; kept as typed, valid or not, so that a wrong value stays visible at its field. */
  readonly edits: Readonly<Record<string, string>>;
}

export const EMPTY_FORM: FormState = { preset: 'default', edits: {} };

export interface ResolvedForm {
  /** Null while anything is wrong. */
  readonly settings: Settings | null;
  /** Messages by setting name; '' for those that belong to no field. */
  readonly problems: ReadonlyMap<string, string>;
}

/** Id of the environment as the form has it, known or not. */
export function formEnvironment(form: FormState): string {
  return form.edits['environment'] ?? DEFAULT_ENVIRONMENT;
}

/** The same object for the same environment. */
export function formSchema(form: FormState): SettingsSchema {
  return schemaNear(formEnvironment(form));
}

/** The same with the words of the page's language, for what is shown. */
export function shownSchema(form: FormState): SettingsSchema {
  return wordedSchema(environmentNear(formEnvironment(form)));
}

export function resolveForm(form: FormState): ResolvedForm {
  const schema = formSchema(form);
  const problems = new Map<string, string>();
  if (!isKnown(formEnvironment(form))) problems.set('environment', noSuchEnvironment(formEnvironment(form)));
  try {
    const { settings } = resolveSettings({ preset: form.preset, flags: form.edits }, schema);
    return { settings: problems.size === 0 ? settings : null, problems };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    for (const problem of error.problems) {
      const at = isSettingKey(schema, problem.key) ? problem.key : '';
      const before = problems.get(at);
      problems.set(at, t.app.sentences([...(before === undefined ? [] : [before]), errorText(problem)]));
    }
    return { settings: null, problems };
  }
}

function noSuchEnvironment(id: string): string {
  if (/\.[cm]?[jt]s$/.test(id)) return t.problems.environmentIsFile(id);
  return t.problems.noEnvironment(
    id,
    knownEnvironments().map(({ name }) => name),
  );
}

/** Text in the field of a setting; '' where the form's environment has no such setting. */
export function fieldText(form: FormState, key: string): string {
  return form.edits[key] ?? presetText(form, key);
}

/** What a setting is in the form's preset and environment, before any change. */
export function presetText({ preset, edits }: FormState, key: string): string {
  const schema = schemaNear(edits['environment']);
  return isSettingKey(schema, key) ? writeText(presetSettings(schema, preset)[key]) : '';
}

/** The preset's value typed again is no edit. */
export function withEdit(form: FormState, key: string, text: string): FormState {
  const rest = { ...form.edits };
  delete rest[key];
  const plain = text === presetText({ ...form, edits: rest }, key);
  return { ...form, edits: plain ? rest : { ...rest, [key]: text } };
}

/**
 * The form for another environment: what that does not have is dropped, and so is the dataset, unless both
 * environments are made for the same one.
 */
export function withEnvironment(form: FormState, id: string): FormState {
  const before = formSchema(form);
  const after = schemaNear(id);
  const dataset = (schema: SettingsSchema) => settingInfo(schema, 'dataset').default;
  let next: FormState = { preset: isPresetName(after, form.preset) ? form.preset : 'default', edits: {} };
  next = withEdit(next, 'environment', id);
  for (const [key, text] of Object.entries(form.edits)) {
    if (key === 'environment' || !isSettingKey(after, key)) continue;
    if (key === 'dataset' && dataset(before) !== dataset(after)) continue;
    next = withEdit(next, key, text);
  }
  return next;
}

/**
 * The form that trains what a run trained, in another mode if wanted. The run's own folder and its way of starting are
 * left out: the new run gets its own.
 */
export function formOfRun(settings: Partial<Settings>, preset: string, mode?: Settings['mode']): FormState {
  let form = withEnvironment(EMPTY_FORM, settings.environment ?? DEFAULT_ENVIRONMENT);
  const schema = formSchema(form);
  if (isPresetName(schema, preset)) form = { ...form, preset };
  for (const key of schema.keys) {
    const value = key === 'mode' ? (mode ?? settings.mode) : settings[key];
    // A run of an earlier version may lack a setting; the preset's value is what it did then.
    if (value === undefined || key === 'environment' || key === 'outputDir' || key === 'resume') continue;
    form = withEdit(form, key, writeText(value));
  }
  return form;
}

/** Settings that say what to train and on what stay when the preset changes. */
const KEPT_BY_PRESET: readonly string[] = ['environment', 'mode', 'model', 'dataset', 'seed'];

export function withPreset(form: FormState, preset: string): FormState {
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
  for (const key of formSchema(form).keys) {
    const text = form.edits[key];
    if (text !== undefined) query.set(key, text);
  }
  return query.toString();
}

/** Reads a fragment back. `ignored`: sentences about parts that name no setting, preset or environment. */
export function formFromHash(hash: string): { form: FormState; ignored: string[] } {
  const ignored: string[] = [];
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const environment = parameters.get('environment') ?? DEFAULT_ENVIRONMENT;
  let form = EMPTY_FORM;
  if (isKnown(environment)) form = withEnvironment(form, environment);
  else ignored.push(t.app.link.environment(noSuchEnvironment(environment), DEFAULT_ENVIRONMENT));
  const schema = formSchema(form);
  const preset = parameters.get('preset') ?? 'default';
  if (isPresetName(schema, preset)) form = { ...form, preset };
  else ignored.push(t.app.link.preset(preset));
  for (const [name, text] of parameters) {
    if (name === 'preset' || name === 'environment') continue;
    if (isSettingKey(schema, name)) form = withEdit(form, name, text);
    else ignored.push(t.app.link.setting(name));
  }
  return { form, ignored };
}
