/** What the device can do at most, by the clock of a benchmark, and how near a measured time comes to it. */
import type { Gpu } from '../../src/kernels/gpu';
import type { DeviceRates } from '../../src/report/check/types';
import { measureRates } from '../../src/run/check/rates';
import { timed, type Basis } from './measure';
import type { Roofline } from './types';

/** Per second of the basis. */
export type Ceilings = DeviceRates;

/** @param software less work, where the CPU plays the GPU */
export function measureCeilings(gpu: Gpu, basis: Basis, software: boolean): Promise<Ceilings> {
  return measureRates(gpu, async (work) => (await timed(work))[basis], software);
}

/** @param milliseconds of the basis, for one run */
export function roofline(
  ceilings: Ceilings,
  work: { readonly flops: number; readonly bytes: number },
  milliseconds: number,
): Roofline {
  const { flops, bytes } = work;
  const compute = flops / ceilings.flops;
  const memory = bytes / ceilings.bytes;
  const seconds = milliseconds / 1000;
  return {
    flops,
    bytes,
    gflopsPerSecond: flops / seconds / 1e9,
    gbytesPerSecond: bytes / seconds / 1e9,
    share: Math.max(compute, memory) / seconds,
    bound: compute > memory ? 'compute' : 'memory',
  };
}
