/** Words of settings, environments and metrics in the page's language; those of a user's own file as they are. */
import { ENVIRONMENTS } from '../../env/registry';
import type { EnvironmentInfo } from '../../env/types';
import { CORE_PRESETS } from '../../settings/presets';
import { settingsSchema, type SettingsSchema } from '../../settings/schema';
import type { AnySettingInfo, SettingGroup, SettingRule, SettingsTable } from '../../settings/setting-info';
import { CORE_TABLE } from '../../settings/table';
import { describeRule, ruleData } from '../../settings/values';
import type { EnvironmentWords, Help, SettingWords, Titled } from './catalogue';
import { catalogue } from './language';

type Words<T> = Readonly<Record<string, T | undefined>>;
type Some = Partial<EnvironmentWords> & Partial<Titled>;

/** By help, and in that by what the environment says of itself in English. */
const made = new WeakMap<Help, WeakMap<EnvironmentInfo, EnvironmentInfo>>();
const schemas = new WeakMap<EnvironmentInfo, SettingsSchema>();

/** An environment that speaks the page's language. The same object for the same one and language. */
export function worded(info: EnvironmentInfo): EnvironmentInfo {
  const { help } = catalogue.value;
  if (help === null) return info;
  const known = made.get(help) ?? new WeakMap<EnvironmentInfo, EnvironmentInfo>();
  made.set(help, known);
  const there = known.get(info) ?? translated(info, help);
  known.set(info, there);
  return there;
}

/** Settings and presets of an environment in the page's language. The same object for the same one and language. */
export function wordedSchema(info: EnvironmentInfo): SettingsSchema {
  const own = worded(info);
  const there = schemas.get(own) ?? schemaIn(catalogue.value.help, own);
  schemas.set(own, there);
  return there;
}

function schemaIn(help: Help | null, own: EnvironmentInfo): SettingsSchema {
  const schema = settingsSchema(own);
  if (help === null) return schema;
  const { table, presets } = schema;
  return {
    ...schema,
    table: { ...table, ...withWords(pick(table, CORE_TABLE), help.settings) },
    presets: { ...presets, ...withTitles(pick(presets, CORE_PRESETS), help.presets) },
  };
}

export function groupName(group: SettingGroup): string {
  return catalogue.value.help?.groups[group] ?? group;
}

/** What the rule of a setting allows. */
export function ruleText(rule: SettingRule): string {
  return catalogue.value.help?.rule(ruleData(rule)) ?? describeRule(rule);
}

function translated(info: EnvironmentInfo, help: Help): EnvironmentInfo {
  const { automatic } = help;
  const own: Some = ENVIRONMENTS.includes(info) ? wordsOf(info.id, help) : {};
  // A file's own words come before those that every file has, where it has a setting or metric of that name itself.
  const isDefined = 'toolTimeout' in info.settings;
  const settings = { ...(isDefined ? automatic.settings : {}), ...own.settings };
  const metrics: Words<Omit<SettingWords, 'unit'>> = {
    ...(isDefined ? automatic.metrics : {}),
    ...own.metrics,
  };
  const rewards: Words<string> = { ...(isDefined ? automatic.rewards : {}), ...own.rewards };
  return {
    ...info,
    title: own.title ?? info.title,
    description: own.description ?? info.description,
    settings: withWords(info.settings, settings),
    metrics: Object.fromEntries(
      Object.entries(info.metrics).map(([name, metric]) => [name, { ...metric, ...metrics[name] }]),
    ),
    rewards: Object.fromEntries(
      Object.entries(info.rewards).map(([name, { label }]) => [name, { label: rewards[name] ?? label }]),
    ),
    ...(info.presets === undefined ? {} : { presets: withTitles(info.presets, own.presets ?? {}) }),
  };
}

function wordsOf(id: string, { environments }: Help): Some {
  // The first call has the settings and metrics of mail.
  if (id === 'mail-first-call') return { ...environments.mail, ...environments[id] };
  const known: Words<Some> = environments;
  return known[id] ?? {};
}

function withWords(table: SettingsTable, words: Words<SettingWords>): SettingsTable {
  return Object.fromEntries(
    Object.entries(table).map(([key, info]): [string, AnySettingInfo] => [key, { ...info, ...words[key] }]),
  );
}

function withTitles<T extends Titled>(
  presets: Readonly<Record<string, T>>,
  words: Words<Titled>,
): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.entries(presets).map(([name, preset]) => [name, { ...preset, ...words[name] }]),
  );
}

function pick<T>(table: Readonly<Record<string, T>>, like: object): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(table).filter(([key]) => Object.hasOwn(like, key)));
}
