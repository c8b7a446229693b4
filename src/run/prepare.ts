/** Readies the GPU for a run while its weights load: what the run will need, whether that fits, programs compiled. */
import type { Task } from '../env/types';
import type { Gpu } from '../kernels/gpu';
import type { Engine } from '../engine/engine';
import { DEFAULT_KEPT_BYTES } from '../engine/gpu-policy';
import { planMemory, type PlannedUse, planPrograms, type PolicyPlan } from '../engine/plan';
import type { LoraConfig, SamplingParams } from '../engine/types';
import type { TokenId } from '../tokens/types';
import { lossConfig } from '../grpo/loss-config';
import type { RunEvent } from '../grpo/types';
import type { Settings } from '../settings/settings';
import { fitMemory, megabytes, memoryParts, type MemoryTrial, type SettledSettings } from './memory';

export interface RunOnGpu {
  readonly engine: Pick<Engine, 'gpu' | 'config' | 'chat' | 'formats' | 'bytesToLoad'>;
  readonly lora: LoraConfig;
  readonly settings: Settings;
  readonly tasks: { readonly train: readonly Task[]; readonly validation: readonly Task[] };
  /** Token ids of a task's first prompt. */
  readonly prompt: (task: Task) => readonly TokenId[];
  /** Tokens of the longest of them. */
  readonly longestPrompt: number;
  /** False where the policy is only evaluated. */
  readonly trains: boolean;
}

export interface Preparation {
  readonly plan: PolicyPlan;
  /** The run's, with the form of weights that was chosen. */
  readonly settings: SettledSettings;
  /** Most bytes that an update keeps of its layers; see `PolicyOptions`. */
  readonly keptBytes: number;
  /** Tells the progress of compiling from now on, and resolves when all programs are there. */
  finish(): Promise<void>;
}

/**
 * What a run would hold, and the form of weights with which it fits. Computes and compiles nothing.
 * @throws GpuError when the device does not give the memory that the run needs, with settings that would do
 */
export function planRun(
  run: RunOnGpu,
): Promise<{ readonly settings: SettledSettings; readonly trial: MemoryTrial }> {
  const { engine, lora } = run;
  const { gpu, config } = engine;
  const training = { kind: 'adapter', lora, seed: run.settings.seed } as const;
  const keeping = async (settings: SettledSettings, keptBytes: number): Promise<MemoryTrial> => {
    const options = policyOptions(settings, keptBytes);
    const plan = await planMemory(gpu, config, training, plannedUse(run, settings), options);
    // What the engine holds already is not asked for again.
    const held = engine.bytesToLoad(settings.baseWeights) === 0 ? plan.weights : 0;
    return { plan, keptBytes, fits: await gpu.canHold(plan.peakBytes - held) };
  };
  return fitMemory(
    {
      longestPrompt: run.longestPrompt,
      // Layers are rather computed twice than settings changed.
      trial: async (settings) => {
        const most = cacheBytes(settings);
        const wanted = await keeping(settings, most);
        if (wanted.fits || !run.trains || most <= DEFAULT_KEPT_BYTES) return wanted;
        return keeping(settings, DEFAULT_KEPT_BYTES);
      },
    },
    run.settings,
    engine.formats,
  );
}

/** As {@link planRun}, and begins to compile what the run will use. @throws GpuError */
export async function prepareGpu(run: RunOnGpu, onEvent: (event: RunEvent) => void): Promise<Preparation> {
  const { engine, lora } = run;
  const { gpu, config } = engine;
  const training = { kind: 'adapter', lora, seed: run.settings.seed } as const;
  const { settings, trial } = await planRun(run);
  const { baseWeights } = settings;
  const { keptBytes } = trial;
  const options = policyOptions(settings, keptBytes);
  const programs = await planPrograms(gpu, config, training, plannedUse(run, settings), options);
  const plan: PolicyPlan = { ...trial.plan, programs };
  onEvent({
    kind: 'log',
    line: `This run needs about ${memoryParts(plan, baseWeights)}, which the device has, and ${plan.programs.length} GPU programs.`,
  });
  const { peakBytes, weights, trained, cache, activations } = plan;
  onEvent({ kind: 'memory', need: { baseWeights, peakBytes, weights, trained, cache, activations } });
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
    settings,
    keptBytes,
    finish: () => {
      isShown = true;
      show();
      return compiled;
    },
  };
}

/** Bytes that keys and values may take, and then, when they are gone, what an update keeps of its layers. */
export const cacheBytes = ({ cacheMegabytes }: Settings): number => cacheMegabytes * 2 ** 20;

/** One line for the end of a run. */
export function memoryLine(gpu: Gpu, plan: PolicyPlan): string {
  const { peakBytes } = gpu.memory;
  return `GPU memory: at most ${megabytes(peakBytes)} MB in use, about ${megabytes(plan.peakBytes)} MB were expected.`;
}

const policyOptions = (settings: SettledSettings, keptBytes: number) => ({
  baseWeights: settings.baseWeights,
  cacheBytes: cacheBytes(settings),
  cacheType: settings.cacheType,
  keptBytes,
});

function plannedUse(run: RunOnGpu, settings: Settings): PlannedUse {
  const { tasks, prompt, trains } = run;
  const { chat } = run.engine;
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
      // Every step of training asks other tasks; evaluations ask the same ones.
      ...(trains ? { longestPrompt: run.longestPrompt } : {}),
    },
  };
}
