/** From the options of a call to its environment and settings; nothing is opened before they are sound. */
import { EnvironmentError } from '../env/errors';
import { loadEnvironment } from '../env/load';
import { ENVIRONMENTS } from '../env/registry';
import type { Environment } from '../env/types';
import { resolveSettings } from '../settings/resolve';
import { settingsSchema } from '../settings/schema';
import type { Settings } from '../settings/settings';
import { SettingsError, type SettingProblem, settingProblem } from '../settings/values';
import type { CallOptions } from './types';

/** What a call works with. */
export interface Chosen {
  readonly environment: Environment;
  readonly settings: Settings;
}

/**
 * @param own settings that the call's other options stand for
 * @throws EnvironmentError, SettingsError
 */
export async function choose(
  options: CallOptions,
  own: Readonly<Record<string, unknown>> = {},
): Promise<Chosen> {
  const environment = await environmentOf(options.environment);
  const { settings: given = {}, preset, engine, model } = options;
  const values = { ...own, environment: environment.id, model };
  const fixed = engine === undefined ? values : { ...values, ...modelOf(engine, options) };
  const problems = Object.entries(fixed).flatMap(([key, value]) => contradiction(key, value, given[key]));
  if (problems.length > 0) throw new SettingsError(problems);
  const { settings } = resolveSettings(
    { values: { ...given, ...defined(fixed) }, ...(preset === undefined ? {} : { preset }) },
    settingsSchema(environment),
  );
  return { environment, settings };
}

async function environmentOf(choice: unknown): Promise<Environment> {
  if (typeof choice === 'string') return await loadEnvironment(choice);
  if (typeof choice === 'object' && choice !== null && 'open' in choice && 'rewards' in choice)
    return choice as Environment;
  throw EnvironmentError.of('environment/choice', {
    found: choice === null ? 'null' : typeof choice,
    known: ENVIRONMENTS.map(({ id }) => id),
  });
}

/** @throws SettingsError when the options name another model beside the engine's */
function modelOf(
  engine: NonNullable<CallOptions['engine']>,
  options: CallOptions,
): Pick<Settings, 'model' | 'baseWeights'> {
  const second = (['model', 'baseUrl', 'device', 'platform'] as const).filter(
    (key) => options[key] !== undefined,
  );
  if (second.length > 0) {
    throw new SettingsError(second.map((name) => settingProblem(name, 'settings/engine-and', { name })));
  }
  return { model: engine.model, baseWeights: engine.baseWeights };
}

function contradiction(key: string, value: unknown, given: unknown): SettingProblem[] {
  if (value === undefined || given === undefined || value === given) return [];
  const params = { name: key, given: JSON.stringify(given), asked: JSON.stringify(value) };
  return [settingProblem(key, 'settings/contradiction', params)];
}

function defined(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
