/** The verdict on a text that is the final answer. */
import type { AnyDefinition, AnyEnded } from './definition';
import { Fault, result } from './score';
import type { Waiting } from './steps';

/**
 * @param timeout seconds that the check may take
 * @throws Fault when the user's `check` throws, is late or answers no verdict
 */
export function* checkedText(
  definition: AnyDefinition,
  ended: AnyEnded,
  text: string,
  timeout: number,
): Waiting<AnyEnded> {
  if (definition.check === undefined) return { ...ended, success: null, answer: text };
  const { task, state, settings } = ended;
  const what = `The check of task "${task.id}"`;
  const check = definition.check.bind(definition);
  const verdict: unknown = yield* result(what, () => check({ text, task, state, settings }), timeout);
  if (isVerdict(verdict)) return { ...ended, success: verdict, answer: text };
  if (typeof verdict === 'object' && verdict !== null && 'success' in verdict && isVerdict(verdict.success)) {
    const answer = 'answer' in verdict ? verdict.answer : text;
    if (answer === null || typeof answer === 'string') return { ...ended, success: verdict.success, answer };
  }
  throw new Fault(`${what} gave ${String(verdict)}; it must give true, false, null or { success, answer }.`);
}

function isVerdict(value: unknown): value is boolean | null {
  return value === null || typeof value === 'boolean';
}
