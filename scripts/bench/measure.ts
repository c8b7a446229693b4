/** Runs contestants in turn, so that what disturbs the machine disturbs all of them alike. */
import { costPair, costsOf, spread } from './statistics';
import type { Check, Contestant, Cost, Row } from './types';

/** Runs `work` and says what it took. */
export async function timed(work: () => Promise<void>): Promise<Cost> {
  const cpu = cpuNow();
  const wall = performance.now();
  await work();
  return { wall: performance.now() - wall, cpu: cpuNow() - cpu };
}

/** Milliseconds of CPU that this process has used; NaN in browsers, which do not tell. */
export function cpuNow(): number {
  if (typeof process === 'undefined' || typeof process.cpuUsage !== 'function') return NaN;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** A row about one number that is no comparison of times. */
export function plainRow(row: Pick<Row, 'id' | 'what' | 'unit' | 'ours'> & Partial<Row>): Row {
  return { peer: null, ratio: null, peerName: null, ...row };
}

const SETTLE_MS = 250;
/** Share of a core that garbage and compilers in the background may take. */
const SETTLED = 0.1;
const SETTLE_TRIES = 240;

/** Waits until this process does nothing by itself: engines compile WebAssembly and hot functions in the background. */
export async function settle(): Promise<void> {
  for (let i = 0; i < SETTLE_TRIES; i++) {
    const { wall, cpu } = await timed(() => new Promise((resolve) => setTimeout(resolve, SETTLE_MS)));
    if (Number.isNaN(cpu) || cpu < SETTLED * wall) return;
  }
}

export type Costs = ReadonlyMap<string, readonly Cost[]>;

/**
 * One warm-up of each, then rounds in which each runs once, the order turning by one from round to round.
 * @param warmUps runs of each that do not count: compiling, filling of pools, choosing of variants
 */
export async function interleave(
  contestants: readonly Contestant[],
  rounds: number,
  warmUps = 1,
): Promise<Costs> {
  const costs = new Map<string, Cost[]>(contestants.map(({ name }) => [name, []]));
  for (let i = 0; i < warmUps; i++) for (const contestant of contestants) await contestant.run();
  await settle();
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < contestants.length; i++) {
      const contestant = contestants[(i + round) % contestants.length] as Contestant;
      costs.get(contestant.name)?.push(await contestant.run());
    }
  }
  return costs;
}

export interface TimeRow {
  readonly id: string;
  readonly what: string;
  readonly ours: string;
  readonly peer: string | null;
  /** Runs in one measured run; times are given per run. */
  readonly repeats?: number;
  readonly check?: Check;
  readonly note?: string;
}

/** What a row about time counts: CPU where the device is software (wall time is the machine's mood then), else the clock. */
export type Basis = 'cpu' | 'wall';

/** The row of two contestants. */
export function timeRow(costs: Costs, basis: Basis, row: TimeRow): Row {
  const repeats = row.repeats ?? 1;
  const of = (name: string, kind: keyof Cost) =>
    costsOf(costs.get(name) ?? [], kind).map((ms) => ms / repeats);
  const pair = (kind: keyof Cost) =>
    costPair(of(row.ours, kind), row.peer === null ? null : of(row.peer, kind));
  return {
    id: row.id,
    what: row.what,
    unit: basis === 'cpu' ? 'CPU ms' : 'ms',
    ...pair(basis),
    peerName: row.peer,
    wall: pair('wall'),
    cpu: pair('cpu'),
    rounds: costs.get(row.ours)?.length ?? 0,
    ...(row.peer === null ? {} : { spread: spread(of(row.ours, basis), of(row.peer, basis)) }),
    ...(row.check === undefined ? {} : { check: row.check }),
    ...(row.note === undefined ? {} : { note: row.note }),
  };
}
