/** Timing of every dispatch: nothing is lost, and results stay what they were. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { profile } from '../../scripts/bench/profiler';
import type { Gpu } from '../../src/kernels/gpu';
import { batchOf, LOSS, openGpu, randomBatch, tinyPolicy } from '../fixtures/tiny-policy';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.device.destroy());

test('every dispatch of a pass has a program and a time, and computes what it did untimed', async () => {
  const policy = await tinyPolicy(gpu);
  const { forest, rows } = batchOf(randomBatch(5, 5));
  const untimed = await policy.accumulate(forest, rows, LOSS);
  const before = gpu.counters.dispatches;
  let timed: typeof untimed | null = null;
  const times = await profile(async () => {
    timed = await policy.accumulate(forest, rows, LOSS);
  });
  expect(timed).toEqual(untimed);
  expect(times.reduce((sum, { dispatches }) => sum + dispatches, 0)).toBe(gpu.counters.dispatches - before);
  expect(times.length).toBeGreaterThan(5);
  for (const { program, milliseconds } of times) {
    expect(program).not.toBe('');
    expect(milliseconds).toBeGreaterThanOrEqual(0);
  }
  expect(times.reduce((sum, { milliseconds }) => sum + milliseconds, 0)).toBeGreaterThan(0);
  // Afterwards nothing is timed any more.
  expect(await profile(() => Promise.resolve())).toEqual([]);
  policy.dispose();
});
