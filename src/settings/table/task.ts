/** Settings of what is learned: task, mode, model and data. */
import { MODES } from '../choices';
import { count, text, type TableOf } from '../setting-info';
import type { CoreSettings } from '../settings';

export const TASK = {
  environment: {
    label: 'Environment',
    group: 'Task',
    unit: '',
    default: 'mail',
    rule: text,
    description:
      'What the policy is asked to do: the id of a built-in environment, or on the command line the path of a file that ' +
      'defines one.',
  },
  mode: {
    label: 'Mode',
    group: 'Task',
    unit: '',
    default: 'masked',
    rule: { kind: 'choice', choices: MODES },
    description:
      'Which tokens learn. masked: only what the policy sampled. rollout: every token after the first prompt, tool ' +
      'results too, for comparison. simple: one completion per question, no tools, a reward for the format alone.',
  },
  model: {
    label: 'Model',
    group: 'Task',
    unit: '',
    default: 'mailgym-tiny',
    rule: text,
    env: 'MODEL_NAME',
    description:
      'The policy before training: a folder name below public/models, a URL prefix, or hub:<owner>/<name> (with ' +
      '@<revision> and /<folder> or /<file>.gguf behind it); on the command line also a path.',
  },
  dataset: {
    label: 'Dataset',
    group: 'Task',
    unit: '',
    default: 'built-in',
    rule: text,
    description:
      "Where the environment's tasks come from: a folder name below public/datasets, imported for files given to the " +
      'page, on the command line also a path; built-in for environments that make their own.',
  },
  trainDatasetSize: {
    label: 'Training questions',
    group: 'Task',
    unit: 'questions',
    default: 3000,
    rule: count(1, 10_000_000),
    env: 'TRAIN_DATASET_SIZE',
    description: 'Questions of the training split that are used, at most; a smaller split is used whole.',
  },
  evalDatasetSize: {
    label: 'Evaluation questions',
    group: 'Evaluation and stopping',
    unit: 'questions',
    default: 48,
    rule: count(1, 10_000_000),
    env: 'EVAL_DATASET_SIZE',
    description:
      'Questions of the validation or test split that an evaluation asks, at most; always the same ones.',
  },
} satisfies Partial<TableOf<CoreSettings>>;
