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
    throw new EnvironmentError(
      `An environment has the id ${JSON.stringify(id)}. Use up to 64 letters, digits, - and _, such as "countdown".`,
    );
  }
  if (typeof title !== 'string' || title.trim() === '')
    refuse(id, 'has no title. Give a few words for people.');
  if (typeof definition.tasks !== 'function')
    refuse(id, 'has no function tasks. Return the tasks of a split from it.');
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
      refuse(definition.id, `has a setting "${name}", but every run has one of that name. Rename it.`);
    }
    const problem = valueProblem(input.rule, input.default, `the default of its setting "${name}"`);
    if (problem !== null) refuse(definition.id, `cannot be used: ${problem}`);
    return [name, { group: 'Task', unit: '', ...input }];
  });
  return { ...Object.fromEntries(table), ...automatic };
}

function metricsTable(definition: AnyDefinition, builtIn: MetricsTable): MetricsTable {
  const own = Object.entries(definition.metrics ?? {}).map(([name, input]): [string, MetricInfo] => {
    checkName(definition.id, 'metric', name);
    if (Object.hasOwn(builtIn, name)) {
      refuse(definition.id, `has a metric "${name}", which every environment with tools has. Rename it.`);
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
  if (entries.length === 0) refuse(definition.id, 'has no reward. Name at least one, or leave rewards out.');
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
  if (sets.length === 0)
    refuse(id, 'has rewardWeights without a set. Name at least one, or leave rewardWeights out.');
  for (const [set, weights] of sets) {
    for (const [part, weight] of Object.entries(weights)) {
      if (!parts.includes(part)) {
        refuse(
          id,
          `weighs "${part}" in its set "${set}", but has no reward of that name. It has ${parts.join(', ')}.`,
        );
      }
      if (!Number.isFinite(weight))
        refuse(id, `weighs "${part}" by ${weight} in its set "${set}". Give a finite number.`);
    }
  }
  return rewardWeights;
}

/** Names appear in `--setting value`, `part=weight` and column heads. */
function checkName(id: string, what: string, name: string): void {
  if (!NAME.test(name)) {
    refuse(
      id,
      `has a ${what} named "${name}". Use up to 64 letters, digits and _, not beginning with a digit.`,
    );
  }
}

function refuse(id: string, problem: string): never {
  throw new EnvironmentError(`The environment "${id}" ${problem}`);
}

/** `found_number`, `foundNumber` → `found number`. */
function inWords(name: string): string {
  return name
    .replace(/_+/g, ' ')
    .replace(/([a-z0-9])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);
}
