/** What a comparison is about, as its environment says it: which parts of the report there are, and their words. */
import { basename } from 'node:path';
import { environmentInfo, isBuiltIn, isKnown } from '../../src/env/registry';
import { DEFAULT_ENVIRONMENT, schemaOf } from '../../src/env/settings';
import type { EnvironmentInfo } from '../../src/env/types';
import { settingInfo } from '../../src/settings/schema';
import type { Score } from './types';

/** The dataset that `scripts/dataset.ts` makes; environments that take it can be asked a second one. */
const GENERATED = 'mailgym-office';
/** Name of the reward of the original system. */
const ORIGINAL = 'seed';
const IDK = 'returned_i_dont_know';

/** A number of the sampled test episodes, beside the accuracy. */
export interface Column {
  readonly label: string;
  readonly isShare: boolean;
  /** Mean over the questions; null where it was not recorded. */
  readonly of: (score: Score) => number | null;
}

/** Whether mode simple can train on it. */
export const hasFirstTurn = ({ firstTurn }: EnvironmentInfo): boolean => firstTurn === true;

/** Whether a second dataset can be generated. */
export const hasGenerator = ({ defaults }: EnvironmentInfo): boolean => defaults?.dataset === GENERATED;

export function hasOriginalReward(environment: EnvironmentInfo): boolean {
  const { rewardPreset } = environment.settings;
  return rewardPreset?.rule.kind === 'choice' && rewardPreset.rule.choices.includes(ORIGINAL);
}

/** Whether an answer can be that the policy does not know. */
export const saysIdk = ({ metrics }: EnvironmentInfo): boolean => IDK in metrics;

/** Metrics that are recorded as means; those of mail are counts of questions, as they always were. */
export function recordedMetrics(environment: EnvironmentInfo): readonly string[] {
  if (saysIdk(environment)) return [];
  return Object.entries(environment.metrics)
    .filter(([, { inEvaluations }]) => inEvaluations === true)
    .map(([name]) => name);
}

export function columnsOf(environment: EnvironmentInfo): readonly Column[] {
  if (saysIdk(environment)) {
    return [
      { label: '"I don\'t know"', isShare: true, of: ({ idk, questions }) => idk / questions },
      { label: 'attempted', isShare: true, of: ({ attempted, questions }) => attempted / questions },
    ];
  }
  return recordedMetrics(environment).map((name) => {
    const { label = name, unit } = environment.metrics[name] ?? {};
    return { label, isShare: unit === 'share', of: ({ metrics }) => metrics?.[name] ?? null };
  });
}

/** The environment that runs name, where it is known here; else the one that the command names. */
export function subjectOf(named: unknown, asked: string): EnvironmentInfo {
  return environmentInfo(typeof named === 'string' && isKnown(named) ? named : asked);
}

/** The environment's own name for folders: its id, or that of its file. */
export function folderName(environment: string): string {
  return isBuiltIn(environment) ? environment : basename(environment).replace(/\.[^.]*$/, '');
}

export const isDefault = (environment: string): boolean => environment === DEFAULT_ENVIRONMENT;

/** The default of a setting in an environment; undefined where there is no such setting. */
export function defaultOf(environment: string, key: string): unknown {
  const schema = schemaOf(environment);
  return key in schema.table ? settingInfo(schema, key).default : undefined;
}
