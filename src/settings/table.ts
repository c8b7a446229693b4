/**
 * What every setting means: the one source of form fields, validation, defaults, environment variables and
 * `docs/settings.md`. The mapped type makes a missing or superfluous entry a compile error. An environment adds its own
 * entries in the same form (`schema.ts`).
 */
import {
  ADVANTAGE_KINDS,
  BASE_WEIGHTS,
  CURRICULA,
  LORA_TARGETS,
  MODES,
  REWARD_AGGREGATIONS,
  REWARD_SCALINGS,
} from './choices';
import { IMPORTANCE_SAMPLING_LEVELS, LOSS_TYPES } from './objective';
import { count, onOff, real, type TableOf, text } from './setting-info';
import type { CoreSettings } from './settings';

export type CoreKey = keyof CoreSettings;

export const CORE_TABLE: TableOf<CoreSettings> = {
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
  warmStartEpisodes: {
    label: 'Expert episodes',
    group: 'Warm start',
    unit: 'episodes',
    default: 0,
    rule: count(0, 1_000_000),
    description:
      "Episodes of the environment's expert that the run learns from before GRPO; only what the expert wrote is trained. " +
      '0: no warm start.',
  },
  warmStartFile: {
    label: 'Conversations',
    group: 'Warm start',
    unit: '',
    default: 'none',
    rule: text,
    description:
      'A JSON Lines file of conversations to learn from before GRPO, in the forms of OpenAI and TRL (messages with ' +
      'tool_calls, or prompt and completion); none for no file.',
    advanced: true,
  },
  warmStartEpochs: {
    label: 'Warm start epochs',
    group: 'Warm start',
    unit: 'epochs',
    default: 1,
    rule: count(1, 1000),
    description: 'How often every conversation of the warm start is seen.',
    advanced: true,
  },
  warmStartBatchSize: {
    label: 'Warm start batch',
    group: 'Warm start',
    unit: 'conversations',
    default: 16,
    rule: count(1, 4096),
    description: 'Conversations of one supervised step.',
    advanced: true,
  },
  warmStartLearningRate: {
    label: 'Warm start rate',
    group: 'Warm start',
    unit: '',
    default: 2e-3,
    rule: real(0, 1, { minOpen: true }),
    description: 'Learning rate of the first supervised step; it falls in a straight line to a tenth.',
    advanced: true,
  },
  maxSteps: {
    label: 'Steps',
    group: 'Task',
    unit: 'steps',
    default: 120,
    rule: count(1, 1_000_000),
    env: 'MAX_STEPS',
    description: 'Training steps of the run: rollouts of one batch of questions, then the updates on them.',
  },
  batchSize: {
    label: 'Questions per step',
    group: 'Rollout',
    unit: 'questions',
    default: 6,
    rule: count(1, 4096),
    env: 'PER_DEVICE_TRAIN_BATCH_SIZE',
    description: 'Questions asked in each step; each makes one group of rollouts.',
  },
  numGenerations: {
    label: 'Rollouts per question',
    group: 'Rollout',
    unit: 'rollouts',
    default: 8,
    // A group of one has nothing to compare with and is always dropped.
    rule: count(2, 1024),
    env: 'NUM_GENERATIONS',
    description: 'Size of a group: tries at the same question, which are compared with each other.',
  },
  dynamicSampling: {
    label: 'Dynamic sampling',
    group: 'Rollout',
    unit: 'questions',
    default: 0,
    // With the largest batch, groups stay below the 65,536 that the sampler's random streams tell apart.
    rule: count(0, 16_384),
    description:
      'Further questions that a step asks, at most, in place of groups that teach nothing (DAPO); as many at a time as ' +
      'are missing. 0: such groups are not replaced.',
    advanced: true,
  },
  curriculum: {
    label: 'Curriculum',
    group: 'Task',
    unit: '',
    default: 'none',
    rule: { kind: 'choice', choices: CURRICULA },
    description:
      'none: all questions from the first step. easy-first: the easiest level first, then one more level at a time. A ' +
      'dataset without levels has one.',
    advanced: true,
  },
  curriculumShare: {
    label: 'Length of the curriculum',
    group: 'Task',
    unit: '',
    default: 0.5,
    rule: real(0, 1, { minOpen: true, maxOpen: true }),
    description: 'Share of maxSteps after which easy-first asks questions of all levels.',
    advanced: true,
  },
  learningRate: {
    label: 'Learning rate',
    group: 'Optimiser',
    unit: '',
    default: 2e-3,
    rule: real(0, 1, { minOpen: true }),
    env: 'LEARNING_RATE',
    description: "Peak step size of AdamW. Adapters of small models take far more than a large model's 1e-5.",
  },
  lrSchedule: {
    label: 'Learning-rate schedule',
    group: 'Optimiser',
    unit: '',
    default: 'linear',
    rule: { kind: 'choice', choices: ['constant', 'linear', 'cosine'] },
    description: 'How the rate falls after warm-up. linear and cosine end at 10 % of the peak.',
  },
  warmupSteps: {
    label: 'Warm-up',
    group: 'Optimiser',
    unit: 'steps',
    default: 0,
    rule: count(0, 1_000_000),
    env: 'WARMUP_STEPS',
    description: 'Steps in which the rate rises in equal parts to its peak.',
    advanced: true,
  },
  weightDecay: {
    label: 'Weight decay',
    group: 'Optimiser',
    unit: '',
    default: 0,
    rule: real(0, 1),
    description: "AdamW's decoupled weight decay, on the adapter.",
    advanced: true,
  },
  maxGradNorm: {
    label: 'Gradient clip',
    group: 'Optimiser',
    unit: '',
    default: 1,
    rule: real(0, 1e6, { minOpen: true }),
    env: 'MAX_GRAD_NORM',
    description: 'A gradient whose norm is larger is scaled down to it.',
    advanced: true,
  },
  klReference: {
    label: 'KL reference',
    group: 'Objective',
    unit: '',
    default: 'start',
    rule: { kind: 'choice', choices: ['start', 'bare'] },
    description:
      'What KL refers to. start: the policy as GRPO starts with it, after a warm start. bare: the model without adapter. ' +
      'Without a warm start both are the same.',
    advanced: true,
  },
  beta: {
    label: 'KL weight (beta)',
    group: 'Objective',
    unit: '',
    default: 0.01,
    rule: real(0, 10),
    env: 'BETA',
    description:
      'Weight of the k3 estimate of the divergence from the model without its adapter; 0 saves that forward pass.',
  },
  epsilonLow: {
    label: 'Clip below (epsilon)',
    group: 'Objective',
    unit: '',
    default: 0.2,
    rule: real(0, 1, { minOpen: true, maxOpen: true }),
    description: 'The ratio of new to old probability counts no lower than 1 - epsilonLow.',
    advanced: true,
  },
  epsilonHigh: {
    label: 'Clip above (epsilon)',
    group: 'Objective',
    unit: '',
    default: 0.2,
    rule: real(0, 10, { minOpen: true }),
    description:
      'The ratio of new to old probability counts no higher than 1 + epsilonHigh. With lossType cispo: no higher than ' +
      'epsilonHigh itself; 5 is usual there.',
    advanced: true,
  },
  delta: {
    label: 'Clip above for bad tokens (delta)',
    group: 'Objective',
    unit: '',
    default: 0,
    rule: real(0, 1e6),
    description:
      'Where the advantage is negative, the ratio counts no higher than this (two-sided clipping). Must be above ' +
      '1 + epsilonHigh. 0: no such bound. Read by grpo, bnpo, dapo and dr_grpo.',
    advanced: true,
  },
  sapoTemperaturePos: {
    label: 'SAPO temperature, good tokens',
    group: 'Objective',
    unit: '',
    default: 1,
    rule: real(0, 100, { minOpen: true }),
    description:
      'How fast sapo fades a token of positive advantage as its ratio leaves 1. Higher fades faster.',
    advanced: true,
  },
  sapoTemperatureNeg: {
    label: 'SAPO temperature, bad tokens',
    group: 'Objective',
    unit: '',
    default: 1.05,
    rule: real(0, 100, { minOpen: true }),
    description: 'The same for tokens of negative advantage.',
    advanced: true,
  },
  importanceSamplingLevel: {
    label: 'Ratio of',
    group: 'Objective',
    unit: '',
    default: 'token',
    rule: { kind: 'choice', choices: IMPORTANCE_SAMPLING_LEVELS },
    description:
      'What shares one ratio of new to old probability: each token; all trained tokens of a turn, or of the whole ' +
      'rollout, by their geometric mean (sequence with lossType grpo is GSPO). All but token cost one more forward pass.',
    advanced: true,
  },
  topEntropyQuantile: {
    label: 'Share of undecided tokens',
    group: 'Objective',
    unit: '',
    default: 1,
    rule: real(0, 1, { minOpen: true }),
    description:
      'Only this share of the trained tokens of a step, those of highest entropy, feels the policy loss; 0.2 is usual. ' +
      'KL and entropy bonus act on all. Below 1 costs one more forward pass.',
    advanced: true,
  },
  entropyCoef: {
    label: 'Entropy bonus',
    group: 'Objective',
    unit: '',
    default: 0,
    rule: real(0, 1),
    description: 'Reward for undecided tokens; keeps exploration alive. 0 for none.',
    advanced: true,
  },
  lossType: {
    label: 'Loss',
    group: 'Objective',
    unit: '',
    default: 'dapo',
    rule: { kind: 'choice', choices: LOSS_TYPES },
    description:
      'Weight of a token: grpo averages each rollout, then the batch; bnpo averages the tokens of a micro-batch; dapo ' +
      'those of the whole step; dr_grpo divides by the longest possible completion. cispo (weights as dapo) caps the ' +
      'ratio but lets every token learn; sapo (weights as grpo) fades instead of clipping.',
    advanced: true,
  },
  scaleRewards: {
    label: 'Advantage scaling',
    group: 'Reward and advantage',
    unit: '',
    default: 'group',
    rule: { kind: 'choice', choices: REWARD_SCALINGS },
    description:
      'Divide advantages by the standard deviation of rewards in the group, in all kept groups of the step (batch), or ' +
      'not at all.',
    advanced: true,
  },
  numIterations: {
    label: 'Updates per step',
    group: 'Optimiser',
    unit: 'updates',
    default: 1,
    rule: count(1, 64),
    description: 'Optimiser updates on the same rollouts; from the second on the clipped ratio matters.',
    advanced: true,
  },
  microBatchTokens: {
    label: 'Micro-batch',
    group: 'Optimiser',
    unit: 'tokens',
    default: 4096,
    rule: count(64, 1_048_576),
    description:
      'Distinct tokens of one forward and backward pass. Smaller needs less GPU memory; results are equal.',
    advanced: true,
  },
  maxTurns: {
    label: 'Turns',
    group: 'Rollout',
    unit: 'turns',
    default: 4,
    rule: count(1, 100),
    env: 'MAX_TURNS',
    description: 'Assistant turns of an episode, at most; the last one must give the answer.',
  },
  maxTokens: {
    label: 'Tokens per turn',
    group: 'Rollout',
    unit: 'tokens',
    default: 64,
    rule: count(1, 131_072),
    env: 'MAX_TOKENS',
    description: 'Tokens that the policy may write in one turn, at most.',
  },
  maxSeqLength: {
    label: 'Context',
    group: 'Rollout',
    unit: 'tokens',
    default: 1024,
    rule: count(16, 1_048_576),
    env: 'MAX_SEQ_LENGTH',
    description:
      "Tokens of a whole conversation, prompt and tool results included; cut to the model's own limit.",
  },
  thinking: {
    label: 'Thinking',
    group: 'Rollout',
    unit: '',
    default: false,
    rule: onOff,
    description:
      'Whether a model that can think does so before each turn (enable_thinking of its chat template). Off: thoughts hardly ' +
      'fit the short turns of an agent (maxTokens), and a call inside a cut thought is none.',
    advanced: true,
  },
  chatTemplateArguments: {
    label: 'Template arguments',
    group: 'Rollout',
    unit: '',
    default: 'none',
    rule: text,
    description:
      'Further variables of the chat template, as a JSON object such as {"reasoning_effort": "low"}; they beat thinking. ' +
      'none for none. docs/models.md.',
    advanced: true,
  },
  templateDate: {
    label: 'Date in the prompt',
    group: 'Rollout',
    unit: '',
    default: '2024-07-26',
    rule: text,
    description:
      'The day, YYYY-MM-DD, that chat templates which name one write into the prompt; never the day of the run, so that ' +
      'evaluations and resumed runs see the same tokens.',
    advanced: true,
  },
  readSlips: {
    label: 'Read slips of type',
    group: 'Rollout',
    unit: '',
    default: true,
    rule: onOff,
    description:
      'Reads arguments of the wrong type where it is plain what they mean: "5" for 5, one word or a JSON text for a list. ' +
      'They are counted (typeSlips). Off: they are wrong arguments.',
    advanced: true,
  },
  temperature: {
    label: 'Temperature',
    group: 'Rollout',
    unit: '',
    default: 1,
    rule: real(0, 10, { minOpen: true }),
    env: 'TEMPERATURE',
    description: 'Divides the logits, in sampling and in the loss alike. Below 1 is more certain.',
  },
  topP: {
    label: 'Top-p',
    group: 'Rollout',
    unit: '',
    default: 1,
    rule: real(0, 1, { minOpen: true }),
    description: 'Sample from the most likely tokens that hold this much probability together. 1 keeps all.',
    advanced: true,
  },
  topK: {
    label: 'Top-k',
    group: 'Rollout',
    unit: 'tokens',
    default: 0,
    rule: count(0, 1_000_000),
    description: 'Sample from this many most likely tokens. 0 keeps all.',
    advanced: true,
  },
  minP: {
    label: 'Min-p',
    group: 'Rollout',
    unit: '',
    default: 0,
    rule: real(0, 1, { maxOpen: true }),
    description: 'Leave out tokens less likely than this share of the most likely one. 0 keeps all.',
    advanced: true,
  },
  loraR: {
    label: 'LoRA rank',
    group: 'Adapter',
    unit: '',
    default: 16,
    rule: count(1, 1024),
    description: "Inner size of the adapter's matrices.",
  },
  loraAlpha: {
    label: 'LoRA alpha',
    group: 'Adapter',
    unit: '',
    default: 32,
    rule: real(0, 65_536, { minOpen: true }),
    description: 'The adapter counts alpha / rank times.',
  },
  loraTargets: {
    label: 'LoRA targets',
    group: 'Adapter',
    unit: '',
    default: [...LORA_TARGETS],
    rule: { kind: 'list', choices: LORA_TARGETS },
    description: 'Projections that get an adapter, separated by commas.',
    advanced: true,
  },
  baseWeights: {
    label: 'Base weights',
    group: 'Adapter',
    unit: '',
    default: 'auto',
    rule: { kind: 'choice', choices: BASE_WEIGHTS },
    description:
      'How the frozen weights are kept on the GPU, for training, evaluation and sampling alike. f16, int8 and int4 ' +
      'take 16, 9 and 5 bits a weight instead of 32 (embedding and head 16 in all of them); the policy is then the ' +
      'rounded model. auto: f32 where that takes at most 1200 MB, else f16, and the next smaller one that the run fits in; ' +
      'the run notes which.',
    advanced: true,
  },
  cacheMegabytes: {
    label: 'Key/value cache',
    group: 'Rollout',
    unit: 'MB',
    default: 2048,
    rule: count(1, 1_048_576),
    description:
      'Most GPU memory for keys and values while sampling, all layers together, and then for what an update keeps of its ' +
      'layers. Where it is full, rollouts wait for each other, and layers are computed twice; results are equal.',
    advanced: true,
  },
  rewardWeights: {
    label: 'Reward weights',
    group: 'Reward and advantage',
    unit: '',
    default: 'auto',
    rule: text,
    description:
      "Weights of the reward's parts, as part=weight with commas between; parts that are not named weigh 0. auto: those of " +
      'rewardPreset.',
    advanced: true,
  },
  rewardAggregation: {
    label: 'Reward aggregation',
    group: 'Reward and advantage',
    unit: '',
    default: 'sum_then_normalize',
    rule: { kind: 'choice', choices: REWARD_AGGREGATIONS },
    description:
      "sum_then_normalize: the parts' weighted sum is compared within the group. normalize_then_sum: each part is compared " +
      'and scaled within the group before it is weighted (GDPO), so that no part drowns the others; scaleRewards then plays no role.',
    advanced: true,
  },
  advantage: {
    label: 'Advantage',
    group: 'Reward and advantage',
    unit: '',
    default: 'trajectory',
    rule: { kind: 'choice', choices: ADVANTAGE_KINDS },
    description:
      "trajectory: a rollout's reward against its group. action: the original's fixed value per action. mixed: both, " +
      'compared within the group.',
    advanced: true,
  },
  advantageMix: {
    label: 'Outcome share',
    group: 'Reward and advantage',
    unit: '',
    default: 0.5,
    rule: real(0, 1),
    description: 'Weight of the outcome when advantage is mixed; the rest goes to the actions.',
    advanced: true,
  },
  minGroupStd: {
    label: 'Least spread of a group',
    group: 'Reward and advantage',
    unit: 'reward',
    default: 0.05,
    rule: real(0, 10),
    env: 'MIN_GROUP_STD',
    description:
      'Groups whose rewards have a smaller standard deviation teach nothing and are dropped, and counted; ' +
      'dynamicSampling replaces them.',
    advanced: true,
  },
  maskTruncated: {
    label: 'Ignore cut rollouts',
    group: 'Reward and advantage',
    unit: '',
    default: false,
    rule: onOff,
    description: 'Do not learn from rollouts that ran into a token limit.',
    advanced: true,
  },
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
  seed: {
    label: 'Seed',
    group: 'Task',
    unit: '',
    default: 42,
    rule: count(0, 4_294_967_295),
    env: 'SEED',
    description: 'Everything random follows from it: two runs with one seed give the same numbers.',
  },
  outputDir: {
    label: 'Output folder',
    group: 'Files',
    unit: '',
    default: 'outputs/grpo_<mode>',
    rule: text,
    env: 'OUTPUT_DIR',
    description:
      "Where adapters, metrics and logs go; <mode> stands for the mode. In the page: the browser's storage.",
  },
  hubEndpoint: {
    label: 'Hub',
    group: 'Files',
    unit: '',
    default: 'https://huggingface.co',
    rule: text,
    env: 'HF_ENDPOINT',
    description:
      'Address of the server that hub:<owner>/<name> is asked of: the Hugging Face hub, or a mirror of it.',
    advanced: true,
  },
  offline: {
    label: 'Offline',
    group: 'Files',
    unit: '',
    default: false,
    rule: onOff,
    env: 'HF_HUB_OFFLINE',
    description: 'Take models from earlier downloads and ask no server; what was not downloaded is refused.',
    advanced: true,
  },
  downloadTimeout: {
    label: 'Download time-out',
    group: 'Files',
    unit: 's',
    default: 30,
    rule: real(0, 86_400, { minOpen: true }),
    description: 'A download to which nothing comes for so long is tried again, from where it is.',
    advanced: true,
  },
  verbose: {
    label: 'Verbose log',
    group: 'Files',
    unit: '',
    default: false,
    rule: onOff,
    env: 'VERBOSE',
    description: 'Log every rollout, group and update.',
    advanced: true,
  },
};
