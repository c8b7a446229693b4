/** What tests of environments share: opening one with its own defaults, and turns as a parser would give them. */
import type { JsonObject, ParsedTurn } from '../../src/conversation/types';
import type { Environment, EnvironmentInfo, OpenedEnvironment, TaskSource } from '../../src/env/types';
import { defaultSettings, settingsSchema } from '../../src/settings/schema';
import type { Settings } from '../../src/settings/settings';

export const NO_SOURCE: TaskSource = {
  name: 'built-in',
  read: () => Promise.reject(new Error('this environment has no files')),
  list: () => Promise.resolve([]),
};

export function settingsOf(environment: EnvironmentInfo, changes: Partial<Settings> = {}): Settings {
  const small = { trainDatasetSize: 8, evalDatasetSize: 4, seed: 7 };
  return { ...defaultSettings(settingsSchema(environment)), ...small, ...changes } as Settings;
}

export function openEnvironment(
  environment: Environment,
  changes: Partial<Settings> = {},
): Promise<OpenedEnvironment> {
  return environment.open(NO_SOURCE, { settings: settingsOf(environment, changes), hints: {} });
}

/** A turn of these calls, or of text alone. */
export function turnOf(...calls: readonly (readonly [name: string, args: JsonObject | null])[]): ParsedTurn {
  return {
    text: calls.map(([name]) => name).join(' '),
    calls: calls.map(([name, args], index) => ({
      id: `call_0_${index}`,
      name,
      arguments: args ?? {},
      ...(args === null ? { malformed: true as const } : {}),
    })),
  };
}

export const textTurn = (text: string): ParsedTurn => ({ text, calls: [] });
