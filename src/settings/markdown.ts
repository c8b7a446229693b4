/** `docs/settings.md`, written from the table. */
import { CORE_PRESETS, type Preset } from './presets';
import type { EnvironmentSettings } from './schema';
import { CORE_TABLE } from './table';
import { SETTING_GROUPS, type AnySettingInfo, type SettingsTable } from './setting-info';
import { describeRule, writeText } from './values';

/** One environment's part of the page. */
export interface DocumentedEnvironment extends EnvironmentSettings {
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

/** The whole file, ending in a newline. */
export function settingsMarkdown(environments: readonly DocumentedEnvironment[]): string {
  const parts = [
    '# Settings',
    '',
    'Written by `npm run docs:settings` from the tables in `src/settings` and `src/env`; do not edit. One name everywhere:',
    'in the page, in its address (`#maxSteps=20`), in a configuration file (`--config FILE`, one JSON object), and on the',
    'command line (`--maxSteps 20` or `--set maxSteps=20`). A flag beats the environment variable, that beats the file,',
    'that beats the preset (`--preset NAME`). Unknown names and values out of range are refused.',
    '',
    '## Presets',
    '',
    ...presetLines(CORE_PRESETS),
  ];
  const core: SettingsTable = CORE_TABLE;
  for (const group of SETTING_GROUPS) {
    const rows = Object.entries(core).filter(([, info]) => info.group === group);
    parts.push('', `## ${group}`, '', ...tableLines(rows));
  }
  for (const environment of environments) parts.push(...environmentLines(environment));
  return `${parts.join('\n')}\n`;
}

function environmentLines(environment: DocumentedEnvironment): string[] {
  const { id, title, description, defaults = {}, presets = {}, settings } = environment;
  const changed = Object.entries(defaults).map(([key, value]) => `\`${key}=${String(value)}\``);
  return [
    '',
    `## Environment ${id}: ${title}`,
    '',
    description + (changed.length > 0 ? ` Its own defaults: ${changed.join(', ')}.` : ''),
    '',
    ...(Object.keys(presets).length > 0 ? [...presetLines(presets), ''] : []),
    ...tableLines(Object.entries(settings)),
  ];
}

function presetLines(presets: Readonly<Record<string, Preset>>): string[] {
  return Object.entries(presets).map(([name, preset]) => {
    const changes = Object.entries(preset.changes).map(([key, value]) => `${key}=${String(value)}`);
    const list = changes.length > 0 ? ` \`${changes.join(' ')}\`` : '';
    return `- **${name}**: ${preset.description}${list}`;
  });
}

function tableLines(rows: readonly (readonly [string, AnySettingInfo])[]): string[] {
  return [
    '| setting | default | allowed | environment variable | meaning |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map(([key, info]) => row(key, info)),
  ];
}

function row(key: string, info: AnySettingInfo): string {
  const allowed = info.rule.kind === 'text' ? 'text' : describeRule(info.rule);
  const unit = info.unit && ` (${info.unit})`;
  const env = info.env === undefined ? '' : `\`${info.env}\``;
  const cells = [`\`${key}\``, `\`${writeText(info.default)}\``, allowed + unit, env, info.description];
  return `| ${cells.map((cell) => cell.replaceAll(/[|<]/g, '\\$&')).join(' | ')} |`;
}
