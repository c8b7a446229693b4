/**
 * What a language of the page consists of. English defines the page's texts and those of errors; its help of settings and
 * metrics stands in their own tables. Another language has to have all of it: the compiler names what it lacks, what it has
 * beside that, and texts that speak of something else. It is one folder beside `en/`, and one line in `language.ts`.
 */
import type { AutomaticSettings } from '../../env/automatic';
import type { CALL_METRICS } from '../../env/automatic';
import type { GuessSettings } from '../../env/guess/rules';
import type { MailSettings } from '../../env/mail/info';
import type { RewardPreset, Rubric } from '../../env/mail/types';
import type { RowsSettings } from '../../env/rows/settings';
import type { ErrorTexts } from '../../errors/texts';
import type { RuleData } from '../../errors/texts/rule';
import type { EVALUATION_METRICS } from '../../report/evaluation-metrics';
import type { FormatWords } from '../../report/format';
import type { MetricEntry } from '../../report/metric-info';
import type { STEP_METRICS, WARM_START_METRICS } from '../../report/metrics';
import type { CORE_PRESETS } from '../../settings/presets';
import type { SettingGroup } from '../../settings/setting-info';
import type { CoreKey } from '../../settings/table';
import type { english } from './en';

type Wide<T> = T extends string
  ? string
  : T extends (...given: infer Given) => string
    ? (...given: Given) => string
    : { readonly [K in keyof T]: Wide<T[K]> };

/** The page's own texts, by section. */
export type PageTexts = Wide<typeof english>;

/** Of a setting: its label, the unit behind its field where that is a word, and its help. */
export interface SettingWords {
  readonly label: string;
  readonly unit?: string;
  readonly description: string;
}
/** Of a preset or an environment. */
export interface Titled {
  readonly title: string;
  readonly description: string;
}
/** Of a metric: with a short name where the table has one. */
type MetricWords<Entry extends MetricEntry> = {
  readonly label: string;
  readonly caption: string;
} & (Entry extends { readonly short: string } ? { readonly short: string } : { readonly short?: undefined });
type MetricTable<Table extends Readonly<Record<string, MetricEntry>>> = {
  readonly [Name in keyof Table]: MetricWords<Table[Name]>;
};

/** What an environment says of itself; metrics as label and help. */
export interface EnvironmentWords<
  Setting extends string = string,
  Metric extends string = string,
  Reward extends string = string,
  Preset extends string = string,
> extends Titled {
  readonly settings: Readonly<Record<Setting, SettingWords>>;
  readonly metrics: Readonly<Record<Metric, Omit<SettingWords, 'unit'>>>;
  readonly rewards: Readonly<Record<Reward, string>>;
  readonly presets: Readonly<Record<Preset, Titled>>;
}

type MailWords = EnvironmentWords<
  keyof MailSettings & string,
  keyof Rubric & string,
  RewardPreset | 'format',
  'mailbox' | 'seed'
>;

/** Help of settings and metrics. */
export interface Help {
  readonly groups: Readonly<Record<SettingGroup, string>>;
  readonly settings: Readonly<Record<CoreKey, SettingWords>>;
  readonly presets: Readonly<Record<keyof typeof CORE_PRESETS, Titled>>;
  readonly stepMetrics: MetricTable<typeof STEP_METRICS>;
  readonly warmStartMetrics: MetricTable<typeof WARM_START_METRICS>;
  readonly evaluationMetrics: MetricTable<typeof EVALUATION_METRICS>;
  /** Caption of each part of a reward. */
  readonly rewardPart: string;
  /** The built-in ones, by id. */
  readonly environments: {
    readonly mail: MailWords;
    readonly 'mail-first-call': Titled;
    readonly guess: EnvironmentWords<
      keyof GuessSettings,
      'guesses' | 'wastedGuesses',
      'right' | 'sensible',
      never
    >;
    readonly rows: EnvironmentWords<keyof RowsSettings, 'answerFound', 'right' | 'form', never>;
    readonly digit: EnvironmentWords<never, never, 'mentions' | 'exact', never>;
  };
  /** What every defined environment has: settings, counts of calls, and the reward without others. */
  readonly automatic: {
    readonly settings: Readonly<Record<keyof AutomaticSettings, SettingWords>>;
    readonly metrics: Readonly<Record<keyof typeof CALL_METRICS, Omit<SettingWords, 'unit'>>>;
    readonly rewards: { readonly success: string };
  };
  /** What a setting may be, as in "Allowed: an integer from 1 to 100." */
  readonly rule: (rule: RuleData) => string;
}

export interface Catalogue {
  readonly page: PageTexts;
  /** By code; empty in English, which every error's message is in. */
  readonly errors: Partial<ErrorTexts>;
  /** Null in English, which the tables are in. */
  readonly help: Help | null;
  readonly format: FormatWords;
}
/** Of every language but English. */
export interface WholeCatalogue extends Catalogue {
  readonly errors: ErrorTexts;
  readonly help: Help;
}
