/** What can be said of a definition without opening it; refuses what cannot work. */
import { CORE_TABLE } from '../settings/table';
import { type AnySettingInfo, type SettingsTable } from '../settings/setting-info';
import { valueProblem } from '../settings/values';
import { automaticSettings, CALL_METRICS } from './automatic';
import type { AnyDefinition, SettingInput } from './definition';
import { EnvironmentError } from './errors';
import { DEFAULT_REWARDS } from './score';
import type { EnvironmentInfo, MetricInfo, MetricsTable } from './types';

const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** Plain, structured-cloneable data. @throws EnvironmentError when the definition cannot work as it is */
export function describe(definition: AnyDefinition): EnvironmentInfo {
  const { id, title, description = '', defaults, presets } = definition;
  if (typeof id !== 'string' || !ID.test(id)) {
    throw EnvironmentError.of('environment/id', { found: JSON.stringify(id) });
  }
  if (typeof title !== 'string' || title.trim() === '')
    throw EnvironmentError.of('environment/no-title', { environment: id });
  if (typeof definition.tasks !== 'function')
    throw EnvironmentError.of('environment/no-tasks-function', { environment: id });
  const rewards = rewardTable(definition);
  const rewardWeights = checkedWeights(definition, Object.keys(rewards));
  const hasTools = definition.tools !== undefined;
  return {
    id,
    title,
    description,
    settings: settingsTable(definition, automaticSettings(hasTools, Object.keys(rewardWeights))),
    metrics: metricsTable(definition, hasTools ? CALL_METRICS : {}),
    rewards,
    rewardWeights,
    ...(defaults === undefined ? {} : { defaults }),
    ...(presets === undefined ? {} : { presets }),
  };
}

function settingsTable(definition: AnyDefinition, automatic: SettingsTable): SettingsTable {
  const own = Object.entries<SettingInput<AnySettingInfo['default']>>(definition.settings ?? {});
  const table = own.map(([name, input]): [string, AnySettingInfo] => {
    checkName(definition.id, 'setting', name);
    if (Object.hasOwn(CORE_TABLE, name) || Object.hasOwn(automatic, name)) {
      throw EnvironmentError.of('environment/setting-taken', { environment: definition.id, name });
    }
    const problem = valueProblem(input.rule, input.default, name, { defaultOf: name });
    if (problem !== null) {
      throw EnvironmentError.of('environment/setting-default', { environment: definition.id, problem });
    }
    return [name, { group: 'Task', unit: '', ...input }];
  });
  return { ...Object.fromEntries(table), ...automatic };
}

function metricsTable(definition: AnyDefinition, builtIn: MetricsTable): MetricsTable {
  const own = Object.entries(definition.metrics ?? {}).map(([name, input]): [string, MetricInfo] => {
    checkName(definition.id, 'metric', name);
    if (Object.hasOwn(builtIn, name)) {
      throw EnvironmentError.of('environment/metric-taken', { environment: definition.id, name });
    }
    if (typeof input === 'function') {
      return [name, { label: inWords(name), unit: 'none', description: '', inSteps: name }];
    }
    const { label = inWords(name), unit = 'none', description = '', inSteps = name, inEvaluations } = input;
    return [
      name,
      { label, unit, description, inSteps, ...(inEvaluations === true ? { inEvaluations } : {}) },
    ];
  });
  return { ...builtIn, ...Object.fromEntries(own) };
}

function rewardTable(definition: AnyDefinition): EnvironmentInfo['rewards'] {
  const entries = Object.entries(definition.rewards ?? DEFAULT_REWARDS);
  if (entries.length === 0)
    throw EnvironmentError.of('environment/no-reward', { environment: definition.id });
  return Object.fromEntries(
    entries.map(([name, input]) => {
      checkName(definition.id, 'reward', name);
      return [name, { label: typeof input === 'function' ? inWords(name) : input.label }];
    }),
  );
}

function checkedWeights(
  { id, rewardWeights }: AnyDefinition,
  parts: readonly string[],
): EnvironmentInfo['rewardWeights'] {
  if (rewardWeights === undefined) return { default: Object.fromEntries(parts.map((part) => [part, 1])) };
  const sets = Object.entries(rewardWeights);
  if (sets.length === 0) throw EnvironmentError.of('environment/no-weights', { environment: id });
  for (const [set, weights] of sets) {
    for (const [part, weight] of Object.entries(weights)) {
      if (!parts.includes(part)) {
        throw EnvironmentError.of('environment/weight-of-nothing', { environment: id, part, set, parts });
      }
      if (!Number.isFinite(weight)) {
        throw EnvironmentError.of('environment/weight-not-finite', { environment: id, part, set, weight });
      }
    }
  }
  return rewardWeights;
}

/** Names appear in `--setting value`, `part=weight` and column heads. */
function checkName(environment: string, what: 'setting' | 'metric' | 'reward', name: string): void {
  if (!NAME.test(name)) throw EnvironmentError.of('environment/name', { environment, what, name });
}

/** `found_number`, `foundNumber` → `found number`. */
function inWords(name: string): string {
  return name
    .replace(/_+/g, ' ')
    .replace(/([a-z0-9])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);
}
