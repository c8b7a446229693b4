/** Reads `rollouts.jsonl` back, checking what other programs may have changed. */
import { describeJson, isJsonObject, jsonLines } from '../conversation/json';
import type { JsonObject } from '../conversation/types';
import { MailGymError, type ErrorName } from '../errors';
import { TRACE_VERSION, type Trace } from './traces';

/** A file of traces cannot be used as it is. */
export class TraceError extends MailGymError {
  override name: ErrorName = 'TraceError';
}

/**
 * @param file names the file in errors
 * @throws TraceError naming the line: not JSON, of another version, a field of another kind, or arrays of unequal lengths.
 */
export function parseTraces(text: string, file: string): Trace[] {
  return Array.from(jsonLines(text), (entry) => {
    const where = `${file} line ${entry.line}`;
    if ('problem' in entry) throw new TraceError(`${where} ${entry.problem}. Fix or remove the line.`);
    return traceFrom(entry.fields, where);
  });
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const orNull =
  (holds: Holds): Holds =>
  (value) =>
    value === null || holds(value);
const listOf =
  (holds: Holds): Holds =>
  (value) =>
    Array.isArray(value) && value.every(holds);
const recordOf =
  (holds: Holds): Holds =>
  (value) =>
    isJsonObject(value) && Object.values(value).every(holds);

type Holds = (value: unknown) => boolean;
type Rule = readonly [expected: string, holds: Holds];

const isScore: Holds = (value) =>
  isJsonObject(value) && isNumber(value['score']) && isNumber(value['weight']);
const isMessage: Holds = (value) => isJsonObject(value) && isText(value['role']) && isText(value['content']);
const isTask: Holds = (value) =>
  isJsonObject(value) && isText(value['id']) && isNumber(value['level']) && orNull(isText)(value['answer']);
const isTool: Holds = (value) => isJsonObject(value) && isJsonObject(value['function']);

const COUNT: Rule = ['a whole number from 0', isCount];
const NUMBER: Rule = ['a number', isNumber];
const NUMBERS: Rule = ['a list of numbers', listOf(isNumber)];
const BOOLEAN: Rule = ['true or false', isBoolean];
const TEXT_OR_NULL: Rule = ['text or null', orNull(isText)];

const RULES: Readonly<Record<keyof Trace, Rule>> = {
  version: [`${TRACE_VERSION}, the version that this reader knows`, (value) => value === TRACE_VERSION],
  id: ['text', isText],
  env: ['text', isText],
  model: TEXT_OR_NULL,
  step: COUNT,
  group: COUNT,
  rollout: COUNT,
  task: ['an object with id, level and answer', isTask],
  tools: ['a list of tool schemas', listOf(isTool)],
  messages: ['a list of messages', listOf(isMessage)],
  reward: NUMBER,
  rewards: ['an object of {score, weight} or null by name', recordOf(orNull(isScore))],
  metrics: ['an object of numbers by name', recordOf(isNumber)],
  success: ['true, false or null', orNull(isBoolean)],
  answer: TEXT_OR_NULL,
  stop_condition: ['text', isText],
  is_truncated: BOOLEAN,
  kept: BOOLEAN,
  advantage: NUMBER,
  token_ids: ['a list of whole numbers from 0', listOf(isCount)],
  loss_mask: ['a list of 0 and 1', listOf((value) => value === 0 || value === 1)],
  logprobs: ['a list of numbers and null', listOf(orNull(isNumber))],
  advantages: NUMBERS,
};

function traceFrom(fields: JsonObject, where: string): Trace {
  for (const [name, [expected, holds]] of Object.entries(RULES)) {
    const value = fields[name];
    if (holds(value)) continue;
    throw new TraceError(
      `${where}: "${name}" should be ${expected}, found ${describeJson(value)}. Write the file anew, or correct the line.`,
    );
  }
  const trace = fields as unknown as Trace;
  const lengths = {
    token_ids: trace.token_ids.length,
    loss_mask: trace.loss_mask.length,
    logprobs: trace.logprobs.length,
    advantages: trace.advantages.length,
  };
  if (new Set(Object.values(lengths)).size === 1) return trace;
  const found = Object.entries(lengths).map(([name, length]) => `${name} has ${length}`);
  throw new TraceError(
    `${where}: all lists of tokens should have one entry a token, but ${found.join(', ')}. Write the file anew, or remove the line.`,
  );
}
