/** Pausing and stopping a run from outside, and what is done for others between its steps. */

/** What a stop ended before there was anything to save. */
export class GivenUp extends Error {}

/**
 * Handed to a run; whoever holds it steers. A stop ends the run after the current step, which is saved; before the run has
 * {@link begun} it ends the opening at once.
 */
export class RunControl {
  readonly #abort = new AbortController();
  readonly #opening = new AbortController();
  #hasBegun = false;
  #stopRequested = false;
  #givesUp = false;
  #paused: PromiseWithResolvers<void> | null = null;
  #interludes: (() => Promise<void>)[] = [];
  #woken: PromiseWithResolvers<void> | null = null;

  get stopRequested(): boolean {
    return this.#stopRequested;
  }

  get paused(): boolean {
    return this.#paused !== null;
  }

  /** Aborted by any stop until the run has {@link begun}; passed on to downloads. Its reason is a {@link GivenUp}. */
  get opening(): AbortSignal {
    return this.#opening.signal;
  }

  /** From now on there is something to save. */
  begun(): void {
    this.#hasBegun = true;
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
    if (!this.#hasBegun) this.#opening.abort(new GivenUp('The run was stopped before its first step.'));
    this.resume();
  }

  /**
   * Ends the run without waiting for what it samples: a step or an evaluation in progress is given up, and the steps
   * before it are saved.
   */
  stopNow(): void {
    this.#givesUp = true;
    this.#abort.abort();
    this.stop();
  }

  /** Whether what now fails fails because of {@link stopNow}. */
  get givesUp(): boolean {
    return this.#givesUp;
  }

  /** Gives the run up at once, without saving the step in progress: the device is lost, or the page goes away. */
  abort(reason?: unknown): void {
    this.#abort.abort(reason);
    this.stop();
  }

  /**
   * Does something between two steps of the run, or while it is paused: it has the GPU to itself then. The run's numbers
   * do not depend on it.
   * @returns what `work` answers; an error of `work` is the caller's, not the run's
   */
  between<T>(work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#interludes.push(() => Promise.resolve().then(work).then(resolve, reject));
      this.#woken?.resolve();
    });
  }

  /** Resolves when the run may go on: when nobody waits for {@link between} and it is not paused. */
  async untilFree(): Promise<void> {
    for (;;) {
      const next = this.#interludes.shift();
      if (next !== undefined) {
        await next();
        continue;
      }
      if (this.#paused === null) return;
      this.#woken = withResolvers();
      await Promise.race([this.#paused.promise, this.#woken.promise]);
      this.#woken = null;
    }
  }

  /** Does what still waits, when the run is over. */
  async finish(): Promise<void> {
    for (let next = this.#interludes.shift(); next !== undefined; next = this.#interludes.shift())
      await next();
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
