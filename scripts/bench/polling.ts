/**
 * Dawn in Node finds out by asking whether the GPU has finished: an endless chain of `setImmediate`, which takes a
 * whole core while anything is pending and would count as CPU time of whoever waits. In a browser there is no such
 * loop. So here the chain slows down to one question a millisecond once it has asked a few times in vain.
 */
const EAGER_TICKS = 64;

/** To be called before Dawn opens; the chain of every device in this process is slowed down from then on. */
export function quietPolling(): void {
  const immediate = globalThis.setImmediate;
  let asked = 0;
  const patched = (callback: (...args: unknown[]) => void, ...args: unknown[]): unknown => {
    if (!isNative(callback)) return immediate(callback, ...args);
    if (++asked <= EAGER_TICKS) return immediate(callback, ...args);
    return setTimeout(callback, 1, ...args);
  };
  globalThis.setImmediate = Object.assign(patched, immediate) as unknown as typeof setImmediate;
  resetPolling = () => (asked = 0);
}

/** Something new was asked of the GPU: ask often again. */
export let resetPolling: () => void = () => undefined;

function isNative(callback: unknown): boolean {
  return (
    typeof callback === 'function' && Function.prototype.toString.call(callback).includes('[native code]')
  );
}
