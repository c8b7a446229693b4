/** What can be said of a setting: its form, its rule and its words. */
import type { SettingValue } from './settings';

export const SETTING_GROUPS = [
  'Task',
  'Warm start',
  'Rollout',
  'Reward and advantage',
  'Objective',
  'Optimiser',
  'Adapter',
  'Evaluation and stopping',
  'Files',
] as const;
export type SettingGroup = (typeof SETTING_GROUPS)[number];

/** Bounds are inclusive unless marked open. */
export interface NumberRule {
  readonly kind: 'integer' | 'number';
  readonly min: number;
  readonly max: number;
  readonly minOpen?: boolean;
  readonly maxOpen?: boolean;
}
export interface ChoiceRule<T> {
  readonly kind: 'choice';
  readonly choices: readonly T[];
  /** Values beside the choices, by their form, and that form in words. */
  readonly others?: { readonly form: RegExp; readonly words: string };
}
/** A non-empty list without repeats. */
export interface ListRule<T> {
  readonly kind: 'list';
  readonly choices: readonly T[];
}
export interface BooleanRule {
  readonly kind: 'boolean';
}
/** Non-empty text without control characters. */
export interface TextRule {
  readonly kind: 'text';
}
export type SettingRule = NumberRule | ChoiceRule<string> | ListRule<string> | BooleanRule | TextRule;

export type RuleFor<T> = [T] extends [boolean]
  ? BooleanRule
  : [T] extends [number]
    ? NumberRule
    : [T] extends [readonly (infer Item)[]]
      ? ListRule<Item>
      : string extends T
        ? TextRule
        : ChoiceRule<T>;

export interface SettingInfo<T> {
  readonly label: string;
  readonly group: SettingGroup;
  /** '' for pure numbers, names and switches. */
  readonly unit: string;
  readonly default: T;
  readonly rule: RuleFor<T>;
  readonly description: string;
  /** The original system's environment variable. */
  readonly env?: string;
  /** Shown in the page only on request. */
  readonly advanced?: true;
}

/** Entries by setting name, in the order in which they are shown, for the settings `S`. */
export type TableOf<S> = { readonly [K in keyof S]: SettingInfo<S[K]> };

/** An entry seen without its setting's type, for code that handles any setting. */
export type AnySettingInfo = Omit<SettingInfo<SettingValue>, 'rule'> & { readonly rule: SettingRule };
export type SettingsTable = Readonly<Record<string, AnySettingInfo>>;

/** An integer from `min` to `max`. */
export const count = (min: number, max: number): NumberRule => ({ kind: 'integer', min, max });
/** A number from `min` to `max`. */
export const real = (
  min: number,
  max: number,
  open: { minOpen?: true; maxOpen?: true } = {},
): NumberRule => ({
  kind: 'number',
  min,
  max,
  ...open,
});
/** A switch: true or false. */
export const onOff: BooleanRule = { kind: 'boolean' };
/** Text that is not empty. */
export const text: TextRule = { kind: 'text' };
