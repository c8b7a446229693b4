/** The one interface between the page and the worker (Comlink). Everything here is structured-cloneable. */
import type { EnvironmentInfo, NamedFile, Split } from '../src/env/types';
import type { RunEvent, Watching } from '../src/grpo/types';
import type { DeviceCheck } from '../src/report/check/types';
import type {
  AskAnswer,
  AskEvent,
  AskMenu,
  AskRequest,
  DeviceReport,
  EvaluationReport,
  Exported,
  ExportRequest,
  GivenFile,
  GivenModel,
  RunPlan,
  RunResult,
  StoredDownload,
} from '../src/run/types';
import type { WeightFormat } from '../src/settings/choices';
import type { Settings } from '../src/settings/settings';

export type * from '../src/run/types';
export type { DeviceCheck } from '../src/report/check/types';
export type { EnvironmentInfo, ImportFile, ImportReport, ImportStatus, NamedFile } from '../src/env/types';

/** An adapter of a run in this browser's storage, or the files of a PEFT folder; null: the bare model. */
export type AdapterChoice =
  { readonly outputDir: string; readonly which: string } | readonly NamedFile[] | null;

/** What a check is made with, beside the files given. */
export interface VerifySource {
  /** A model by name, as the setting `model` has it; where not given, its files are among those given. */
  readonly model?: string;
  /** How its weights are kept on the GPU; f32 where not given. */
  readonly baseWeights?: WeightFormat;
}

/** One run or evaluation at a time; questions may come while a run goes on. Errors cross with name, message, code and params. */
export interface TrainerApi {
  probe(): Promise<DeviceReport>;
  /** Looks the device over, on one of its own; some ten seconds. Nothing else may be computing. */
  checkDevice(onProgress?: (what: string) => void): Promise<DeviceCheck>;
  /**
   * Takes an output folder for the next run, so that no other tab can: `wanted`, or the first of `wanted-2`, `wanted-3`, …
   * that is free and empty. Answers its name, for that run's settings.
   */
  reserveRun(wanted: string): Promise<string>;
  /** Starts or resumes (`settings.resume`) and resolves when the run ends. Events arrive in order. */
  run(settings: Settings, onEvent: (event: RunEvent) => void): Promise<RunResult>;
  /**
   * What runs look at beside their training, from their next step on: log-probs after a step, logits around it, a task asked
   * again and again. What is learned is the same, bit for bit. Nothing until this is called.
   */
  watch(watching: Watching): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /**
   * Ends after the current step, which is saved. While the model is downloaded or loaded, the run ends at once and leaves
   * no files but what was downloaded, behind which the next try goes on.
   */
  stop(): Promise<void>;
  /**
   * What a run of these settings will hold, by rehearsing it. Of a model that is elsewhere, its description and tokenizer
   * are fetched, no weights.
   * @throws GpuError where it does not fit this device, with settings that would do
   */
  plan(settings: Settings): Promise<RunPlan>;
  /** Evaluates without training. */
  evaluate(
    settings: Settings,
    split: Split,
    adapter: AdapterChoice,
    onEvent: (event: RunEvent) => void,
  ): Promise<EvaluationReport>;
  /** What can be asked of the tasks of these settings. Needs no GPU. */
  askMenu(settings: Settings): Promise<AskMenu>;
  /**
   * Asks one task. Tells tokens and tool calls as they come; rejects with `SamplingStopped` after
   * {@link TrainerApi.stopAsking}. While a run goes on, its model answers between two steps.
   */
  ask(
    settings: Settings,
    request: AskRequest,
    adapter: AdapterChoice,
    onEvent: (event: AskEvent) => void,
  ): Promise<AskAnswer>;
  stopAsking(): Promise<void>;
  /** Zip of a PEFT folder with metadata.json and metrics.jsonl. `which`: best_model, final or checkpoint-N. */
  exportAdapter(outputDir: string, which: string): Promise<Uint8Array>;
  /**
   * About how many bytes {@link TrainerApi.exportModel} will write. A model that is not here is downloaded for it.
   * @throws StorageError, PolicyError; `AbortError` after {@link TrainerApi.stopExportSize} of the same request
   */
  exportSize(request: ExportRequest): Promise<number>;
  stopExportSize(request: ExportRequest): Promise<void>;
  /**
   * Writes the model of a run, or its adapter alone, as other programs load it: into `folder`, or, without one, as one
   * file to download. A model that is not here is downloaded; one that was given as a file must be given again first.
   * @throws StorageError, PolicyError; `AbortError` after {@link TrainerApi.stopExporting}
   */
  exportModel(
    request: ExportRequest,
    folder: FileSystemDirectoryHandle | null,
    onProgress: (done: number, total: number) => void,
  ): Promise<Exported>;
  stopExporting(): Promise<void>;
  /** Files of finished and unfinished runs in the browser's storage. */
  /** Whether the browser keeps what is stored; false: it refuses, and all is in memory. */
  storageLasts(): Promise<boolean>;
  listFiles(prefix: string): Promise<string[]>;
  readFile(path: string): Promise<Uint8Array | null>;
  /** @param prefix with a slash at its end a folder, which no run may be using */
  removeFiles(prefix: string): Promise<void>;
  /** For headless runs, which keep the files elsewhere and put them back to resume. */
  writeFile(path: string, bytes: Uint8Array): Promise<void>;
  /**
   * Takes a user's file as an environment, under a name for the setting `environment`; one before of that name is
   * replaced. Answers what can be said of it.
   * @param port of the page's frame for the file, which serves this file alone
   */
  openEnvironment(name: string, text: string, port: MessagePort): Promise<EnvironmentInfo>;
  /**
   * Asks what an environment keeps of the visitor's own, which runs read with `dataset: 'imported'`. What changes it waits
   * for no run: it is refused.
   * @param action by its name, with its arguments; all that goes to and fro are plain data
   */
  callOwn(
    environment: string,
    action: string,
    args: readonly unknown[],
    onProgress?: (status: unknown) => void,
  ): Promise<unknown>;
  /** Ends the action that is going on where it can be ended: it rejects, and what was there stays. */
  stopOwn(): Promise<void>;
  /**
   * Takes a model from files of the visitor's, which are read by pieces and never copied. Its name is for the setting
   * `model`, until the page is closed.
   * @throws PolicyError saying why it cannot be used
   */
  openModel(files: readonly GivenFile[]): Promise<GivenModel>;
  /** The hub's token for private and gated models, kept in memory until the page is closed; null for none. */
  setHubToken(token: string | null): Promise<void>;
  /** Models in the browser's storage. */
  listDownloads(): Promise<readonly StoredDownload[]>;
  /** @param base as {@link StoredDownload.base} */
  removeDownload(base: string): Promise<void>;
  /**
   * The verify contract of docs/architecture.md, for checks in a browser.
   * @param files adapter and batch, and the model's where `from` names none
   */
  verify(files: readonly NamedFile[], from?: VerifySource): Promise<readonly NamedFile[]>;
}
