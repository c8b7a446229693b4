/** What steps ask of WebGPU besides time. */
import { meter, type Counts } from './meter';
import type { Contestant, Cost } from './types';

export interface Footprint {
  /** Of the latest run. */
  readonly counts: Counts;
  /** Most bytes of buffers that the contestant held at once, from its making on. */
  readonly peakBytes: number;
}

/** The same contestant, with what its latest run asked for. It must have been made as the owner of its name. */
export function counted<T extends Contestant>(contestant: T): T & { footprint(): Footprint } {
  let counts: Counts = { dispatches: 0, submits: 0, reads: 0 };
  return {
    ...contestant,
    run: async () => {
      let cost: Cost = { wall: NaN, cpu: NaN };
      counts = await meter.count(async () => (cost = await contestant.run()));
      return cost;
    },
    footprint: () => ({ counts, peakBytes: meter.memory(contestant.name).peak }),
  };
}

/** For instance `ours 210 MiB, 320 dispatches, 3 submits; tfjs 855 MiB, 1123 dispatches, 75 submits`. */
export function footprintNote(contestants: readonly (Contestant & { footprint(): Footprint })[]): string {
  const parts = contestants.map(({ name, footprint }) => {
    const { counts, peakBytes } = footprint();
    return `${name} ${Math.round(peakBytes / 2 ** 20)} MiB, ${counts.dispatches} dispatches, ${counts.submits} submits`;
  });
  return `per step: ${parts.join('; ')}`;
}
