/** Metrics, rewards and turn values of an ended episode, computed by the user's functions. */
import { messageOf } from './faults';
import type { AnyDefinition, AnyEnded, MetricInput, RewardFunction, RewardInput } from './definition';
import { isPromiseLike, settled, withTimeout, type Awaitable, type Waiting } from './steps';
import { type Outcome, type TurnValue } from './types';
import { STOP } from '../conversation/stop';

/** A user's function gave something that cannot be used. The message says which, and for which task. */
export class Fault extends Error {
  override name = 'Fault';
}

/** Without rewards of its own, an environment pays for success. */
export const DEFAULT_REWARDS: Readonly<Record<string, RewardInput<AnyEnded>>> = {
  success: { label: 'Success', value: ({ success }) => (success === null ? null : Number(success)) },
};

export const rewardFunction = (input: RewardInput<AnyEnded>): RewardFunction<AnyEnded> =>
  typeof input === 'function' ? input : input.value;

const metricFunction = (
  input: MetricInput<AnyEnded> | MetricInput<AnyEnded>['value'],
): MetricInput<AnyEnded>['value'] => (typeof input === 'function' ? input : input.value);

/**
 * One after the other, in the order in which they are written: metrics first, then rewards, which see them.
 * @param timeout seconds that each may take
 */
export function* scored(definition: AnyDefinition, ended: AnyEnded, timeout: number): Waiting<Outcome> {
  const metrics: Record<string, number> = { ...ended.metrics };
  const rewards: Record<string, number | null> = {};
  const known: AnyEnded = { ...ended, metrics };
  try {
    for (const [name, input] of Object.entries(definition.metrics ?? {})) {
      const what = `The metric "${name}" of task "${ended.task.id}"`;
      metrics[name] = metricValue(yield* result(what, () => metricFunction(input)(known), timeout), what);
    }
    for (const [name, input] of Object.entries(definition.rewards ?? DEFAULT_REWARDS)) {
      const what = `The reward "${name}" of task "${ended.task.id}"`;
      rewards[name] = rewardValue(yield* result(what, () => rewardFunction(input)(known), timeout), what);
    }
    const turnValues = checkedTurnValues(definition.turnValues?.(known), known);
    return { ...outcomeOf(known), rewards, ...(turnValues === undefined ? {} : { turnValues }) };
  } catch (error) {
    return unscorable(definition, known, messageOf(error));
  }
}

/** All metrics that were not computed are 0, all rewards null. */
export function unscorable(definition: AnyDefinition, ended: AnyEnded, fault: string): Outcome {
  const names = Object.keys(definition.metrics ?? {});
  const metrics = { ...Object.fromEntries(names.map((name) => [name, 0])), ...ended.metrics };
  const rewards = Object.fromEntries(
    Object.keys(definition.rewards ?? DEFAULT_REWARDS).map((name) => [name, null]),
  );
  return {
    ...outcomeOf({ ...ended, metrics, success: null }),
    stopCondition: STOP.unscorable,
    rewards,
    fault,
  };
}

/** What the function gives in time. @throws Fault when it throws or is late */
export function* result<T>(what: string, compute: () => Awaitable<T>, timeout: number): Waiting<T> {
  try {
    const value = compute();
    if (!isPromiseLike(value)) return value;
    return yield* settled<T>(withTimeout(value, timeout, `gave no result within ${timeout} seconds`));
  } catch (error) {
    throw new Fault(`${what}: ${messageOf(error)}.`);
  }
}

function outcomeOf({ turns, stopCondition, success, answer, metrics }: AnyEnded): Omit<Outcome, 'rewards'> {
  return { turns, stopCondition, success, answer, metrics };
}

function checkedTurnValues(
  values: readonly TurnValue[] | undefined,
  { task, turns }: AnyEnded,
): readonly TurnValue[] | undefined {
  if (values === undefined) return undefined;
  const number = (value: TurnValue): unknown => (typeof value === 'object' ? value.advantage : value);
  if (values.length === turns.length && values.every((value) => Number.isFinite(number(value))))
    return values;
  throw new Fault(
    `The turn values of task "${task.id}" must be ${turns.length} finite numbers, one for each turn.`,
  );
}

function metricValue(value: unknown, what: string): number {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new Fault(`${what} is ${String(value)}; a metric is a finite number, or true or false.`);
}

function rewardValue(value: unknown, what: string): number | null {
  if (value === null || (typeof value === 'number' && Number.isFinite(value))) return value;
  throw new Fault(
    `${what} is ${String(value)}; a reward is a finite number, or null where it does not apply.`,
  );
}
