/** Readies the GPU for a run while its weights load: what the run will need, whether that fits, programs compiled. */
import type { ChatFormat } from '../chat/types';
import type { Task } from '../env/types';
import type { Gpu } from '../kernels/gpu';
import { GpuError } from '../kernels/errors';
import { type PlannedUse, planPolicy, type PolicyPlan } from '../engine/plan';
import type { LoraConfig, ModelConfig, SamplingParams } from '../engine/types';
import type { TokenId } from '../tokens/types';
import { lossConfig } from '../grpo/loss-config';
import type { RunEvent } from '../grpo/types';
import type { Settings } from '../settings/settings';

export interface RunOnGpu {
  readonly config: ModelConfig;
  readonly lora: LoraConfig;
  readonly settings: Settings;
  readonly tasks: { readonly train: readonly Task[]; readonly validation: readonly Task[] };
  /** Token ids of a task's first prompt. */
  readonly prompt: (task: Task) => readonly TokenId[];
  readonly chat: Pick<ChatFormat, 'stopIds'>;
  /** False where the policy is only evaluated. */
  readonly trains: boolean;
}

export interface Preparation {
  readonly plan: PolicyPlan;
  /** Tells the progress of compiling from now on, and resolves when all programs are there. */
  finish(): Promise<void>;
}

/** @throws GpuError when the device does not give the memory that the run needs */
export async function prepareGpu(
  gpu: Gpu,
  run: RunOnGpu,
  onEvent: (event: RunEvent) => void,
): Promise<Preparation> {
  const { config, lora, settings } = run;
  const { seed, baseWeights } = settings;
  const training = { kind: 'adapter', lora, seed } as const;
  const plan = await planPolicy(gpu, config, training, plannedUse(run), {
    baseWeights,
    cacheBytes: cacheBytes(settings),
  });
  await checkMemory(gpu, plan.peakBytes, settings);
  onEvent({
    kind: 'log',
    line: `This run needs about ${megabytes(plan.peakBytes)} MB of GPU memory and ${plan.programs.length} GPU programs.`,
  });
  let done = 0;
  let total = plan.programs.length;
  let isShown = false;
  const show = () => {
    if (isShown) onEvent({ kind: 'progress', phase: 'compiling', done, total, note: '' });
  };
  const compiled = gpu.compile(plan.programs, (ready, all) => {
    done = ready;
    total = all;
    show();
  });
  // Whoever does not come to `finish` has an error of their own to tell.
  compiled.catch(() => undefined);
  return {
    plan,
    finish: () => {
      isShown = true;
      show();
      return compiled;
    },
  };
}

/** Bytes that keys and values may take. */
export const cacheBytes = ({ cacheMegabytes }: Settings): number => cacheMegabytes * 2 ** 20;

/** One line for the end of a run. */
export function memoryLine(gpu: Gpu, plan: PolicyPlan): string {
  const { peakBytes } = gpu.memory;
  return `GPU memory: at most ${megabytes(peakBytes)} MB in use, about ${megabytes(plan.peakBytes)} MB were expected.`;
}

const megabytes = (bytes: number) => Math.ceil(bytes / 1e6);

function plannedUse({ settings, tasks, prompt, chat, trains }: RunOnGpu): PlannedUse {
  const { temperature, evalTemperature, topK, topP, minP, seed } = settings;
  const training = tasks.train.slice(0, settings.batchSize).flatMap((task) => {
    const ids = prompt(task);
    return new Array<readonly TokenId[]>(settings.numGenerations).fill(ids);
  });
  const evaluation = tasks.validation.slice(0, settings.evalDatasetSize).map(prompt);
  // Tries beyond the first are of evaluations without training.
  const tries = trains ? 1 : settings.evalTries;
  const tried = evaluation.flatMap((ids) => new Array<readonly TokenId[]>(tries).fill(ids));
  const params = (t: number): SamplingParams => ({ temperature: t, topK, topP, minP, seed });
  return {
    tokens: settings.microBatchTokens,
    maxSeqLength: settings.maxSeqLength,
    loss: trains ? lossConfig(settings) : null,
    sampling: {
      calls: [trains ? training : [], evaluation, tries > 1 ? tried : []].filter((call) => call.length > 0),
      params: [...new Set([temperature, evalTemperature, 0])].map(params),
      stopIds: chat.stopIds,
    },
  };
}

async function checkMemory(gpu: Gpu, bytes: number, settings: Settings): Promise<void> {
  if (await gpu.canHold(bytes)) return;
  throw new GpuError(
    `This run needs about ${megabytes(bytes)} MB of GPU memory, more than this device gives. Lower microBatchTokens ` +
      `(now ${settings.microBatchTokens}), maxSeqLength (now ${settings.maxSeqLength}), numGenerations ` +
      `(now ${settings.numGenerations}) or cacheMegabytes (now ${settings.cacheMegabytes}), close other programs that use the GPU, ${
        settings.baseWeights === 'int4' ? '' : 'pack the weights (baseWeights=int4), '
      }or choose a smaller model.`,
  );
}
