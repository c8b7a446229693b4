/** Merging the places that settings come from: flag beats environment beats value beats file beats preset. */
import { nearestName } from './nearest';
import { isPresetName, isSettingKey, presetSettings, settingInfo, type SettingsSchema } from './schema';
import type { Settings } from './settings';
import type { CoreKey } from './table';
import { dayOf, templateArguments } from './template';
import { readText, SettingsError, valueProblem, type SettingProblem } from './values';

/** Where settings come from; a place left out says nothing. */
export interface SettingsSources {
  /** Flag or form; beats the file's. 'default' when neither names one. */
  readonly preset?: string;
  /** Flags as text by camelCase name. */
  readonly flags?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Values that a program gives, by camelCase name; those that are undefined say nothing. Beat the file's. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** Parsed content of a configuration file: an object of settings, and `preset` if wanted. */
  readonly file?: unknown;
}

/** All settings of a run, and the preset that gave those that no other place names. */
export interface ResolvedSettings {
  readonly preset: string;
  readonly settings: Settings;
}

/** @throws SettingsError that names every unknown key and every value out of range. */
export function resolveSettings(sources: SettingsSources, schema: SettingsSchema): ResolvedSettings {
  const problems: SettingProblem[] = [];
  const file = readFileObject(sources.file, problems);
  const preset = choosePreset(sources.preset ?? file.preset, schema, problems);
  const draft: Record<string, unknown> = { ...presetSettings(schema, preset) };
  const put = (key: string, value: unknown, name: string) => {
    const problem = valueProblem(settingInfo(schema, key).rule, value, name);
    if (problem) problems.push({ key, message: problem });
    else draft[key] = value;
  };
  for (const [key, value] of Object.entries(file.values)) {
    if (isSettingKey(schema, key)) put(key, value, key);
    else problems.push(unknownSetting(key, 'in the configuration file', schema));
  }
  for (const [key, value] of Object.entries(sources.values ?? {})) {
    if (value === undefined) continue;
    if (isSettingKey(schema, key)) put(key, value, key);
    else problems.push(unknownSetting(key, '', schema));
  }
  for (const key of schema.keys) {
    const { env, rule } = settingInfo(schema, key);
    const text = env === undefined ? undefined : sources.environment?.[env];
    if (env !== undefined && text !== undefined)
      put(key, readText(rule, cutComment(text)), `${env} (${key})`);
  }
  for (const [key, text] of Object.entries(sources.flags ?? {})) {
    if (isSettingKey(schema, key)) put(key, readText(settingInfo(schema, key).rule, text), key);
    else problems.push(unknownSetting(key, '', schema));
  }
  // Contradictions are judged only among values that are allowed one by one.
  if (problems.length > 0) throw new SettingsError(problems);
  const settings = expandPlaceholders(draft as unknown as Settings);
  checkSettings(settings, schema);
  return { preset, settings };
}

/** Checks every value and what they must not contradict. @throws SettingsError with all problems. */
export function checkSettings(settings: Settings, schema: SettingsSchema): void {
  const problems: SettingProblem[] = [];
  for (const key of Object.keys(settings)) {
    if (!isSettingKey(schema, key)) problems.push(unknownSetting(key, '', schema));
  }
  for (const key of schema.keys) {
    const problem = valueProblem(settingInfo(schema, key).rule, settings[key], key);
    if (problem) problems.push({ key, message: problem });
  }
  if (problems.length === 0) problems.push(...contradictions(settings), ...schema.contradictions(settings));
  if (problems.length > 0) throw new SettingsError(problems);
}

/** `<mode>` in the output folder becomes the mode. */
function expandPlaceholders(settings: Settings): Settings {
  return { ...settings, outputDir: settings.outputDir.replaceAll('<mode>', settings.mode) };
}

/** The original system allows `VALUE # remark` in its environment files. */
function cutComment(text: string): string {
  return (text.split('#')[0] ?? '').trim();
}

function readFileObject(
  file: unknown,
  problems: SettingProblem[],
): { preset: string | undefined; values: Record<string, unknown> } {
  if (file === undefined) return { preset: undefined, values: {} };
  if (typeof file !== 'object' || file === null || Array.isArray(file)) {
    problems.push({ key: '', message: 'The configuration file must hold one JSON object of settings.' });
    return { preset: undefined, values: {} };
  }
  const { preset, ...values } = file as Record<string, unknown>;
  if (preset !== undefined && typeof preset !== 'string') {
    problems.push({ key: 'preset', message: `preset in the configuration file must be a name.` });
    return { preset: undefined, values };
  }
  return { preset, values };
}

function choosePreset(name: string | undefined, schema: SettingsSchema, problems: SettingProblem[]): string {
  if (name === undefined) return 'default';
  if (isPresetName(schema, name)) return name;
  problems.push({
    key: 'preset',
    message: `There is no preset '${name}'; there are ${Object.keys(schema.presets).join(', ')}.`,
  });
  return 'default';
}

function unknownSetting(key: string, where: string, schema: SettingsSchema): SettingProblem {
  const near = nearestName(key, schema.keys);
  const hint = near ? `did you mean ${near}?` : 'docs/settings.md lists them all.';
  return { key, message: `There is no setting '${key}'${where && ` (${where})`}; ${hint}` };
}

/** Pairs of allowed values that cannot work together. */
function contradictions(s: Settings): SettingProblem[] {
  const problems: SettingProblem[] = [];
  const refuse = (key: CoreKey, message: string) => problems.push({ key, message });
  if (s.maxTokens > s.maxSeqLength) {
    refuse(
      'maxTokens',
      `maxTokens is ${s.maxTokens}, more than maxSeqLength ${s.maxSeqLength}: a turn cannot fit.`,
    );
  }
  if (s.warmupSteps >= s.maxSteps && s.warmupSteps > 0) {
    refuse(
      'warmupSteps',
      `warmupSteps is ${s.warmupSteps}; it must be below maxSteps, which is ${s.maxSteps}.`,
    );
  }
  if (templateArguments(s.chatTemplateArguments) === null) {
    refuse(
      'chatTemplateArguments',
      `chatTemplateArguments is ${s.chatTemplateArguments}; give a JSON object such as {"reasoning_effort": "low"}, or none.`,
    );
  }
  if (dayOf(s.templateDate) === null) {
    refuse('templateDate', `templateDate is ${s.templateDate}; give a day as YYYY-MM-DD.`);
  }
  if (s.lossType === 'cispo' && s.epsilonHigh < 1) {
    refuse(
      'epsilonHigh',
      `epsilonHigh is ${s.epsilonHigh}; with lossType cispo the ratio is capped at epsilonHigh itself, so below 1 it would ` +
        'only shrink every gradient. Set it to 1 or more; 5 is usual.',
    );
  }
  if (s.delta !== 0 && s.delta <= 1 + s.epsilonHigh) {
    refuse(
      'delta',
      `delta is ${s.delta}; it must be above 1 + epsilonHigh, which is ${1 + s.epsilonHigh}, or 0 for no such bound.`,
    );
  }
  return problems;
}
