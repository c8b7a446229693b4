/** `docs/settings.md`, written from the table. */
import { PRESET_NAMES, PRESETS, type Preset } from './presets';
import { SETTING_GROUPS, SETTING_KEYS, settingInfo, type SettingKey } from './table';
import { describeRule, writeText } from './values';

/** The whole file, ending in a newline. */
export function settingsMarkdown(): string {
  const parts = [
    '# Settings',
    '',
    'Written by `npm run docs:settings` from `src/settings/table.ts`; do not edit. One name everywhere: in the page, in',
    'its address (`#maxSteps=20`), in a configuration file (`--config FILE`, one JSON object), and on the command line',
    '(`--maxSteps 20` or `--set maxSteps=20`). A flag beats the environment variable, that beats the file, that beats',
    'the preset (`--preset NAME`). Unknown names and values out of range are refused.',
    '',
    '## Presets',
    '',
  ];
  for (const name of PRESET_NAMES) parts.push(...presetLines(name, PRESETS[name]));
  for (const group of SETTING_GROUPS) {
    parts.push(
      '',
      `## ${group}`,
      '',
      '| setting | default | allowed | environment | meaning |',
      '| --- | --- | --- | --- | --- |',
    );
    for (const key of SETTING_KEYS) if (settingInfo(key).group === group) parts.push(row(key));
  }
  return `${parts.join('\n')}\n`;
}

function presetLines(name: string, preset: Preset): string[] {
  const changes = Object.entries(preset.changes).map(([key, value]) => `${key}=${String(value)}`);
  const list = changes.length > 0 ? ` \`${changes.join(' ')}\`` : '';
  return [`- **${name}**: ${preset.description}${list}`];
}

function row(key: SettingKey): string {
  const info = settingInfo(key);
  const allowed = info.rule.kind === 'text' ? 'text' : describeRule(info.rule);
  const unit = info.unit && ` (${info.unit})`;
  const env = info.env === undefined ? '' : `\`${info.env}\``;
  const cells = [`\`${key}\``, `\`${writeText(info.default)}\``, allowed + unit, env, info.description];
  return `| ${cells.map((cell) => cell.replaceAll(/[|<]/g, '\\$&')).join(' | ')} |`;
}
