/** Command lines: `--set key=value`, `--key value`, `--key=value`, and a bare `--key` for a switch. */
import { isSettingKey, settingInfo, type SettingsSchema } from './schema';
import { SettingsError, settingProblem } from './values';

export interface CommandLine {
  /** Options of the command itself, by name; 'true' for one without a value. */
  readonly options: Readonly<Record<string, string>>;
  /** Everything else that starts with `--`, and all of `--set`: meant as settings. */
  readonly flags: Readonly<Record<string, string>>;
  readonly positional: readonly string[];
}

/**
 * @param schema tells which settings are switches
 * @param valued names of the command's own options that take a value
 * @param switches names of its options that take none
 * @throws SettingsError for an option without its value, for a malformed --set, and for a name given twice, in whatever
 *   spelling: which of the two was meant cannot be known.
 */
export function parseCommandLine(
  argv: readonly string[],
  schema: SettingsSchema,
  valued: readonly string[] = [],
  switches: readonly string[] = [],
): CommandLine {
  const options = new Map<string, string>();
  const flags = new Map<string, string>();
  const positional: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? '';
    if (!word.startsWith('--')) {
      positional.push(word);
      continue;
    }
    const equals = word.indexOf('=');
    const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
    const attached = equals < 0 ? null : word.slice(equals + 1);
    if (switches.includes(name)) {
      putOnce(options, name, attached ?? 'true');
      continue;
    }
    const next = argv[i + 1];
    const nextIsValue = next !== undefined && !/^--[a-z]/i.test(next);
    let value = attached;
    if (value === null && isSwitch(schema, name))
      value = nextIsValue && isBooleanWord(next) ? argv[++i]! : 'true';
    if (value === null) {
      if (!nextIsValue) throw new SettingsError([settingProblem(name, 'settings/no-value', { name })]);
      value = argv[++i]!;
    }
    if (name === 'set') {
      const split = value.indexOf('=');
      if (split < 1) throw new SettingsError([settingProblem('set', 'settings/set', { given: value })]);
      putOnce(flags, value.slice(0, split), value.slice(split + 1));
    } else putOnce(valued.includes(name) ? options : flags, name, value);
  }
  // fromEntries defines properties: an assignment would lose a name like `__proto__` without a word.
  return { options: Object.fromEntries(options), flags: Object.fromEntries(flags), positional };
}

function putOnce(values: Map<string, string>, name: string, value: string): void {
  const before = values.get(name);
  if (before !== undefined) {
    const params = { name, first: before, second: value };
    throw new SettingsError([settingProblem(name, 'settings/twice', params)]);
  }
  values.set(name, value);
}

function isSwitch(schema: SettingsSchema, name: string): boolean {
  return isSettingKey(schema, name) && settingInfo(schema, name).rule.kind === 'boolean';
}

function isBooleanWord(word: string): boolean {
  return /^(true|false|yes|no|on|off|0|1)$/i.test(word);
}
