import type { Settings } from '../../settings/settings';

export const CHECKS = ['exact', 'number', 'contains', 'pattern', 'one-of'] as const;
export type Check = (typeof CHECKS)[number];

/** Where an answer stands in a text. */
export const ANSWER_FORMS = ['whole', 'last-line', 'boxed', 'hashes', 'tag'] as const;
export type AnswerForm = (typeof ANSWER_FORMS)[number];

/** The environment's own settings. Meanings: `info.ts`. */
export type RowsSettings = {
  check: Check;
  answerForm: AnswerForm;
  instruction: string;
  tolerance: number;
  ignoreCase: boolean;
  pattern: string;
  promptColumn: string;
  answerColumn: string;
  rowAnswerForm: AnswerForm;
  rewardPreset: 'default' | 'right';
};

/** @param settings checked against the environment's table before. */
export function rowsSettings(settings: Settings): RowsSettings {
  return settings as unknown as RowsSettings;
}
