/**
 * Composition root: from settings to everything a run works with. The browser's worker and Node open runs through
 * here; they differ only in their {@link RunPlatform}.
 */
import { createEpisode, episodeRules } from '../env/mail/episode';
import { parserFor } from '../chat/parse/registry';
import type { PromptStyle } from '../env/mail/prompts';
import { rewardFor } from '../env/mail/reward';
import { scoreAnswer } from '../env/mail/scorer';
import { createMailStore } from '../env/mail/corpus/store';
import type { Dataset, MailStore, Question } from '../env/mail/corpus/types';
import { readAdapterFolder, type FileMap } from '../engine/peft';
import type { RunStore } from './stores/run-store';
import type { TrainerDeps } from './train/trainer';
import type { RunEvent } from '../grpo/types';
import { openDevice } from '../kernels/device';
import { tuneKernels, type TuningStore } from '../kernels/tuning';
import { createChatFormat } from '../chat/chat-format';
import { loadModelConfig, taskHints, type TaskHints } from '../engine/model/config';
import { readJson } from '../engine/files/files';
import { GpuPolicy } from '../engine/gpu-policy';
import { createTokenizer } from '../chat/tokenizer';
import { loadWeights } from '../engine/weights/weights';
import type { LoraConfig, ModelConfig, ModelFiles } from '../engine/types';
import type { Settings } from '../settings/settings';
import { memoryLine, prepareGpu, type Preparation } from './prepare';

/** What the surroundings provide: a browser's worker or a Node process. */
export interface RunPlatform {
  readonly webgpu: GPU;
  /** @throws PolicyError when there is no such model. */
  modelFiles(model: string): Promise<ModelFiles>;
  /** @throws CorpusError when there is no such dataset, or it is not sound. */
  dataset(dataset: string): Promise<Dataset>;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Keeps what was measured about the graphics card. */
  readonly tuning: TuningStore;
}

export interface OpenedRun {
  readonly deps: TrainerDeps;
  readonly dataset: Dataset;
  /** `deps.policy`, with what only the engine on the GPU has. */
  readonly policy: GpuPolicy;
  /** Content of the model's `config.json`. */
  readonly configJson: unknown;
  readonly mail: MailStore;
  /** As asked for, with lengths cut to what the model can hold. */
  readonly settings: Settings;
  /** Frees the device and the mail index. */
  dispose(): void;
}

export interface OpenRunOptions {
  /** Files of a PEFT folder; its rank, alpha and targets then count instead of the settings'. */
  readonly adapter?: FileMap;
  /** What the GPU is made ready for before the run starts; by default training, which samples and evaluates too. */
  readonly ready?: 'training' | 'evaluation' | 'nothing';
}

/**
 * Loads the dataset and the model and opens the GPU, which compiles its programs meanwhile; tells its progress as
 * events of the phases `loading` and `compiling`.
 * @throws CorpusError, PolicyError, GpuError
 */
export async function openRun(
  platform: RunPlatform,
  wanted: Settings,
  store: RunStore,
  onEvent: (event: RunEvent) => void,
  options: OpenRunOptions = {},
): Promise<OpenedRun> {
  const loading = (done: number, total: number, note: string) =>
    onEvent({ kind: 'progress', phase: 'loading', done, total, note });
  loading(0, 1, `dataset ${wanted.dataset}`);
  const dataset = await platform.dataset(wanted.dataset);
  loading(0, 1, `model ${wanted.model}`);
  const files = await platform.modelFiles(wanted.model);
  const config = await loadModelConfig(files);
  const configJson = await readJson(files, 'config.json');
  const hints = taskHints(configJson, `${files.origin}: config.json`);
  const tokenizer = await createTokenizer(files);
  const chat = await createChatFormat(files, { tokenizer });
  const settings = fitToModel(wanted, config, (message) => onEvent({ kind: 'warning', message }));
  const adapter = options.adapter === undefined ? null : readAdapterFolder(options.adapter, config);
  const lora: LoraConfig = adapter?.lora ?? {
    r: settings.loraR,
    alpha: settings.loraAlpha,
    targets: settings.loraTargets,
  };
  const { gpu } = await openDevice(platform.webgpu);
  const mail = await createMailStore(dataset.emails, {
    snippetTokens: settings.snippetTokens || (hints.snippetTokens ?? 15),
  });
  let policy: GpuPolicy | null = null;
  const dispose = () => {
    policy?.dispose();
    mail.close();
    gpu.device.destroy();
  };
  try {
    const parse = parserFor(templateText(tokenizer.pretrained.chat_template) ?? config.family);
    const startEpisode = (question: Question) =>
      createEpisode({
        ...episodeRules(settings.rewardPreset),
        toolErrors: settings.toolErrors,
        question,
        store: mail,
        maxTurns: settings.maxTurns,
        parse,
        score: scoreAnswer,
        promptStyle: promptStyle(settings, hints),
        maxResults: Math.min(10, settings.searchLimit || (hints.searchLimit ?? 10)),
      });
    if (!gpu.isSoftware) loading(0, 1, 'graphics card');
    const tuned = await tuneKernels(gpu, platform.tuning);
    if (tuned !== null) onEvent({ kind: 'log', line: `Measured which kernels suit this GPU: ${tuned}` });
    const { train, validation } = dataset.questions;
    const { ready = 'training' } = options;
    let preparation: Preparation | null = null;
    if (ready !== 'nothing') {
      const prompt = (question: Question) => {
        const { messages, tools } = startEpisode(question);
        return chat.prompt(messages, tools);
      };
      const trains = ready === 'training';
      const run = { config, lora, settings, questions: { train, validation }, prompt, chat, trains };
      preparation = await prepareGpu(gpu, run, onEvent);
    }
    const weights = await loadWeights(files, config, {
      onProgress: (loaded, total) => loading(loaded, total ?? 0, `weights of ${wanted.model}`),
    });
    const { seed, baseWeights } = settings;
    policy = new GpuPolicy(gpu, config, weights, { kind: 'adapter', lora, seed }, { baseWeights });
    if (adapter !== null) policy.loadAdapter(adapter.tensors);
    await preparation?.finish();
    const plan = preparation?.plan;
    const deps: TrainerDeps = {
      policy,
      ...(plan === undefined ? {} : { closingLine: () => memoryLine(gpu, plan) }),
      chat,
      parse,
      store,
      questions: { train, validation },
      createEpisode: startEpisode,
      reward: rewardFor(settings.rewardPreset),
      now: () => platform.now(),
    };
    return { deps, dataset, policy, configJson, mail, settings, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
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

function promptStyle(settings: Settings, hints: TaskHints): PromptStyle {
  if (settings.promptStyle !== 'auto') return settings.promptStyle;
  return hints.promptStyle === 'compact' ? 'compact' : 'full';
}

/** Some models have several templates; the tool-call form shows in any of them. */
function templateText(template: unknown): string | null {
  if (typeof template === 'string') return template;
  return template === null || template === undefined ? null : JSON.stringify(template);
}
