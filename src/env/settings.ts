/** Settings of runs in the built-in environments: the schema that belongs to each. */
import * as schemas from '../settings/schema';
import type { SettingsSchema } from '../settings/schema';
import type { Settings } from '../settings/settings';
import { CORE_TABLE } from '../settings/table';
import { environmentInfo, isBuiltIn } from './registry';
import type { EnvironmentInfo } from './types';

const made = new Map<string, SettingsSchema>();

/** @throws EnvironmentError for an id that is not built in. */
export function schemaOf(environment: string): SettingsSchema {
  let schema = made.get(environment);
  if (schema === undefined) {
    schema = schemas.settingsSchema(environmentInfo(environment));
    made.set(environment, schema);
  }
  return schema;
}

/** What is named, or the default environment where that is no built-in one. */
export function environmentNear(environment: string | undefined): EnvironmentInfo {
  return environmentInfo(
    environment !== undefined && isBuiltIn(environment) ? environment : DEFAULT_ENVIRONMENT,
  );
}

/** The schema of what is named, or of the default environment where that is no built-in one. */
export function schemaNear(environment: string | undefined): SettingsSchema {
  return schemaOf(environmentNear(environment).id);
}

export const DEFAULT_ENVIRONMENT = CORE_TABLE.environment.default;

/** A fresh copy of all values of a preset, in the default environment; `outputDir` still holds its placeholder. */
export function presetSettings(name: string, environment: string = DEFAULT_ENVIRONMENT): Settings {
  return { ...schemas.presetSettings(schemaOf(environment), name), environment };
}
