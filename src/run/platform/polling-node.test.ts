import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const CLASSES = ['GPUQueue', 'GPUBuffer'] as const;
const realImmediate = globalThis.setImmediate;

class Queue {
  submit(): void {}
}
class Buffer {
  async mapAsync(): Promise<void> {}
}

/** Asks as Dawn does, from a function that is not JavaScript, and answers which of the askings came back at once. */
async function ask(times: number): Promise<boolean[]> {
  const later: unknown[] = [];
  const timeout = vi.spyOn(globalThis, 'setTimeout').mockImplementation(((callback: unknown) => {
    later.push(callback);
    return 0;
  }) as never);
  const native = (() => undefined).bind(null);
  const atOnce = Array.from({ length: times }, () => {
    const before = later.length;
    setImmediate(native);
    return later.length === before;
  });
  timeout.mockRestore();
  return atOnce;
}

describe('calmPolling', () => {
  beforeEach(async () => {
    vi.resetModules();
    vi.stubGlobal('GPUQueue', class extends Queue {});
    vi.stubGlobal('GPUBuffer', class extends Buffer {});
    for (const name of CLASSES)
      Object.assign(globalThis[name].prototype, { submit() {}, async mapAsync() {} });
    const { calmPolling } = await import('./polling-node');
    calmPolling();
    calmPolling();
  });
  afterEach(() => {
    globalThis.setImmediate = realImmediate;
    vi.unstubAllGlobals();
  });

  it('lets the first questions pass and slows the chain down after them', async () => {
    const atOnce = await ask(100);
    expect(atOnce.slice(0, 64).every(Boolean)).toBe(true);
    expect(atOnce.slice(64).some(Boolean)).toBe(false);
  });

  it('asks often again after new work and before each read-back', async () => {
    await ask(100);
    GPUQueue.prototype.submit.call({} as GPUQueue, []);
    expect((await ask(2)).every(Boolean)).toBe(true);
    await ask(100);
    await GPUBuffer.prototype.mapAsync.call({} as GPUBuffer, 1);
    expect((await ask(2)).every(Boolean)).toBe(true);
  });

  it("leaves JavaScript's own immediates alone, arguments too", async () => {
    await ask(100);
    const heard = await new Promise((resolve) => setImmediate((...words) => resolve(words), 'a', 'b'));
    expect(heard).toEqual(['a', 'b']);
  });
});
