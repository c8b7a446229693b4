/** What the library's calls take and answer. */
import type { ChatFormat } from '../chat/types';
import type { JsonObject } from '../conversation/types';
import type { DownloadOptions } from '../engine/files/url';
import type { FileMap } from '../formats/files';
import type { LoraConfig, ModelConfig, TrainablePolicy } from '../engine/types';
import type { TaskInput } from '../env/definition';
import type { Environment, Split } from '../env/types';
import type { RunEvent, StopReason } from '../grpo/types';
import type { RunPlatform } from '../run/session';
import type { RunStore } from '../run/stores/run-store';
import type { AskEvent } from '../run/types';
import type { BaseWeightsChoice, WeightFormat } from '../settings/choices';
import type { Settings } from '../settings/settings';

/** Files of a PEFT folder by name: `adapter_config.json`, `adapter_model.safetensors`, and what lies beside them. */
export type AdapterFiles = FileMap;

/** An adapter that a run wrote. */
export interface TrainedAdapter {
  /** Files of its PEFT folder, as Python's PEFT reads it. */
  readonly files: AdapterFiles;
  /** Its folder among the run's files: `final`, or `checkpoint-N` of a run that was stopped. */
  readonly path: string;
}

/**
 * An adapter in any form: as a run answers it, as files, as the bytes of a zip, or by its place (in Node a folder or zip on
 * disk, in a browser the folder of a run in its storage, such as `outputs/masked/final`).
 */
export type AdapterSource = TrainedAdapter | AdapterFiles | Uint8Array | string;

/** Replaces parts of what the library finds by itself. */
export type PlatformOptions = Partial<Omit<RunPlatform, 'environment' | 'device'>>;

/** A model to open. */
export interface ModelOptions {
  /**
   * A bundled model by name, an address, `hub:<owner>/<name>`, or in Node a path. Default: the setting `model`, which is
   * `mailgym-tiny`.
   */
  readonly model?: string;
  /**
   * Address of a folder that holds `models/<name>/` and `datasets/<name>/`. Node finds those of the package by itself; in a
   * browser a name needs this address.
   */
  readonly baseUrl?: string | URL;
  /** A WebGPU device of your own, which stays open. Default: one is opened for the call, or the engine. */
  readonly device?: GPUDevice;
  readonly platform?: PlatformOptions;
  /**
   * How a model on a server is downloaded: `token` for private and gated ones, `endpoint` of a mirror, `offline`,
   * `timeoutMs`, and more.
   */
  readonly downloads?: DownloadOptions;
}

/** What {@link openEngine} takes. */
export interface EngineOptions extends ModelOptions {
  /** How the frozen weights are kept on the GPU. Default `auto`: by the model's size and the device's room. */
  readonly baseWeights?: BaseWeightsChoice;
  /** Ends the opening: it rejects with the signal's reason, and what was opened is freed. */
  readonly signal?: AbortSignal;
  /** Progress of phase `loading`, and lines for a log. */
  readonly onEvent?: (event: RunEvent) => void;
}

/** What {@link Engine.policy} takes. */
export interface PolicyOptions {
  /** Default: a fresh adapter, which changes nothing until it is trained. */
  readonly adapter?: AdapterFiles;
  /** Of a fresh adapter; defaults are those of the settings `loraR`, `loraAlpha` and `loraTargets`. */
  readonly lora?: Partial<LoraConfig>;
  /** Of a fresh adapter's random half. Default: that of the setting `seed`. */
  readonly seed?: number;
}

/**
 * A model on a GPU, with the tasks that were opened last. It serves any number of runs, evaluations and questions, one
 * after the other: calls that overlap wait for each other, but a question that comes during a run is answered between
 * two of its steps.
 */
export interface Engine {
  /** As it was asked for. */
  readonly model: string;
  /** How the frozen weights are kept on the GPU. */
  readonly baseWeights: WeightFormat;
  /** Shape of the model: layers, widths, vocabulary, positions. */
  readonly config: ModelConfig;
  /** The model's tokenizer and chat template. */
  readonly chat: ChatFormat;
  /**
   * A policy of your own over the engine's weights: sample, score, accumulate, update. Dispose of it when done.
   * @throws PolicyError when the adapter does not fit the model
   */
  policy(options?: PolicyOptions): TrainablePolicy;
  /** Frees the GPU. Calls that still go on fail, so end them by their signals first. */
  dispose(): void;
}

/** What every call on an environment takes. */
export interface CallOptions extends ModelOptions {
  /** Id of a built-in environment (`mail`, `rows`, …), or what {@link defineEnvironment} made. */
  readonly environment: string | Environment;
  /** Settings by name; what is left out is as the preset has it. `docs/settings.md` lists them. */
  readonly settings?: Readonly<Partial<Settings>>;
  /** Name of a set of settings, such as `quick`. */
  readonly preset?: string;
  /** An engine that is open already, in place of `model`, `baseUrl`, `device` and `platform`; it stays open. */
  readonly engine?: Engine;
}

/** What {@link train} takes. */
export interface TrainOptions extends CallOptions {
  /** Folder for the run's files: on disk in Node, in the origin's private file system in a browser. */
  readonly outputDir?: string;
  /** Another place for them. Default, with neither: memory. */
  readonly store?: RunStore;
  /** To start from; its rank, alpha and targets count then instead of the settings'. */
  readonly adapter?: AdapterSource;
  /**
   * Ends the run: what is being sampled is given up, the steps before it are saved, and the call resolves with reason
   * `stopped`. Before the first step it rejects with the signal's reason.
   */
  readonly signal?: AbortSignal;
  /** Progress, steps, evaluations, saves and warnings, in order. */
  readonly onEvent?: (event: RunEvent) => void;
}

/** How a run ended. */
export interface TrainSummary {
  readonly reason: StopReason;
  /** The last step that was done. */
  readonly step: number;
  /** Best validation accuracy, 0 to 1; null when nothing was evaluated. */
  readonly bestAccuracy: number | null;
  readonly adapter: TrainedAdapter;
  /** The folder that the run's files are in, as it was asked for; null when they are in a store or in memory. */
  readonly outputDir: string | null;
  /** All files of the run: checkpoints, metrics, evaluations. */
  readonly store: RunStore;
}

/** What {@link evaluate} takes. */
export interface EvaluateOptions extends CallOptions {
  /** Default: the bare model. */
  readonly adapter?: AdapterSource;
  /** Default `validation`. The setting `evalDatasetSize` is the most tasks that are asked. */
  readonly split?: Split;
  /** Ends it: the call rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Progress and warnings, in order. */
  readonly onEvent?: (event: RunEvent) => void;
}

/** What {@link ask} takes. Exactly one of `task` and `text` says what is asked. */
export interface AskOptions extends CallOptions {
  /** Id of one of the environment's tasks, or a task. */
  readonly task?: string | TaskInput;
  /** A task in your own words, for environments that take such. */
  readonly text?: string;
  /** What the environment wants to know beside `text`, such as the mailbox. */
  readonly input?: JsonObject;
  /** Default: the bare model. */
  readonly adapter?: AdapterSource;
  /** Default 0: always the most likely token. */
  readonly temperature?: number;
  /** Number of the try, 0 to 65535; above temperature 0 each draws another conversation. Default 0. */
  readonly draw?: number;
  /** Ends it: the call rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Every token and every turn as it comes. */
  readonly onEvent?: (event: AskEvent) => void;
}
