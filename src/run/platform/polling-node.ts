/**
 * How Dawn in Node waits. It finds out by asking whether the GPU has finished: an endless chain of `setImmediate`,
 * which takes a whole core while anything is pending. Where the processor plays the GPU, that core is the GPU's.
 * In a browser there is no such loop.
 */

/** Questions in a row before the chain slows down: what is short is not made to wait for a timer. */
const EAGER_TICKS = 64;

let calmed = false;
let asked = 0;

/**
 * Slows the chain of every device in this process down to one question a millisecond once it has asked a few times in
 * vain; new work makes it eager again. WebGPU's classes must exist as globals.
 */
export function calmPolling(): void {
  if (calmed) return;
  calmed = true;
  const immediate = globalThis.setImmediate;
  const patched = (callback: (...args: unknown[]) => void, ...args: unknown[]): unknown =>
    isNative(callback) && ++asked > EAGER_TICKS
      ? setTimeout(callback, 1, ...args)
      : immediate(callback, ...args);
  globalThis.setImmediate = Object.assign(patched, immediate) as unknown as typeof setImmediate;
  const { submit } = GPUQueue.prototype;
  GPUQueue.prototype.submit = function (buffers) {
    asked = 0;
    return submit.call(this, buffers);
  };
  const { mapAsync } = GPUBuffer.prototype;
  GPUBuffer.prototype.mapAsync = function (...args) {
    asked = 0;
    return mapAsync.apply(this, args);
  };
}

function isNative(callback: unknown): boolean {
  return (
    typeof callback === 'function' && Function.prototype.toString.call(callback).includes('[native code]')
  );
}
