/** Settings of runs in the environments that are known: the schema that belongs to each. */
import * as schemas from '../settings/schema';
import type { SettingsSchema } from '../settings/schema';
import type { Settings } from '../settings/settings';
import { CORE_TABLE } from '../settings/table';
import { environmentInfo, isKnown } from './registry';
import type { EnvironmentInfo } from './types';

/** By info: another file of the same name has another schema. */
const made = new WeakMap<EnvironmentInfo, SettingsSchema>();

/** @throws EnvironmentError for a name that is not known. */
export function schemaOf(environment: string): SettingsSchema {
  const info = environmentInfo(environment);
  let schema = made.get(info);
  if (schema === undefined) {
    schema = schemas.settingsSchema(info);
    made.set(info, schema);
  }
  return schema;
}

/** What is named, or the default environment where that is not known. */
export function environmentNear(environment: string | undefined): EnvironmentInfo {
  return environmentInfo(nameNear(environment));
}

function nameNear(environment: string | undefined): string {
  return environment !== undefined && isKnown(environment) ? environment : DEFAULT_ENVIRONMENT;
}

/** The schema of what is named, or of the default environment where that is not known. */
export function schemaNear(environment: string | undefined): SettingsSchema {
  return schemaOf(nameNear(environment));
}

export const DEFAULT_ENVIRONMENT = CORE_TABLE.environment.default;

/** A fresh copy of all values of a preset, in the default environment; `outputDir` still holds its placeholder. */
export function presetSettings(name: string, environment: string = DEFAULT_ENVIRONMENT): Settings {
  return { ...schemas.presetSettings(schemaOf(environment), name), environment };
}
