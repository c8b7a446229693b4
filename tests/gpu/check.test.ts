/** A device is looked over before it is trusted; one that computes wrongly is refused by name. */
import { afterEach, expect, test, vi } from 'vitest';
import { createDawnGpu } from '../../scripts/runtime/dawn';
import { nodePlatform } from '../../scripts/runtime/node-platform';
import { schemaOf } from '../../src/env/settings';
import { openDevice } from '../../src/kernels/device';
import type { TuningStore } from '../../src/kernels/tuning';
import { checkDevice } from '../../src/run/check/device';
import { trustDevice, trustName } from '../../src/run/check/trusted';
import { openRun } from '../../src/run/open-run';
import { Session } from '../../src/run/session';
import { MemoryStore } from '../../src/run/stores/memory-store';
import { resolveSettings } from '../../src/settings/resolve';

afterEach(() => {
  vi.restoreAllMocks();
});

const memory = (): TuningStore & { texts: Map<string, string> } => {
  const texts = new Map<string, string>();
  return {
    texts,
    read: (name) => Promise.resolve(texts.get(name) ?? null),
    write: (name, text) => Promise.resolve(void texts.set(name, text)),
  };
};

/** From now on this driver translates shaders wrongly. */
function breakShaders(change: (code: string) => string): () => boolean {
  const { createShaderModule } = GPUDevice.prototype;
  let changed = false;
  vi.spyOn(GPUDevice.prototype, 'createShaderModule').mockImplementation(function (
    this: GPUDevice,
    descriptor,
  ) {
    const code = change(descriptor.code);
    changed ||= code !== descriptor.code;
    return createShaderModule.call(this, { ...descriptor, code });
  });
  return () => changed;
}

/** What a driver may get wrong, by functions of WGSL. */
const FAULTS: readonly (readonly [string, (code: string) => string])[] = [
  ['multiply-adds lose bits', (code) => code.replaceAll('fma(', '0.9999 * fma(')],
  ['exp is off', (code) => code.replaceAll(/\bexp\(/g, 'exp(1.002 * ')],
  ['sqrt is off', (code) => code.replaceAll(/\bsqrt\(/g, '1.002 * sqrt(')],
];

test.each(FAULTS)('%s: refused by name, and looked at anew the next time', async (_, change) => {
  const webgpu = await createDawnGpu();
  const changed = breakShaders(change);
  const { gpu, adapter } = await openDevice(webgpu);
  const store = memory();
  const trusting = trustDevice(gpu, store);
  await expect(trusting).rejects.toMatchObject({ name: 'GpuError', code: 'gpu/miscomputes' });
  await expect(trusting).rejects.toThrow(adapter.info.description);
  expect(changed()).toBe(true);
  expect(store.texts.size).toBe(0);
  gpu.device.destroy();
});

test('a device that computes rightly is remembered, and computes no case again', async () => {
  const { gpu } = await openDevice(await createDawnGpu());
  const store = memory();
  const notes: string[] = [];
  const steps: number[] = [];
  await trustDevice(gpu, store, {
    onNote: (line) => notes.push(line),
    onProgress: (done) => steps.push(done),
  });
  expect(notes).toEqual([expect.stringMatching(/all right \(\d+\.\d s\)/)]);
  expect(steps).toEqual([0, 1, 2]);
  expect([...store.texts.keys()]).toEqual([trustName(gpu)]);
  expect(gpu.pool.live).toBe(0);
  const { dispatches } = gpu.counters;
  await trustDevice(gpu, store, { onNote: (line) => notes.push(line) });
  expect([notes.length, gpu.counters.dispatches]).toEqual([1, dispatches]);
  gpu.device.destroy();
});

test('a run does not start on a device that computes wrongly', async () => {
  const platform = { ...(await nodePlatform(() => undefined)), tuning: memory() };
  breakShaders(FAULTS[0]![1]);
  const session = new Session(platform);
  const { settings } = resolveSettings({ preset: 'smoke', flags: {} }, schemaOf('mail'));
  const files = new MemoryStore();
  const opening = openRun(session, settings, files, () => undefined);
  await expect(opening).rejects.toMatchObject({ code: 'gpu/miscomputes' });
  expect(await files.list()).toEqual([]);
  session.dispose();
});

test('doctor: everything of this device, and it can be trusted', async () => {
  const asked: string[] = [];
  const check = await checkDevice(await createDawnGpu(), {
    tuning: memory(),
    onProgress: (what) => asked.push(what),
  });
  expect(check).toMatchObject({ ok: true, adapter: { name: expect.stringMatching(/\w/) as string } });
  expect(check.limits.every(({ offered, needed }) => offered >= needed)).toBe(true);
  expect(check.cases.map(({ name }) => name)).toEqual(asked.slice(1, -1));
  expect(check.cases.flatMap(({ problems }) => problems)).toEqual([]);
  const { matmulFlops = 0, flops = 0, bytes = 0 } = check.rates ?? {};
  expect(matmulFlops).toBeGreaterThan(1e8);
  // A product does multiply-adds and more.
  expect(flops).toBeGreaterThan(matmulFlops);
  expect(bytes).toBeGreaterThan(1e8);
});

test('doctor: what is computed wrongly is named, the rest is looked at all the same', async () => {
  const webgpu = await createDawnGpu();
  breakShaders(FAULTS[2]![1]);
  const check = await checkDevice(webgpu, { tuning: memory() });
  expect(check.ok).toBe(false);
  const wrong = check.problems.filter(({ kind }) => kind === 'miscomputes');
  expect(wrong.map((problem) => (problem as { name: string }).name)).toEqual([
    ...['qwen3-gspo', 'gemma3-dapo', 'qwen2-bnpo-entropy', 'llama-cispo'],
  ]);
  expect(check.rates).not.toBeNull();
});
