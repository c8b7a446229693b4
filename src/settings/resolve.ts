/** Merging the places that settings come from: flag beats environment beats value beats file beats preset. */
import { nearestName } from './nearest';
import { isPresetName, isSettingKey, presetSettings, settingInfo, type SettingsSchema } from './schema';
import type { Settings } from './settings';
import type { Called } from '../errors/texts/rule';
import { dayOf, templateArguments } from './template';
import { readText, SettingsError, settingProblem, valueProblem, type SettingProblem } from './values';

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
  const put = (key: string, value: unknown, called: Called = key) => {
    const problem = valueProblem(settingInfo(schema, key).rule, value, key, called);
    if (problem) problems.push(problem);
    else draft[key] = value;
  };
  for (const [key, value] of Object.entries(file.values)) {
    if (isSettingKey(schema, key)) put(key, value);
    else problems.push(unknownSetting(key, schema, true));
  }
  for (const [key, value] of Object.entries(sources.values ?? {})) {
    if (value === undefined) continue;
    if (isSettingKey(schema, key)) put(key, value);
    else problems.push(unknownSetting(key, schema));
  }
  for (const key of schema.keys) {
    const { env, rule } = settingInfo(schema, key);
    const text = env === undefined ? undefined : sources.environment?.[env];
    if (env !== undefined && text !== undefined)
      put(key, readText(rule, cutComment(text)), { variable: env, setting: key });
  }
  for (const [key, text] of Object.entries(sources.flags ?? {})) {
    if (isSettingKey(schema, key)) put(key, readText(settingInfo(schema, key).rule, text));
    else problems.push(unknownSetting(key, schema));
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
    if (!isSettingKey(schema, key)) problems.push(unknownSetting(key, schema));
  }
  for (const key of schema.keys) {
    const problem = valueProblem(settingInfo(schema, key).rule, settings[key], key);
    if (problem) problems.push(problem);
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
    problems.push(settingProblem('', 'settings/file', {}));
    return { preset: undefined, values: {} };
  }
  const { preset, ...values } = file as Record<string, unknown>;
  if (preset !== undefined && typeof preset !== 'string') {
    problems.push(settingProblem('preset', 'settings/preset-no-name', {}));
    return { preset: undefined, values };
  }
  return { preset, values };
}

function choosePreset(name: string | undefined, schema: SettingsSchema, problems: SettingProblem[]): string {
  if (name === undefined) return 'default';
  if (isPresetName(schema, name)) return name;
  const known = Object.keys(schema.presets);
  problems.push(settingProblem('preset', 'settings/unknown-preset', { name, known }));
  return 'default';
}

function unknownSetting(name: string, schema: SettingsSchema, inFile = false): SettingProblem {
  const near = nearestName(name, schema.keys) ?? null;
  return settingProblem(name, 'settings/unknown', { name, inFile, near });
}

/** Pairs of allowed values that cannot work together. */
function contradictions(s: Settings): SettingProblem[] {
  const { maxTokens, maxSeqLength, warmupSteps, maxSteps, epsilonHigh, delta } = s;
  const problems: SettingProblem[] = [];
  if (maxTokens > maxSeqLength) {
    problems.push(settingProblem('maxTokens', 'settings/turn-too-long', { maxTokens, maxSeqLength }));
  }
  if (warmupSteps >= maxSteps && warmupSteps > 0) {
    problems.push(settingProblem('warmupSteps', 'settings/warmup-too-long', { warmupSteps, maxSteps }));
  }
  if (templateArguments(s.chatTemplateArguments) === null) {
    const { chatTemplateArguments } = s;
    problems.push(
      settingProblem('chatTemplateArguments', 'settings/template-arguments', { chatTemplateArguments }),
    );
  }
  if (dayOf(s.templateDate) === null) {
    const { templateDate } = s;
    problems.push(settingProblem('templateDate', 'settings/template-date', { templateDate }));
  }
  if (s.lossType === 'cispo' && epsilonHigh < 1) {
    problems.push(settingProblem('epsilonHigh', 'settings/cispo-cap', { epsilonHigh }));
  }
  if (delta !== 0 && delta <= 1 + epsilonHigh) {
    problems.push(settingProblem('delta', 'settings/delta', { delta, least: 1 + epsilonHigh }));
  }
  return problems;
}
