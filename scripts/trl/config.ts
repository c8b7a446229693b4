/** Settings of a run in TRL's words, for `run.json` of an exported folder. */
import type { ModelChat } from '../../src/chat/types';
import type { JsonObject, ToolSchema } from '../../src/conversation/types';
import { templateOptions } from '../../src/chat/chat-format';
import type { Task } from '../../src/env/types';
import { tasksOfStep } from '../../src/grpo/schedule';
import type { Settings } from '../../src/settings/settings';

/** Arguments of TRL 1.16's `GRPOConfig`. */
export function grpoArguments(settings: Settings): JsonObject {
  const { learningRate, delta, minP } = settings;
  return {
    num_generations: settings.numGenerations,
    learning_rate: learningRate,
    ...schedule(settings),
    warmup_steps: settings.warmupSteps,
    weight_decay: settings.weightDecay,
    max_grad_norm: settings.maxGradNorm,
    beta: settings.beta,
    epsilon: settings.epsilonLow,
    epsilon_high: settings.epsilonHigh,
    delta: delta === 0 ? null : delta,
    sapo_temperature_pos: settings.sapoTemperaturePos,
    sapo_temperature_neg: settings.sapoTemperatureNeg,
    importance_sampling_level: settings.importanceSamplingLevel === 'sequence' ? 'sequence' : 'token',
    top_entropy_quantile: settings.topEntropyQuantile,
    entropy_coef: settings.entropyCoef,
    loss_type: settings.lossType,
    scale_rewards: settings.scaleRewards,
    num_iterations: settings.numIterations,
    mask_truncated_completions: settings.maskTruncated,
    temperature: settings.temperature,
    top_p: settings.topP,
    top_k: settings.topK,
    min_p: minP === 0 ? null : minP,
    seed: settings.seed,
    save_steps: settings.saveSteps,
    save_total_limit: settings.keepCheckpoints,
  };
}

/** Both fall to a tenth of the peak, as `learningRateAt` does. */
function schedule({ learningRate, lrSchedule }: Settings): JsonObject {
  switch (lrSchedule) {
    case 'constant':
      return { lr_scheduler_type: 'constant_with_warmup' };
    case 'linear':
      return {
        lr_scheduler_type: 'polynomial',
        lr_scheduler_kwargs: { lr_end: learningRate / 10, power: 1 },
      };
    case 'cosine':
      return { lr_scheduler_type: 'cosine_with_min_lr', lr_scheduler_kwargs: { min_lr_rate: 0.1 } };
  }
}

/** What the settings say that TRL does otherwise, one sentence each. */
export function unlike(settings: Settings): string[] {
  const { advantage, importanceSamplingLevel, minGroupStd, mode, dynamicSampling, rewardAggregation } =
    settings;
  return [
    ...(mode === 'masked'
      ? []
      : [`TRL masks tool results always, as mode masked does; the run has mode ${mode}.`]),
    ...(advantage === 'trajectory'
      ? []
      : [`TRL knows no advantage "${advantage}": each rollout has one advantage there.`]),
    ...(importanceSamplingLevel === 'turn'
      ? ['TRL knows no importance ratio of turns; tokens have their own.']
      : []),
    ...(minGroupStd > 0 ? ['TRL keeps groups whose rewards hardly differ (minGroupStd).'] : []),
    ...(dynamicSampling > 0
      ? ['TRL asks no further questions in place of groups without spread (dynamicSampling).']
      : []),
    ...(rewardAggregation === 'sum_then_normalize'
      ? []
      : ['TRL is given the weighted sum of the reward; its parts are not normalised one by one.']),
  ];
}

/** Places of the tasks in the training split, step by step, as a run asks them. */
export function taskOrder(tasks: readonly Task[], settings: Settings): number[] {
  const place = new Map(tasks.map((task, index) => [task, index]));
  return Array.from({ length: settings.maxSteps }, (_, step) => tasksOfStep(tasks, step + 1, settings))
    .flat()
    .map((task) => place.get(task) as number);
}

/** Variables of the chat template. */
export function templateArguments(settings: Settings): JsonObject {
  return templateOptions(settings).templateArguments ?? {};
}

/**
 * How transformers is to read a turn, for chat templates that TRL does not know: calls in Hermes' form. Null for others,
 * whose form has to be told by hand.
 */
export function responseTemplate(chat: ModelChat, tools: readonly ToolSchema[]): JsonObject | null {
  if (chat.form !== 'hermes') return null;
  const [stop] = chat.stopIds;
  if (stop === undefined) return null;
  const mark = 'MARK';
  const text = chat.decode(chat.prompt([{ role: 'user', content: mark }], tools), { keepSpecial: true });
  const stopText = chat.decode([stop], { keepSpecial: true });
  const after = text
    .slice(text.lastIndexOf(mark) + mark.length)
    .replace(stopText, '')
    .trimStart();
  if (after === '') return null;
  const literal = stopText.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return {
    defaults: { role: 'assistant' },
    start_anchor: after,
    fields: {
      reasoning_content: { open: '<think>', close_pattern: String.raw`</think>\s*`, content: 'text' },
      tool_calls: {
        open: '<tool_call>',
        close_pattern: String.raw`</tool_call>\s*`,
        repeats: true,
        content: 'json',
        transform: { type: 'function', function: '{content}' },
      },
      content: { close_pattern: String.raw`${literal}\s*`, content: 'text' },
    },
  };
}
