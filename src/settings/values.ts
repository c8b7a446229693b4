/** Checking one value of one setting, and reading it from text. */
import { englishText, MailGymError, type ErrorName, type ErrorParams, type Told } from '../errors';
import type { ParamsOf, TextCode } from '../errors/texts';
import { ruleWords } from '../errors/texts/en/rule';
import { settings } from '../errors/texts/en/settings';
import type { Called, RuleData } from '../errors/texts/rule';
import type { TextTable } from '../errors/texts/types';
import type { NumberRule, SettingRule } from './setting-info';

/** One thing that is wrong with the settings given. */
export interface SettingProblem extends Told {
  /** Name as the user gave it, known or not; '' when a problem is not about one setting. */
  readonly key: string;
}

/** One or more settings are unknown, absurd or contradict each other. The message lists all problems. */
export class SettingsError extends MailGymError {
  static override readonly texts: TextTable = settings;
  override name: ErrorName<'SettingsError'> = 'SettingsError';
  readonly problems: readonly SettingProblem[];

  constructor(problems: readonly SettingProblem[]) {
    super(englishText(settings, 'settings', { problems }), { params: { problems } });
    this.problems = problems;
  }
}

/** A problem with the English text of its code. */
export function settingProblem<Code extends Extract<TextCode, `settings/${string}`>>(
  key: string,
  code: Code,
  params: ParamsOf<Code>,
): SettingProblem {
  const told = { code, params: params as ErrorParams };
  return { key, message: englishText(settings, code, told.params), ...told };
}

/** What the rule allows, in words: `an integer from 1 to 100`. */
export function describeRule(rule: SettingRule): string {
  return ruleWords(ruleData(rule));
}

/** The rule as data, for texts of it. */
export function ruleData(rule: SettingRule): RuleData {
  const { kind } = rule;
  switch (kind) {
    case 'integer':
    case 'number': {
      const { min, max, minOpen = false, maxOpen = false } = rule;
      return { kind, min, max, minOpen, maxOpen };
    }
    case 'choice':
      return { kind, choices: rule.choices, others: rule.others?.words ?? null };
    case 'list':
      return { kind, choices: rule.choices };
    case 'boolean':
    case 'text':
      return { kind };
  }
}

function inRange(value: number, rule: NumberRule): boolean {
  if (!Number.isFinite(value)) return false;
  if (rule.kind === 'integer' && !Number.isInteger(value)) return false;
  const aboveMin = rule.minOpen ? value > rule.min : value >= rule.min;
  const belowMax = rule.maxOpen ? value < rule.max : value <= rule.max;
  return aboveMin && belowMax;
}

function obeys(value: unknown, rule: SettingRule): boolean {
  switch (rule.kind) {
    case 'integer':
    case 'number':
      return typeof value === 'number' && inRange(value, rule);
    case 'choice':
      return (
        typeof value === 'string' && (rule.choices.includes(value) || rule.others?.form.test(value) === true)
      );
    case 'list':
      return (
        Array.isArray(value) &&
        value.length > 0 &&
        value.every((item) => typeof item === 'string' && rule.choices.includes(item)) &&
        new Set(value).size === value.length
      );
    case 'boolean':
      return typeof value === 'boolean';
    case 'text':
      return typeof value === 'string' && value.trim() !== '' && !hasControlCharacter(value);
  }
}

function isControlCharacter(char: string): boolean {
  return char < ' ' || char === '\u007f';
}

function hasControlCharacter(value: string): boolean {
  return [...value].some(isControlCharacter);
}

/** Control characters as `\u001b`: a terminal would act on them, and nobody would see what is refused. */
function visible(text: string): string {
  return [...text]
    .map((char) =>
      isControlCharacter(char) ? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}` : char,
    )
    .join('');
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${visible(value)}'`;
  if (typeof value === 'number' || typeof value === 'boolean' || value === undefined) return String(value);
  return JSON.stringify(value);
}

/** Null when the value is allowed. @param called how the user called the setting */
export function valueProblem(
  rule: SettingRule,
  value: unknown,
  key: string,
  called: Called = key,
): SettingProblem | null {
  if (obeys(value, rule)) return null;
  return settingProblem(key, 'settings/value', { called, given: show(value), rule: ruleData(rule) });
}

const NUMBER_TEXT = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const BOOLEAN_WORDS = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['0', false],
  ['no', false],
  ['off', false],
]);

/** Text as the rule's type. Text that cannot be read comes back unchanged, for {@link valueProblem} to refuse. */
export function readText(rule: SettingRule, text: string): unknown {
  const trimmed = text.trim();
  switch (rule.kind) {
    case 'integer':
    case 'number':
      return NUMBER_TEXT.test(trimmed) ? Number(trimmed) : text;
    case 'boolean':
      return BOOLEAN_WORDS.get(trimmed.toLowerCase()) ?? text;
    case 'list':
      return trimmed.split(',').map((item) => item.trim());
    case 'choice':
    case 'text':
      return trimmed;
  }
}

/** The value as {@link readText} reads it back. */
export function writeText(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}
