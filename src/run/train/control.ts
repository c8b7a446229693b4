/** Pausing and stopping a run from outside. */

/** Handed to a run; whoever holds it steers. A stop ends the run after the current step, which is saved. */
export class RunControl {
  readonly #abort = new AbortController();
  #stopRequested = false;
  #paused: PromiseWithResolvers<void> | null = null;

  get stopRequested(): boolean {
    return this.#stopRequested;
  }

  get paused(): boolean {
    return this.#paused !== null;
  }

  /** Aborted by {@link abort}; passed on to sampling. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  pause(): void {
    this.#paused ??= withResolvers();
  }

  resume(): void {
    this.#paused?.resolve();
    this.#paused = null;
  }

  /** Wakes a paused run, too. */
  stop(): void {
    this.#stopRequested = true;
    this.resume();
  }

  /** Gives the run up at once, without saving the step in progress: the device is lost, or the page goes away. */
  abort(reason?: unknown): void {
    this.#abort.abort(reason);
    this.stop();
  }

  /** Resolves when the run may go on. */
  async whilePaused(): Promise<void> {
    await this.#paused?.promise;
  }
}

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

/** `Promise.withResolvers`, which Node 20 lacks. */
function withResolvers(): PromiseWithResolvers<void> {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
