import { describe, expect, test } from 'vitest';
import { checkSettings, resolveSettings } from './resolve';
import {
  defaultSettings,
  isPresetName,
  isSettingKey,
  presetSettings,
  settingInfo,
  settingsSchema,
  type EnvironmentSettings,
} from './schema';
import { CORE_TABLE } from './table';
import { count } from './setting-info';

const WORDS: EnvironmentSettings = {
  settings: {
    words: {
      label: 'Words',
      group: 'Task',
      unit: '',
      default: 5,
      rule: count(1, 9),
      description: 'How many.',
    },
  },
  defaults: { maxTurns: 1, dataset: 'built-in' },
  presets: { long: { title: 'Long', description: 'More.', changes: { words: 9, maxTokens: 32 } } },
  contradictions: (settings) =>
    settings['words'] === 9 && settings.maxTokens < 16
      ? [{ key: 'words', message: 'words is 9, but maxTokens is below 16.' }]
      : [],
};
const schema = settingsSchema(WORDS);

describe('settingsSchema', () => {
  test("has the core's settings first, then the environment's own, each with its rule", () => {
    expect(schema.keys).toEqual([...Object.keys(CORE_TABLE), 'words']);
    expect(isSettingKey(schema, 'words')).toBe(true);
    expect(isSettingKey(schema, 'toString')).toBe(false);
    expect(settingInfo(schema, 'words').rule).toEqual(count(1, 9));
    expect(() => settingInfo(schema, 'toString')).toThrow(/no setting "toString"/);
  });

  test('takes defaults of the environment for core settings, and leaves the others and the core alone', () => {
    expect(defaultSettings(schema)).toMatchObject({
      maxTurns: 1,
      dataset: 'built-in',
      words: 5,
      batchSize: CORE_TABLE.batchSize.default,
    });
    expect(defaultSettings(settingsSchema({ settings: {} })).maxTurns).toBe(CORE_TABLE.maxTurns.default);
    expect(CORE_TABLE.maxTurns.default).not.toBe(1);
  });

  test('refuses an own setting with the name of a core setting', () => {
    const { words } = WORDS.settings;
    expect(() => settingsSchema({ settings: { words: words as never, seed: words as never } })).toThrow(
      /has a setting "seed".*Rename it/,
    );
  });

  test("has the core's presets and the environment's", () => {
    expect(isPresetName(schema, 'quick')).toBe(true);
    expect(isPresetName(schema, 'long')).toBe(true);
    expect(isPresetName(schema, 'toString')).toBe(false);
    expect(presetSettings(schema, 'long')).toEqual({ ...defaultSettings(schema), words: 9, maxTokens: 32 });
  });

  test('copies are independent', () => {
    defaultSettings(schema).loraTargets.pop();
    expect(defaultSettings(schema).loraTargets).toHaveLength(7);
  });

  test('checks own values, rules and contradictions as those of the core', () => {
    const resolved = (flags: Record<string, string>) => resolveSettings({ flags }, schema).settings;
    expect(resolved({ words: '7' })['words']).toBe(7);
    expect(() => resolved({ words: '10' })).toThrow('words is 10; allowed: an integer from 1 to 9.');
    expect(() => resolved({ word: '7' })).toThrow('did you mean words?');
    expect(() => resolved({ words: '9', maxTokens: '15' })).toThrow('words is 9, but maxTokens is below 16.');
    expect(resolved({ words: '9', maxTokens: '16' }).maxTokens).toBe(16);
    // A setting of one environment is unknown in another.
    expect(() => checkSettings(defaultSettings(schema), settingsSchema({ settings: {} }))).toThrow(/words/);
  });
});
