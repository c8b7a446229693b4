/**
 * What stays between runs, evaluations and questions: the model on the GPU, and the environment with its tasks. Either
 * is dropped when something else is asked for, and both after a failure, which may have left buffers behind.
 */
import { EnvironmentError } from '../env/errors';
import type { Environment, OpenedEnvironment, TaskSource } from '../env/types';
import { openEngine, type Engine, type EngineOptions, type EnginePlatform } from '../engine/engine';
import type { DownloadOptions } from '../engine/files/url';
import { CORE_TABLE } from '../settings/table';
import { trustDevice } from './check/trusted';
import { settingsSchema } from '../settings/schema';
import type { Settings } from '../settings/settings';
import type { TemplateSettings } from '../settings/template';

/** What the surroundings provide: a browser's worker or a Node process. */
export interface RunPlatform extends EnginePlatform {
  /** @throws EnvironmentError when there is no such environment. */
  environment(id: string): Promise<Environment>;
  /** Files of the setting `dataset`. @throws EnvironmentError when there are none of that name. */
  taskSource(dataset: string, environment: string): Promise<TaskSource>;
  /** A file of the user's, such as `warmStartFile`. @throws EnvironmentError when it cannot be read */
  readText(path: string): Promise<string>;
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface SessionEnvironment {
  readonly environment: Environment;
  readonly opened: OpenedEnvironment;
}

/** The settings that an engine depends on. */
export type ModelSettings = Pick<Settings, 'model' | 'baseWeights'> &
  Partial<Pick<Settings, 'hubEndpoint' | 'offline' | 'downloadTimeout'>>;
/** With what the template is told, where that is known already. */
type OpeningSettings = ModelSettings & Partial<TemplateSettings>;
type OnProgress = NonNullable<EngineOptions['onProgress']>;

/** For environments that make their tasks themselves. */
export const BUILT_IN = 'built-in';

export class Session {
  /** The source of an environment that makes its tasks itself. */
  static readonly noFiles: TaskSource = {
    name: BUILT_IN,
    read: (path) =>
      Promise.reject(EnvironmentError.of('environment/needs-file', { path, dataset: BUILT_IN })),
    list: () => Promise.resolve([]),
  };

  readonly #platform: RunPlatform;
  #engine: Engine | null = null;
  #environment: (SessionEnvironment & { readonly key: string }) | null = null;
  #deviceLost: string | null = null;
  /** How many times each is held. */
  readonly #holds = new Map<OpenedEnvironment, number>();

  constructor(platform: RunPlatform) {
    this.#platform = platform;
  }

  /** Why the device of the last engine went away, in the browser's or the driver's words; null where it did not. */
  get deviceLost(): string | null {
    return this.#deviceLost;
  }

  get platform(): RunPlatform {
    return this.#platform;
  }

  /** Whether {@link engine} would answer without loading. */
  holds(settings: ModelSettings): boolean {
    return this.#engine !== null && serves(this.#engine, settings);
  }

  /**
   * The model of the settings; the one before is freed first. A device that was not seen before computes known cases first.
   * @throws PolicyError, GpuError
   */
  async engine(
    settings: OpeningSettings,
    onProgress: OnProgress,
    onNote: (line: string) => void,
    signal?: AbortSignal,
  ): Promise<Engine> {
    if (this.#engine !== null && serves(this.#engine, settings)) return this.#engine;
    this.#dropEngine();
    const { model, baseWeights } = settings;
    const downloads = { ...downloadsOf(settings), ...(signal === undefined ? {} : { signal }) };
    const asked = { model, baseWeights, downloads, ...templateOf(settings) };
    const engine = await openEngine(this.#platform, { ...asked, onProgress, onNote });
    try {
      await trustDevice(engine.gpu, this.#platform.tuning, {
        onProgress: (done, total) => onProgress(done, total, 'check of the device'),
        onNote,
      });
    } catch (error) {
      engine.dispose();
      throw error;
    }
    this.#engine = engine;
    this.#deviceLost = null;
    void engine.gpu.device.lost.then(({ message, reason }) => {
      if (this.#engine !== engine) return;
      this.#engine = null;
      this.#deviceLost = message || reason;
    });
    return engine;
  }

  /** The environment of the settings with its tasks. @throws EnvironmentError */
  async environment(settings: Settings, hints: Engine['hints']): Promise<SessionEnvironment> {
    const environment = await this.#platform.environment(settings.environment);
    const key = environmentKey(environment, settings, hints);
    const held = this.#environment;
    // Of one id there may be several environments in a program, and what they do cannot be compared.
    if (held?.key === key && held.environment === environment) return held;
    this.#dropEnvironment();
    const { dataset } = settings;
    const source =
      dataset === BUILT_IN ? Session.noFiles : await this.#platform.taskSource(dataset, settings.environment);
    const opened = await environment.open(source, { settings, hints });
    this.#environment = { key, environment, opened };
    return this.#environment;
  }

  /**
   * Keeps an environment open until the function that is answered is called: whoever plays in it may be waiting while
   * the session opens another one, or forgets its tasks.
   */
  hold({ opened }: SessionEnvironment): () => void {
    this.#holds.set(opened, (this.#holds.get(opened) ?? 0) + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const left = (this.#holds.get(opened) ?? 0) - 1;
      if (left > 0) {
        this.#holds.set(opened, left);
        return;
      }
      this.#holds.delete(opened);
      if (this.#environment?.opened !== opened) opened.close();
    };
  }

  /** After a model was given under a name that the session may hold. */
  forgetModel(model: string): void {
    if (this.#engine?.model === model) this.#dropEngine();
  }

  /** After new files were imported under a name that the session may hold. */
  forgetTasks(): void {
    this.#dropEnvironment();
  }

  dispose(): void {
    this.#dropEngine();
    this.#dropEnvironment();
  }

  #dropEngine(): void {
    this.#engine?.dispose();
    this.#engine = null;
  }

  #dropEnvironment(): void {
    const opened = this.#environment?.opened;
    this.#environment = null;
    if (opened !== undefined && !this.#holds.has(opened)) opened.close();
  }
}

/** Whether an engine is the one that the settings ask for. What `auto` became is told by its name from then on. */
function serves(engine: Engine, { model, baseWeights }: ModelSettings): boolean {
  if (engine.model !== model) return false;
  return engine.wanted === baseWeights || (engine.wanted === 'auto' && engine.baseWeights === baseWeights);
}

/** What is at its default says nothing, so that the platform's own choice counts, such as HF_ENDPOINT's. */
export function downloadsOf({ hubEndpoint, offline, downloadTimeout }: ModelSettings): DownloadOptions {
  return {
    ...(hubEndpoint === undefined || hubEndpoint === CORE_TABLE.hubEndpoint.default
      ? {}
      : { endpoint: hubEndpoint }),
    ...(offline === true ? { offline } : {}),
    ...(downloadTimeout === undefined || downloadTimeout === CORE_TABLE.downloadTimeout.default
      ? {}
      : { timeoutMs: 1000 * downloadTimeout }),
  };
}

function templateOf({
  thinking,
  chatTemplateArguments,
  templateDate,
}: OpeningSettings): Pick<EngineOptions, 'template'> {
  if (thinking === undefined || chatTemplateArguments === undefined || templateDate === undefined) return {};
  return { template: { thinking, chatTemplateArguments, templateDate } };
}

/** Everything that an environment's tasks and episodes may depend on. */
function environmentKey(environment: Environment, settings: Settings, hints: Engine['hints']): string {
  const own = Object.keys(environment.settings).map((name) => [name, settings[name]]);
  const { dataset, seed, maxTurns, maxTokens, trainDatasetSize, evalDatasetSize } = settings;
  const core = [settings.environment, dataset, seed, maxTurns, maxTokens, trainDatasetSize, evalDatasetSize];
  return JSON.stringify([core, own, hints]);
}

export const schemaOfEnvironment = (environment: Environment) => settingsSchema(environment);
