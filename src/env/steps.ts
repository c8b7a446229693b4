/**
 * Code that waits only where it meets a promise. A generator yields what it must wait for; driven by {@link drive}, it
 * answers at once when nothing had to be waited for, so that synchronous tools cost the sampler no promise.
 */
export type Waiting<T> = Generator<PromiseLike<unknown>, T, unknown>;

export type Awaitable<T> = T | PromiseLike<T>;

export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** The value, waited for if it is a promise. */
export function* settled<T>(value: Awaitable<T>): Waiting<T> {
  return isPromiseLike(value) ? ((yield value) as T) : value;
}

export function drive<T>(waiting: Waiting<T>): T | Promise<T> {
  const next = waiting.next();
  return next.done === true ? next.value : driveLater(waiting, next.value);
}

async function driveLater<T>(waiting: Waiting<T>, first: PromiseLike<unknown>): Promise<T> {
  let pending = first;
  for (;;) {
    const settlement = await Promise.resolve(pending).then(
      (value) => () => waiting.next(value),
      (reason: unknown) => () => waiting.throw(reason),
    );
    const next = settlement();
    if (next.done === true) return next.value;
    pending = next.value;
  }
}

/** A user's code gave no result in the time it has. */
export class TimeoutError extends Error {
  override name = 'TimeoutError';
}

/** Settles as the promise does, or rejects with {@link TimeoutError} after `seconds`; what comes later is ignored. */
export function withTimeout<T>(promise: PromiseLike<T>, seconds: number, message: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TimeoutError(message)), seconds * 1000);
    promise.then(resolve, reject).then(
      () => clearTimeout(timer),
      () => clearTimeout(timer),
    );
  });
}
