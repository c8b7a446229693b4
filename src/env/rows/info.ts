/** What can be said of the environment `rows` without opening it. */
import { real, text, type TableOf } from '../../settings/setting-info';
import type { EnvironmentInfo } from '../types';
import { ANSWER_FORMS, CHECKS, type RowsSettings } from './settings';

const table: TableOf<RowsSettings> = {
  check: {
    label: 'Check',
    group: 'Task',
    unit: '',
    default: 'exact',
    rule: { kind: 'choice', choices: CHECKS },
    description:
      "When an answer is right. exact: the row's answer, whatever the spacing. number: its last number is the row's, within " +
      "tolerance. contains: the row's answer stands in it, not inside a longer word or number. pattern: the regular " +
      "expression finds a match in it. one-of: exact for one of the row's answers, a list.",
  },
  answerForm: {
    label: 'Form of the answer',
    group: 'Task',
    unit: '',
    default: 'whole',
    rule: { kind: 'choice', choices: ANSWER_FORMS },
    description:
      'Where the answer stands in what the policy writes, after its thinking. whole: all of it. last-line: the last line ' +
      'that is not blank. boxed: in the last \\boxed{}. hashes: after the last ####, to the end of the line. tag: in the ' +
      'last <answer></answer>.',
  },
  instruction: {
    label: 'Instruction',
    group: 'Task',
    unit: '',
    default: 'auto',
    rule: text,
    description:
      'Text that joins the system message of every task. auto: one sentence that tells the form of the answer, none for ' +
      'whole. none: nothing is added.',
  },
  tolerance: {
    label: 'Tolerance',
    group: 'Task',
    unit: '',
    default: 0,
    rule: real(0, 1e12),
    description:
      "check number: how far an answer may lie from the row's number, in its own unit. A billionth of the number is always " +
      'allowed.',
  },
  ignoreCase: {
    label: 'Ignore case',
    group: 'Task',
    unit: '',
    default: true,
    rule: { kind: 'boolean' },
    description: 'Capital and small letters count as the same, in every check.',
    advanced: true,
  },
  pattern: {
    label: 'Pattern',
    group: 'Task',
    unit: '',
    default: 'row',
    rule: text,
    description:
      "check pattern: a regular expression in RE2's syntax (no look-around, no back-references), for all rows; {answer} in it " +
      "stands for the row's answer, letter by letter. row: each row's answer is its own pattern.",
    advanced: true,
  },
  promptColumn: {
    label: 'Column of prompts',
    group: 'Task',
    unit: '',
    default: 'prompt',
    rule: text,
    description: 'Where a row keeps what is asked: text, or messages. Dots lead into objects.',
    advanced: true,
  },
  answerColumn: {
    label: 'Column of answers',
    group: 'Task',
    unit: '',
    default: 'answer',
    rule: text,
    description:
      'Where a row keeps its answer: text, a number, true or false, for check one-of a list. Dots lead into objects, as in ' +
      'answers.text.',
    advanced: true,
  },
  rowAnswerForm: {
    label: 'Form of answers in rows',
    group: 'Task',
    unit: '',
    default: 'whole',
    rule: { kind: 'choice', choices: ANSWER_FORMS },
    description:
      'Where the answer stands in the text of that column, as answerForm has it: for datasets that keep a worked solution, ' +
      'which then serves as expert too.',
    advanced: true,
  },
  rewardPreset: {
    label: 'Reward',
    group: 'Reward and advantage',
    unit: '',
    default: 'default',
    rule: { kind: 'choice', choices: ['default', 'right'] },
    description:
      'default: 1 for a right answer, 0.1 for one in the form that was asked. right: for right answers alone.',
  },
};

export const info: EnvironmentInfo = {
  id: 'rows',
  title: 'Rows with answers',
  description:
    'Questions from a JSON Lines or Parquet file, each answered in one turn and compared with the answer in its row.',
  settings: table,
  defaults: { maxTurns: 1, maxTokens: 256 },
  metrics: {
    answerFound: {
      label: 'Answers found',
      unit: 'share',
      description: 'Share of rollouts that give an answer in the form that was asked, right or not.',
      inSteps: 'answerFound',
      inEvaluations: true,
    },
  },
  rewards: { right: { label: 'Right answer' }, form: { label: 'Form of the answer' } },
  rewardWeights: { default: { right: 1, form: 0.1 }, right: { right: 1, form: 0 } },
};
