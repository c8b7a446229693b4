/** Merging the places that settings come from: flag beats environment beats file beats preset. */
import { nearestName } from './nearest';
import { isPresetName, PRESET_NAMES, presetSettings, type PresetName } from './presets';
import type { Settings } from './settings';
import { isSettingKey, SETTING_KEYS, settingInfo, type SettingKey } from './table';
import { readText, SettingsError, valueProblem, type SettingProblem } from './values';

/** Where settings come from; a place left out says nothing. */
export interface SettingsSources {
  /** Flag or form; beats the file's. 'default' when neither names one. */
  readonly preset?: string;
  /** Flags as text by camelCase name. */
  readonly flags?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Parsed content of a configuration file: an object of settings, and `preset` if wanted. */
  readonly file?: unknown;
}

/** All settings of a run, and the preset that gave those that no other place names. */
export interface ResolvedSettings {
  readonly preset: PresetName;
  readonly settings: Settings;
}

/** @throws SettingsError that names every unknown key and every value out of range. */
export function resolveSettings(sources: SettingsSources): ResolvedSettings {
  const problems: SettingProblem[] = [];
  const file = readFileObject(sources.file, problems);
  const preset = choosePreset(sources.preset ?? file.preset, problems);
  const draft: Record<string, unknown> = { ...presetSettings(preset) };
  const put = (key: SettingKey, value: unknown, name: string) => {
    const problem = valueProblem(key, value, name);
    if (problem) problems.push({ key, message: problem });
    else draft[key] = value;
  };
  for (const [key, value] of Object.entries(file.values)) {
    if (isSettingKey(key)) put(key, value, key);
    else problems.push(unknownSetting(key, 'in the configuration file'));
  }
  for (const key of SETTING_KEYS) {
    const { env } = settingInfo(key);
    const text = env === undefined ? undefined : sources.environment?.[env];
    if (env !== undefined && text !== undefined) put(key, readText(key, cutComment(text)), `${env} (${key})`);
  }
  for (const [key, text] of Object.entries(sources.flags ?? {})) {
    if (isSettingKey(key)) put(key, readText(key, text), key);
    else problems.push(unknownSetting(key, ''));
  }
  // Contradictions are judged only among values that are allowed one by one.
  if (problems.length > 0) throw new SettingsError(problems);
  const settings = expandPlaceholders(draft as unknown as Settings);
  checkSettings(settings);
  return { preset, settings };
}

/** Checks every value and what they must not contradict. @throws SettingsError with all problems. */
export function checkSettings(settings: Settings): void {
  const problems: SettingProblem[] = [];
  for (const key of Object.keys(settings)) {
    if (!isSettingKey(key)) problems.push(unknownSetting(key, ''));
  }
  for (const key of SETTING_KEYS) {
    const problem = valueProblem(key, settings[key]);
    if (problem) problems.push({ key, message: problem });
  }
  if (problems.length === 0) problems.push(...contradictions(settings));
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

function choosePreset(name: string | undefined, problems: SettingProblem[]): PresetName {
  if (name === undefined) return 'default';
  if (isPresetName(name)) return name;
  problems.push({
    key: 'preset',
    message: `There is no preset '${name}'; there are ${PRESET_NAMES.join(', ')}.`,
  });
  return 'default';
}

function unknownSetting(key: string, where: string): SettingProblem {
  const near = nearestName(key, SETTING_KEYS);
  const hint = near ? `did you mean ${near}?` : 'docs/settings.md lists them all.';
  return { key, message: `There is no setting '${key}'${where && ` (${where})`}; ${hint}` };
}

/** Pairs of allowed values that cannot work together. */
function contradictions(s: Settings): SettingProblem[] {
  const problems: SettingProblem[] = [];
  const refuse = (key: SettingKey, message: string) => problems.push({ key, message });
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
  if (s.rewardPreset === 'simple' && s.minGroupStd > 0.5) {
    refuse(
      'minGroupStd',
      `minGroupStd is ${s.minGroupStd}; rewards of 0 and 1 never spread more than 0.5, so every group would be dropped.`,
    );
  }
  return problems;
}
