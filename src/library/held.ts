/** What a call computes with: a session, whose turns calls on one engine wait for. */
import { host } from '#platform';
import { GpuError } from '../kernels/errors';
import { loadEnvironment } from '../env/load';
import type { Environment } from '../env/types';
import { steadyNow } from '../run/clock';
import { Session, type RunPlatform } from '../run/session';
import { Queue } from '../run/stores/store-paths';
import type { RunControl } from '../run/train/control';
import type { Chosen } from './settings';
import type { CallOptions, Engine, ModelOptions } from './types';

/** A run that goes on. */
export interface Running extends Chosen {
  readonly control: RunControl;
}

export class Held {
  readonly session: Session;
  readonly #environments: Map<string, Environment>;
  readonly #queue = new Queue();
  running: Running | null = null;

  private constructor(platform: Omit<RunPlatform, 'environment'>) {
    this.#environments = new Map();
    this.session = new Session({
      ...platform,
      environment: async (id) => this.#environments.get(id) ?? (await loadEnvironment(id)),
    });
  }

  /** @throws GpuError, DawnError */
  static async open({ baseUrl, device, platform = {}, downloads = {} }: ModelOptions): Promise<Held> {
    const base = baseUrl === undefined ? null : folderUrl(baseUrl);
    return new Held({
      webgpu: platform.webgpu ?? (await host.webgpu()),
      modelFiles: (model, more) => host.modelFiles(model, base, { ...more, ...downloads }),
      taskSource: (dataset) => host.taskSource(dataset, base),
      tuning: host.tuning,
      readText: (path) => host.readText(path),
      now: steadyNow,
      ...platform,
      ...(device === undefined ? {} : { device }),
    });
  }

  /** Does something with the session alone, in the call's turn. */
  alone<T>({ environment }: Pick<Chosen, 'environment'>, work: (session: Session) => Promise<T>): Promise<T> {
    return this.#queue.run(() => {
      this.#environments.set(environment.id, environment);
      return work(this.session);
    });
  }
}

const HELD = new WeakMap<Engine, Held>();

/** From now on calls may be made on the engine. */
export function keep(engine: Engine, held: Held): void {
  HELD.set(engine, held);
}

export function release(engine: Engine): void {
  HELD.get(engine)?.session.dispose();
  HELD.delete(engine);
}

/** Works on the engine of the options, or on one that lives as long as the work. @throws GpuError, DawnError */
export async function withHeld<T>(options: CallOptions, work: (held: Held) => Promise<T>): Promise<T> {
  const { engine } = options;
  if (engine !== undefined) {
    const held = HELD.get(engine);
    if (held !== undefined) return await work(held);
    throw GpuError.of('gpu/engine-gone');
  }
  const held = await Held.open(options);
  try {
    return await work(held);
  } finally {
    held.session.dispose();
  }
}

/** An address below which others are found; of a page's own site where it is relative. */
function folderUrl(base: string | URL): string {
  const { href } = new URL(base, globalThis.location?.href);
  return href.endsWith('/') ? href : `${href}/`;
}
