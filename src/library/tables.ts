/** Settings by the table of an environment, as the public entry offers them. */
import { DEFAULT_ENVIRONMENT, schemaOf } from '../env/settings';
import type { EnvironmentInfo } from '../env/types';
import * as resolve from '../settings/resolve';
import { settingsSchema, type SettingsSchema } from '../settings/schema';
import type { Settings } from '../settings/settings';

/** An environment, for its settings: the id of a built-in one, or what {@link defineEnvironment} made. */
export type EnvironmentChoice = string | EnvironmentInfo;

/**
 * Merges the places that settings come from: flag beats environment variable beats value beats file beats preset.
 * @param environment whose settings they are; default `mail`
 * @throws SettingsError that names every unknown key and every value out of range; EnvironmentError for an unknown id
 */
export function resolveSettings(
  sources: resolve.SettingsSources,
  environment: EnvironmentChoice = DEFAULT_ENVIRONMENT,
): resolve.ResolvedSettings {
  return resolve.resolveSettings(sources, schemaFor(environment));
}

/**
 * Checks every value and what they must not contradict.
 * @param environment whose settings they are; default: the one that they name
 * @throws SettingsError with all problems; EnvironmentError for an unknown id
 */
export function checkSettings(
  settings: Settings,
  environment: EnvironmentChoice = settings.environment,
): void {
  resolve.checkSettings(settings, schemaFor(environment));
}

function schemaFor(environment: EnvironmentChoice): SettingsSchema {
  return typeof environment === 'string' ? schemaOf(environment) : settingsSchema(environment);
}
