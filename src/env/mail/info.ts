/** What can be said of the mail environment without opening it. */
import type { TableOf } from '../../settings/setting-info';
import { count, onOff } from '../../settings/setting-info';
import { settingProblem } from '../../settings/values';
import type { EnvironmentInfo, MetricInfo } from '../types';
import { mailLogFields } from './log-fields';
import type { RewardPreset, Rubric } from './types';

/** The environment's own settings, as values of a run's settings. */
export type MailSettings = {
  /** System prompt: the original's long one, a one-line one, or what the model's folder asks for. */
  promptStyle: 'auto' | 'full' | 'compact';
  /** Most search results; 0 takes the model folder's hint, else 10. */
  searchLimit: number;
  /** Words of a search result's excerpt; 0 takes the model folder's hint, else 15. */
  snippetTokens: number;
  /** How keywords find mail; `auto` is what the dataset asks for: broad for imported mail, exact for the built-in. */
  search: 'auto' | 'exact' | 'broad';
  /** Of a broad search: one word may be missing where all together are in no mail. */
  searchOneMissing: boolean;
  /** What a bad tool call does: end the episode, or come back to the policy as a message. */
  toolErrors: 'end' | 'message';
  rewardPreset: RewardPreset;
};

const settings: TableOf<MailSettings> = {
  promptStyle: {
    label: 'System prompt',
    group: 'Rollout',
    unit: '',
    default: 'auto',
    rule: { kind: 'choice', choices: ['auto', 'full', 'compact'] },
    description:
      'full: several paragraphs of instructions. compact: one line. auto: what the model folder asks for.',
    advanced: true,
  },
  searchLimit: {
    label: 'Search results',
    group: 'Rollout',
    unit: 'results',
    default: 0,
    rule: count(0, 10),
    description: "Results of a search, at most. 0: the model folder's hint, else 10.",
    advanced: true,
  },
  snippetTokens: {
    label: 'Excerpt length',
    group: 'Rollout',
    unit: 'words',
    default: 0,
    rule: count(0, 64),
    description: "Words in the excerpt of a search result. 0: the model folder's hint, else 15.",
    advanced: true,
  },
  search: {
    label: 'Search',
    group: 'Rollout',
    unit: '',
    default: 'auto',
    rule: { kind: 'choice', choices: ['auto', 'exact', 'broad'] },
    description:
      'exact: every keyword is a phrase that must stand in subject or body. broad: forms of English words, accents, Chinese, Japanese, ' +
      'Korean and Thai, names of senders and recipients; phrases in quotes. auto: broad for imported mail, exact for the built-in mailbox.',
    advanced: true,
  },
  searchOneMissing: {
    label: 'One word may be missing',
    group: 'Rollout',
    unit: '',
    default: true,
    rule: onOff,
    description:
      'Of a broad search: where no mail has all words, mails that lack one of them are found instead of nothing.',
    advanced: true,
  },
  toolErrors: {
    label: 'Bad tool calls',
    group: 'Rollout',
    unit: '',
    default: 'end',
    rule: { kind: 'choice', choices: ['end', 'message'] },
    description: 'end: a call that cannot be run ends the episode. message: the error is told to the policy.',
    advanced: true,
  },
  rewardPreset: {
    label: 'Reward',
    group: 'Reward and advantage',
    unit: '',
    default: 'default',
    rule: { kind: 'choice', choices: ['default', 'seed', 'simple'] },
    description:
      'default: no failure ever pays more than a success. seed: the original rules, number for number. simple: 1 for ' +
      'a correct answer, else 0.',
  },
};

const flag = (label: string, description: string): MetricInfo => ({ label, unit: 'share', description });
const counter = (label: string, description: string): MetricInfo => ({ label, unit: 'count', description });

const metrics: Readonly<Record<keyof Rubric, MetricInfo>> = {
  answer_correct: flag('right answer', 'The final answer is right, or abstaining was.'),
  sources_correct: flag('right source', 'The answer names a mail that holds it.'),
  num_turns: counter('turns', 'Turns of the policy in a conversation.'),
  attempted_answer: {
    ...flag('answered', 'An answer was given that is no “I don’t know”.'),
    inEvaluations: true,
  },
  ever_found_right_email: {
    ...flag('found the mail', 'A search showed a mail that holds the answer.'),
    inEvaluations: true,
  },
  ever_read_right_email: {
    ...flag('read the mail', 'A mail that holds the answer was read.'),
    inEvaluations: true,
  },
  cant_parse_tool_call: flag('unparsable', 'A turn held no tool call.'),
  bad_tool_call_name: flag('unknown tool', 'A tool was called that does not exist.'),
  bad_tool_call_args: flag('bad arguments', 'A call had arguments that the tool does not take.'),
  ran_out_of_turns: flag('out of turns', 'The turns ended without an answer.'),
  returned_i_dont_know: {
    ...flag(
      '“I don’t know”',
      'Share of conversations that ended by abstaining; right only for unanswerable questions.',
    ),
    inSteps: 'idkRate',
    inEvaluations: true,
  },
  num_sources: counter('sources', 'Mails named as sources of the answer.'),
  ever_tried_to_read_invalid_email: flag('read unknown mail', 'A mail was to be read that does not exist.'),
  num_repeated_searches: counter('repeated searches', 'Searches that were made before in the conversation.'),
  num_zero_result_searches: counter('empty searches', 'Searches that found nothing.'),
  repeated_zero_result_search: flag(
    'repeated an empty search',
    'A search that had found nothing was made again.',
  ),
  num_unique_searches: counter('different searches', 'Searches that had not been made before.'),
  num_total_searches: counter('searches', 'Searches of a conversation.'),
  num_retry_after_zero: counter('new tries', 'Different searches after one that found nothing.'),
  gave_up_too_early: flag('gave up early', 'Abstained while turns were left.'),
};

/** `format` is the reward of the first turn alone; no whole episode has it, as no first turn has the others. */
const parts = (preset: RewardPreset) => ({ [preset]: 1, format: 1 });

export const mailInfo: EnvironmentInfo = {
  id: 'mail',
  title: 'Search a mailbox',
  description: 'Answer questions about the mail of an inbox, with tools to search, read and answer.',
  settings,
  metrics,
  rewards: {
    default: { label: 'Reward (default)' },
    seed: { label: 'Reward (original system)' },
    simple: { label: 'Right answer' },
    format: { label: 'Form of the first call' },
  },
  rewardWeights: { default: parts('default'), seed: parts('seed'), simple: parts('simple') },
  importStore: 'mailbox',
  earlierCounts: {
    attemptedAnswer: 'attempted_answer',
    foundCorrectEmail: 'ever_found_right_email',
    readCorrectEmail: 'ever_read_right_email',
    numIdk: 'returned_i_dont_know',
  },
  logFields: mailLogFields,
  defaults: { dataset: 'mailgym-office' },
  firstTurn: true,
  presets: {
    mailbox: {
      title: 'A real mailbox',
      description:
        'For a real instruct model on mail with made questions: the expert is imitated on one half of them, GRPO asks the other. Wants a graphics card, or hours.',
      changes: {
        warmStartEpisodes: 699,
        warmStartBatchSize: 4,
        warmStartLearningRate: 1e-3,
        maxSteps: 28,
        batchSize: 5,
        numGenerations: 8,
        learningRate: 4e-4,
        beta: 0,
        maxTurns: 4,
        maxTokens: 96,
        maxSeqLength: 2048,
        promptStyle: 'compact',
        searchLimit: 4,
        snippetTokens: 8,
        loraR: 16,
        loraAlpha: 32,
        evalSteps: 14,
        evalDatasetSize: 100,
        saveSteps: 2,
      },
    },
    seed: {
      title: 'Original system',
      description:
        "The values, rewards and per-action advantages of the Python system that this one follows. Needs a model with a long context; a shorter one's limit is used.",
      changes: {
        trainDatasetSize: 3000,
        evalDatasetSize: 100,
        maxSteps: 200,
        batchSize: 4,
        numGenerations: 3,
        learningRate: 1e-5,
        lrSchedule: 'constant',
        weightDecay: 0.01,
        maxTurns: 10,
        maxTokens: 4096,
        maxSeqLength: 16_384,
        promptStyle: 'full',
        searchLimit: 10,
        snippetTokens: 15,
        loraAlpha: 16,
        lossType: 'grpo',
        rewardPreset: 'seed',
        readSlips: false,
        advantage: 'action',
        evalSteps: 10,
        evalTemperature: 0.5,
        saveSteps: 10,
        keepCheckpoints: 0,
      },
    },
  },
  contradictions: (values) =>
    values['rewardPreset'] === 'simple' && values.minGroupStd > 0.5
      ? [settingProblem('minGroupStd', 'settings/spread-of-two-rewards', { minGroupStd: values.minGroupStd })]
      : [],
};
