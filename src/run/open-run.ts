/** From settings and what a session holds to everything that a run works with. */
import { readingSlips } from '../chat/slips';
import { EnvironmentError } from '../env/errors';
import type { ChatMessage } from '../conversation/types';
import type { OpenedEnvironment, Task } from '../env/types';
import type { Engine } from '../engine/engine';
import type { GpuPolicy } from '../engine/gpu-policy';
import { readAdapterFolder } from '../engine/peft';
import { type FileMap } from '../formats/files';
import type { LoraConfig, ModelConfig } from '../engine/types';
import type { RunEvent, Watching } from '../grpo/types';
import { Random } from '../random/philox';
import type { Settings } from '../settings/settings';
import { checkPrompt, longestPrompt } from './prompts';
import { cacheBytes, memoryLine, planRun, type Preparation, prepareGpu, type RunOnGpu } from './prepare';
import { rewardWeightsOf } from './reward-weights';
import { schemaOfEnvironment, type Session, type SessionEnvironment } from './session';
import type { RunStore } from './stores/run-store';
import type { TrainerDeps } from './train/trainer';
import type { RunPlan } from './types';

export interface OpenedRun {
  readonly deps: TrainerDeps;
  readonly engine: Engine;
  readonly environment: OpenedEnvironment;
  /** `deps.policy`, with what only the engine on the GPU has. */
  readonly policy: GpuPolicy;
  /** As asked for, with lengths cut to what the model can hold. */
  readonly settings: Settings;
  /** Frees the policy, and lets go of the environment; engine and environment stay with the session. */
  dispose(): void;
}

export interface OpenRunOptions {
  /** Files of a PEFT folder; its rank, alpha and targets then count instead of the settings'. */
  readonly adapter?: FileMap;
  /** What the GPU is made ready for before the run starts; by default training, which samples and evaluates too. */
  readonly ready?: 'training' | 'evaluation' | 'nothing';
  /** What training looks at beside itself. */
  readonly watching?: () => Watching;
  /** Ends a download of the model, or what else goes on: opening then rejects with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Opens model, GPU and tasks, where the session does not have them yet; programs compile while weights load. Tells its
 * progress as events of the phases `loading` and `compiling`.
 * @throws EnvironmentError, PolicyError, GpuError, SettingsError
 */
export async function openRun(
  session: Session,
  wanted: Settings,
  store: RunStore,
  onEvent: (event: RunEvent) => void,
  options: OpenRunOptions = {},
): Promise<OpenedRun> {
  const loading = loadingOf(onEvent);
  const log = (line: string) => onEvent({ kind: 'log', line });
  const { signal } = options;
  const engine = await session.engine(wanted, loading, log, signal);
  signal?.throwIfAborted();
  const { config } = engine;
  const chat = await engine.chatFor(wanted);
  for (const notice of chat.notices) log(notice);
  const settings = fitToModel(wanted, config, (message) => onEvent({ kind: 'warning', message }));
  loading(0, 1, `tasks ${wanted.dataset}`);
  const tasks = await session.environment(settings, engine.hints);
  const release = session.hold(tasks);
  try {
    signal?.throwIfAborted();
    const run = await openWith(session, { engine, chat, tasks, settings }, store, onEvent, options);
    const dispose = (): void => {
      run.dispose();
      release();
    };
    return { ...run, dispose };
  } catch (error) {
    release();
    throw error;
  }
}

/** What is there before the GPU is made ready. */
interface Found {
  readonly engine: Engine;
  readonly chat: Awaited<ReturnType<Engine['chatFor']>>;
  readonly tasks: SessionEnvironment;
  readonly settings: Settings;
}

async function openWith(
  session: Session,
  { engine, chat, tasks: { environment, opened }, ...found }: Found,
  store: RunStore,
  onEvent: (event: RunEvent) => void,
  options: OpenRunOptions,
): Promise<OpenedRun> {
  const { signal } = options;
  const { config, gpu } = engine;
  let { settings } = found;
  const adapter = options.adapter === undefined ? null : readAdapterFolder(options.adapter, config);
  for (const message of adapter?.notices ?? []) onEvent({ kind: 'warning', message });
  const { train, validation } = opened.tasks;
  const { seed } = settings;
  const lora: LoraConfig = adapter?.lora ?? {
    r: settings.loraR,
    alpha: settings.loraAlpha,
    targets: settings.loraTargets,
  };
  const { ready = 'training' } = options;
  let preparation: Preparation | null = null;
  if (ready !== 'nothing') {
    const onGpu = asksOf(
      { engine, chat, tasks: { environment, opened }, settings },
      lora,
      ready === 'training',
    );
    preparation = await prepareGpu(onGpu, onEvent);
    ({ settings } = preparation);
    engine.choose(preparation.settings.baseWeights);
  }
  await engine.load(loadingOf(onEvent), signal);
  settings = { ...settings, baseWeights: engine.baseWeights ?? settings.baseWeights };
  const policy = engine.policy(lora, seed, {
    cacheBytes: cacheBytes(settings),
    cacheType: settings.cacheType,
    ...(preparation === null ? {} : { keptBytes: preparation.keptBytes }),
  });
  if (adapter !== null) policy.loadAdapter(adapter.tensors);
  await preparation?.finish();
  if (signal?.aborted === true) {
    policy.dispose();
    signal.throwIfAborted();
  }
  const plan = preparation?.plan;
  const deps: TrainerDeps = {
    policy,
    ...(plan === undefined ? {} : { closingLine: () => memoryLine(gpu, plan) }),
    chat,
    parse: settings.readSlips ? readingSlips(chat.parse) : chat.parse,
    store,
    environment: environment.id,
    tasks: { train, validation, test: opened.tasks.test },
    ...(options.watching === undefined ? {} : { watching: options.watching }),
    ...(opened.hash === undefined ? {} : { environmentHash: opened.hash }),
    schema: schemaOfEnvironment(environment),
    start: (task, random) => opened.start(task, random),
    startTraining: startOfMode(opened, settings),
    rewardWeights: rewardWeightsOf(environment, settings),
    metrics: environment.metrics,
    warmStart: {
      ...(opened.expert === undefined ? {} : { expert: opened.expert.bind(opened) }),
      form: chat.form,
      readText: (path) => session.platform.readText(path),
    },
    readAdapter: (files) => readAdapterFolder(files, config).tensors,
    ...(environment.logFields === undefined ? {} : { logFields: environment.logFields }),
    now: () => session.platform.now(),
  };
  return { deps, engine, environment: opened, policy, settings, dispose: () => policy.dispose() };
}

/** What a run asks of the GPU. @throws PolicyError where a prompt is longer than a sequence may be */
function asksOf(
  { engine, chat, tasks: { opened }, settings }: Found,
  lora: LoraConfig,
  trains: boolean,
): RunOnGpu {
  const { train, validation } = opened.tasks;
  const begin = (task: Task) => opened.start(task, new Random(settings.seed, 'plan'));
  const prompt = (task: Task) => {
    const { messages, tools } = begin(task);
    return chat.prompt(messages, tools);
  };
  const asked = [
    ...(trains ? train.slice(0, settings.trainDatasetSize) : []),
    ...validation.slice(0, settings.evalDatasetSize),
  ];
  const longest = longestPrompt(asked, (task) => charactersOf(begin(task).messages), prompt);
  if (longest !== null) checkPrompt(longest, settings.maxSeqLength);
  const tasks = { train, validation };
  return { engine, lora, settings, tasks, prompt, longestPrompt: longest?.length ?? 0, trains };
}

/**
 * What a run of these settings will hold on the GPU. Opens the model, of which it reads no weights, and the tasks.
 * @throws EnvironmentError, PolicyError; GpuError where it does not fit, with settings that would do
 */
export async function planOf(
  session: Session,
  wanted: Settings,
  onEvent: (event: RunEvent) => void,
  signal?: AbortSignal,
): Promise<RunPlan> {
  const engine = await session.engine(wanted, loadingOf(onEvent), () => undefined, signal);
  const chat = await engine.chatFor(wanted);
  const settings = fitToModel(wanted, engine.config, () => undefined);
  const tasks = await session.environment(settings, engine.hints);
  const release = session.hold(tasks);
  try {
    const lora = { r: settings.loraR, alpha: settings.loraAlpha, targets: settings.loraTargets };
    const { settings: settled, trial } = await planRun(asksOf({ engine, chat, tasks, settings }, lora, true));
    const { baseWeights } = settled;
    const { peakBytes, weights, trained, cache, activations } = trial.plan;
    return {
      need: { baseWeights, peakBytes, weights, trained, cache, activations },
      rollouts: settings.batchSize * settings.numGenerations * settings.maxSteps,
      maxPositions: engine.config.maxPositions,
    };
  } finally {
    release();
  }
}

function loadingOf(onEvent: (event: RunEvent) => void) {
  return (done: number, total: number, note: string) =>
    onEvent({ kind: 'progress', phase: 'loading', done, total, note });
}

function charactersOf(messages: readonly ChatMessage[]): number {
  return messages.reduce((sum, message) => sum + JSON.stringify(message).length, 0);
}

/** Mode `simple` trains on first turns alone. */
function startOfMode(opened: OpenedEnvironment, { mode, environment }: Settings): OpenedEnvironment['start'] {
  if (mode !== 'simple') return (task, random) => opened.start(task, random);
  const first = opened.startFirstTurn?.bind(opened);
  if (first !== undefined) return first;
  throw EnvironmentError.of('environment/first-turn', { environment });
}

/** Cuts lengths that the model's positions cannot hold, and says so. */
export function fitToModel(
  settings: Settings,
  config: Pick<ModelConfig, 'maxPositions'>,
  warn: (message: string) => void,
): Settings {
  const { maxPositions } = config;
  if (settings.maxSeqLength <= maxPositions) return settings;
  const maxTokens = Math.min(settings.maxTokens, maxPositions);
  const turn = maxTokens < settings.maxTokens ? `, maxTokens ${settings.maxTokens}` : '';
  warn(
    `maxSeqLength ${settings.maxSeqLength}${turn} is more than the ${maxPositions} positions of ${settings.model}, which are used instead.`,
  );
  return { ...settings, maxSeqLength: maxPositions, maxTokens };
}
