/** A model on a GPU: device, tokenizer, chat and base weights, kept for as long as somebody asks for them. */
import { createChatFormat, templateOptions } from '../chat/chat-format';
import { createTokenizer } from '../chat/tokenizer';
import type { ModelChat } from '../chat/types';
import type { JsonObject } from '../conversation/types';
import { adoptDevice, openDevice } from '../kernels/device';
import type { Gpu } from '../kernels/gpu';
import { tuneKernels, type TuningStore } from '../kernels/tuning';
import { type BaseWeightsChoice, type WeightFormat } from '../settings/choices';
import type { DownloadOptions } from './files/url';
import { readJson } from '../formats/files';
import { CORE_TABLE } from '../settings/table';
import type { TemplateSettings } from '../settings/template';
import { GpuPolicy, type PolicyOptions } from './gpu-policy';
import { loadModelConfig, modelHints } from './model/config';
import type { LoraConfig, ModelConfig } from './types';
import type { ModelFiles } from '../formats/files';
import { streamWeights } from './weights/stream';
import { formsOf, weightBytes } from './weights/storage';
import { openWeights } from './weights/weight-files';
import type { BaseWeights } from './weights/weights-gpu';

/** What the surroundings provide: a browser's worker or a Node process. */
export interface EnginePlatform {
  readonly webgpu: GPU;
  /** A device that is open already; it stays open when the engine is disposed of. Absent: one is opened. */
  readonly device?: GPUDevice;
  /** @throws PolicyError when there is no such model. */
  modelFiles(model: string, downloads?: DownloadOptions): Promise<ModelFiles>;
  /** Keeps what was measured about the graphics card. */
  readonly tuning: TuningStore;
}

export interface EngineOptions {
  /** Name, address or path of the model, as the setting has it. */
  readonly model: string;
  /** How the frozen weights are kept on the GPU; default auto. */
  readonly baseWeights?: BaseWeightsChoice;
  /** How a model on a server is downloaded. */
  readonly downloads?: DownloadOptions;
  /** What the chat template is told; default: the settings' defaults. */
  readonly template?: TemplateSettings;
  /** Bytes or files; `total` is 0 where it is not known. */
  readonly onProgress?: (done: number, total: number, note: string) => void;
  /** A line for the log. */
  readonly onNote?: (line: string) => void;
}

/**
 * Opens device, tokenizer and chat of a model. Weights follow with {@link Engine.load}, so that a run can compile its
 * programs meanwhile.
 * @throws PolicyError, GpuError
 */
export async function openEngine(platform: EnginePlatform, options: EngineOptions): Promise<Engine> {
  const { model, onProgress = () => undefined, onNote = () => undefined } = options;
  onProgress(0, 1, `model ${model}`);
  const files = await platform.modelFiles(model, { onNote, ...options.downloads });
  const config = await loadModelConfig(files);
  const configJson = await readJson(files, 'config.json');
  const hints = modelHints(configJson, `${files.origin}: config.json`);
  const tokenizer = await createTokenizer(files);
  const { eosTokenIds } = config;
  const chats = new Chats((settings) =>
    createChatFormat(files, { tokenizer, eosTokenIds, ...templateOptions(settings) }),
  );
  const chat = await chats.of(options.template ?? DEFAULT_TEMPLATE);
  const { device, webgpu } = platform;
  const { gpu } = device === undefined ? await openDevice(webgpu) : adoptDevice(device);
  const isLent = device !== undefined;
  try {
    if (!gpu.isSoftware) onProgress(0, 1, 'graphics card');
    const tuned = await tuneKernels(gpu, platform.tuning);
    if (tuned !== null) onNote(`Measured which kernels suit this GPU: ${tuned}`);
  } catch (error) {
    close(gpu, isLent);
    throw error;
  }
  const { baseWeights = 'auto' } = options;
  return new Engine({ gpu, isLent, model, baseWeights, files, config, configJson, hints, chat, chats });
}

/** What a template is told where no settings say so. */
export const DEFAULT_TEMPLATE: TemplateSettings = {
  thinking: CORE_TABLE.thinking.default,
  chatTemplateArguments: CORE_TABLE.chatTemplateArguments.default,
  templateDate: CORE_TABLE.templateDate.default,
};

/** Chats of one model by what its template is told: templates are tried out once for each. */
class Chats {
  readonly #create: (settings: TemplateSettings) => Promise<ModelChat>;
  readonly #known = new Map<string, Promise<ModelChat>>();

  constructor(create: (settings: TemplateSettings) => Promise<ModelChat>) {
    this.#create = create;
  }

  of({ thinking, chatTemplateArguments, templateDate }: TemplateSettings): Promise<ModelChat> {
    const key = JSON.stringify([thinking, chatTemplateArguments, templateDate]);
    const known = this.#known.get(key) ?? this.#create({ thinking, chatTemplateArguments, templateDate });
    this.#known.set(key, known);
    return known;
  }
}

interface Parts {
  readonly gpu: Gpu;
  readonly isLent: boolean;
  readonly model: string;
  readonly baseWeights: BaseWeightsChoice;
  readonly files: ModelFiles;
  readonly config: ModelConfig;
  readonly configJson: unknown;
  readonly hints: JsonObject;
  readonly chat: ModelChat;
  readonly chats: Chats;
}

/** Several policies, each with an adapter of its own, may live over one engine's weights; one computes at a time. */
export class Engine {
  readonly gpu: Gpu;
  readonly model: string;
  /** As it was asked for. */
  readonly wanted: BaseWeightsChoice;
  readonly config: ModelConfig;
  /** Content of the model's `config.json`. */
  readonly configJson: unknown;
  /** The model's wishes for how a task is put to it: `mailgym` of its config.json. */
  readonly hints: JsonObject;
  /** As the engine was opened; {@link chatFor} for other settings. */
  readonly chat: ModelChat;
  readonly #chats: Chats;
  readonly #files: ModelFiles;
  readonly #isLent: boolean;
  #weights: Promise<BaseWeights> | null = null;
  #loaded: BaseWeights | null = null;
  #format: WeightFormat | null;

  constructor(parts: Parts) {
    const { gpu, isLent, model, baseWeights, files, config, configJson, hints, chat, chats } = parts;
    this.gpu = gpu;
    this.model = model;
    this.wanted = baseWeights;
    this.#format = baseWeights === 'auto' ? null : baseWeights;
    this.config = config;
    this.configJson = configJson;
    this.hints = hints;
    this.chat = chat;
    this.#chats = chats;
    this.#files = files;
    this.#isLent = isLent;
  }

  /** How the frozen weights are kept; null until that is chosen. */
  get baseWeights(): WeightFormat | null {
    return this.#format;
  }

  /** The forms that may still be chosen, the best first. */
  get formats(): readonly WeightFormat[] {
    return this.#format === null ? formsOf(this.config) : [this.#format];
  }

  /** Bytes that weights of that form still need on the GPU: 0 when they are there. */
  bytesToLoad(format: WeightFormat): number {
    return this.#loaded === null ? weightBytes(this.config, format) : 0;
  }

  /** Settles the form of `auto`, before {@link load}. */
  choose(format: WeightFormat): void {
    this.#format ??= format;
  }

  /**
   * Brings the weights to the GPU; at once where they are there already. A form that nobody has chosen is the best that
   * the device has room for.
   * @param signal ends the loading, after which this engine is of no more use
   * @throws PolicyError, GpuError; the signal's reason
   */
  async load(onProgress: EngineOptions['onProgress'] = () => undefined, signal?: AbortSignal): Promise<void> {
    this.#weights ??= this.#read(onProgress, signal);
    this.#loaded = await this.#weights;
  }

  /** The chat for what the settings tell the template. @throws PolicyError when it does not serve so */
  chatFor(settings: TemplateSettings): Promise<ModelChat> {
    return this.#chats.of(settings);
  }

  /** A policy with a fresh adapter, which changes nothing until it is trained or loaded. After {@link load}. */
  policy(
    lora: LoraConfig,
    seed: number,
    options: Pick<PolicyOptions, 'cacheBytes' | 'cacheType' | 'keptBytes'> = {},
  ): GpuPolicy {
    if (this.#loaded === null)
      throw new Error('The engine was asked for a policy before its weights were loaded.');
    return new GpuPolicy(this.gpu, this.config, this.#loaded, { kind: 'adapter', lora, seed }, options);
  }

  /** Frees everything on the device, and the device itself unless it was given. */
  dispose(): void {
    close(this.gpu, this.#isLent);
  }

  async #read(
    onProgress: NonNullable<EngineOptions['onProgress']>,
    signal: AbortSignal | undefined,
  ): Promise<BaseWeights> {
    signal?.throwIfAborted();
    const format = this.#format ?? (await this.#roomiest());
    this.choose(format);
    const store = await openWeights(this.#files, (loaded, total) =>
      onProgress(loaded, total ?? 0, `weights of ${this.model}`),
    );
    try {
      return await streamWeights(this.gpu, this.config, store, format, {
        onProgress: (loaded, total) => onProgress(loaded, total, `weights of ${this.model}`),
        ...(signal === undefined ? {} : { signal }),
      });
    } finally {
      await store.close();
    }
  }

  /** Of several forms the first that fits, or the smallest. */
  async #roomiest(): Promise<WeightFormat> {
    for (const format of this.formats) {
      if (await this.gpu.canHold(weightBytes(this.config, format))) return format;
    }
    return 'int4';
  }
}

function close(gpu: Gpu, isLent: boolean): void {
  if (isLent) gpu.dispose();
  else gpu.device.destroy();
}
