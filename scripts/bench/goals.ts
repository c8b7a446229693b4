/** What rows should reach. Looked up by id when a row is told, so that the rows themselves know nothing of it. */
import type { ModelConfig } from '../../src/engine/types';
import type { Aim, Row } from './types';

/** What a goal may depend on besides the row. */
export interface Where {
  readonly config: ModelConfig;
  readonly inBrowser: boolean;
}

/** Bytes, dispatches and times of a step are promised at config S, 8 x 256 tokens. */
const AIMS: readonly (readonly [id: RegExp, aim: (where: Where) => Aim])[] = [
  [/^matmul\/[^/]+\/tfjs$/, ({ inBrowser }) => betterBy(inBrowser ? 8 : 2.5)],
  [/^matmul\//, () => betterBy(1)],
  // Against the best of the peers, so against each.
  [/^step-full\/config-s\//, () => betterBy(3)],
  [/^grpo-step\//, () => betterBy(10)],
  [/^forest\//, () => betterBy(2)],
  [/^masked\//, () => betterBy(1 / 0.9)],
  [/^decode\/config-s\/b1\//, () => betterBy(1.5)],
  [/^decode\/config-s\//, () => betterBy(2)],
  [/^rollout\//, () => betterBy(5)],
  [/^trl\/multi-turn$/, () => betterBy(1.5)],
  [/^trl\/single-turn$/, () => betterBy(1)],
  // A step of the adapter in three quarters of the full step's time.
  [/^lora-step\//, () => betterBy(1 / 0.75)],
  [/^memory\/config-s$/, () => atMost(150)],
  [/^dispatch\/config-s\/step$/, () => atMost(200)],
  [/^dispatch\/config-s\/step-submits$/, () => atMost(8)],
  [/^dispatch\/config-s\/step-js$/, () => atMost(15)],
  [/^dispatch\/[^/]+\/token$/, ({ config }) => atMost(8 * config.layers + 6)],
  [/^dispatch\/config-s\/token-js$/, () => atMost(1)],
  [/^cold-start\/config-s$/, ({ inBrowser }) => atMost(inBrowser ? 8 : 20)],
  // Per cent off a straight line.
  [/^growth\//, () => atMost(15)],
  // Per cent that the plan is off.
  [/^plan\//, () => atMost(15)],
];

function atMost(bound: number): Aim {
  return { of: 'ours', at: 'most', bound };
}

function betterBy(bound: number): Aim {
  return { of: 'ratio', at: 'least', bound };
}

/** The row with its goal, where it has one. */
export function withGoal(row: Row, where: Where): Row {
  const aim = AIMS.find(([id]) => id.test(row.id))?.[1](where);
  return aim === undefined ? row : { ...row, goal: { ...aim, met: isMet(row, aim) } };
}

function isMet(row: Row, { of, at, bound }: Aim): boolean {
  const value = row[of] ?? NaN;
  return at === 'least' ? value >= bound : value <= bound;
}
