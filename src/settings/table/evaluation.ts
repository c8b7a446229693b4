/** Settings of evaluations, saves, and when a run ends or goes on. */
import { count, onOff, real, type TableOf } from '../setting-info';
import type { CoreSettings } from '../settings';

export const EVALUATION = {
  evalSteps: {
    label: 'Evaluate every',
    group: 'Evaluation and stopping',
    unit: 'steps',
    default: 20,
    rule: count(0, 1_000_000),
    env: 'EVAL_STEPS',
    description: 'Steps between evaluations on the validation split. 0: only after the last step.',
  },
  evalTemperature: {
    label: 'Evaluation temperature',
    group: 'Evaluation and stopping',
    unit: '',
    default: 1,
    rule: real(0, 10),
    description: 'Temperature of sampled evaluations. 0: always the most likely token.',
    advanced: true,
  },
  evalTries: {
    label: 'Tries per question',
    group: 'Evaluation and stopping',
    unit: 'tries',
    default: 1,
    rule: count(1, 64),
    description:
      'Sampled tries at each question when a model is evaluated by itself; above 1 with pass@k and how far the tries ' +
      'agree. Evaluations while training make one.',
    advanced: true,
  },
  saveSteps: {
    label: 'Save every',
    group: 'Files',
    unit: 'steps',
    default: 20,
    rule: count(0, 1_000_000),
    env: 'SAVE_STEPS',
    description: 'Steps between checkpoints. 0: none but those of evaluations and the end.',
  },
  keepCheckpoints: {
    label: 'Checkpoints kept',
    group: 'Files',
    unit: 'checkpoints',
    default: 3,
    rule: count(0, 1_000_000),
    description: 'Older checkpoints are removed; best_model and final stay. 0 keeps all.',
    advanced: true,
  },
  saveRollouts: {
    label: 'Save rollouts',
    group: 'Files',
    unit: '',
    default: false,
    rule: onOff,
    description:
      'Write every rollout to rollouts.jsonl: conversation, rewards, tokens. Some 10 kB a rollout; docs/traces.md.',
    advanced: true,
  },
  targetAccuracy: {
    label: 'Target accuracy',
    group: 'Evaluation and stopping',
    unit: '',
    default: 0.95,
    rule: real(0, 1, { minOpen: true }),
    env: 'TARGET_ACCURACY',
    description: 'The run ends when an evaluation reaches this share of correct answers.',
  },
  patience: {
    label: 'Patience',
    group: 'Evaluation and stopping',
    unit: 'evaluations',
    default: 5,
    rule: count(0, 1_000_000),
    env: 'PATIENCE',
    description: 'The run ends after this many evaluations in a row without a better accuracy. 0: never.',
  },
  runBaselineEval: {
    label: 'Baseline evaluation',
    group: 'Evaluation and stopping',
    unit: '',
    default: true,
    rule: onOff,
    env: 'RUN_BASELINE_EVAL',
    description: 'Evaluate the untouched model before the first step.',
  },
  resume: {
    label: 'Resume',
    group: 'Files',
    unit: '',
    default: 'no',
    rule: {
      kind: 'choice',
      choices: ['no', 'latest', 'best'],
      others: { form: /^checkpoint-(0|(minus-)?[1-9]\d*)$/, words: 'checkpoint-N' },
    },
    description:
      'Start afresh, or go on from a checkpoint of outputDir: the last one, that of the best model, or that of step N.',
  },
} satisfies Partial<TableOf<CoreSettings>>;
