/** Reads `rollouts.jsonl` back, checking what other programs may have changed. */
import { isJsonObject, jsonLines, pictureOf } from '../conversation/json';
import type { JsonObject } from '../conversation/types';
import { MailGymError, type ErrorName } from '../errors';
import type { Place } from '../errors/texts/place';
import { trace as texts, type TraceField } from '../errors/texts/en/trace';
import type { TextTable } from '../errors/texts/types';
import { TRACE_VERSION, type Trace } from './traces';

/** A file of traces cannot be used as it is. */
export class TraceError extends MailGymError {
  static override readonly texts: TextTable = texts;
  override name: ErrorName<'TraceError'> = 'TraceError';
}

/**
 * @param file names the file in errors
 * @throws TraceError naming the line: not JSON, of another version, a field of another kind, or arrays of unequal lengths.
 */
export function parseTraces(text: string, file: string): Trace[] {
  return Array.from(jsonLines(text), (entry) => {
    const where = [{ file }, { line: entry.line }];
    if ('problem' in entry) throw TraceError.of('trace/line', { where, problem: entry.problem });
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
type Rule = readonly [expected: TraceField, holds: Holds];

const isScore: Holds = (value) =>
  isJsonObject(value) && isNumber(value['score']) && isNumber(value['weight']);
const isMessage: Holds = (value) => isJsonObject(value) && isText(value['role']) && isText(value['content']);
const isTask: Holds = (value) =>
  isJsonObject(value) && isText(value['id']) && isNumber(value['level']) && orNull(isText)(value['answer']);
const isTool: Holds = (value) => isJsonObject(value) && isJsonObject(value['function']);

const COUNT: Rule = ['count', isCount];
const NUMBER: Rule = ['number', isNumber];
const NUMBERS: Rule = ['numbers', listOf(isNumber)];
const BOOLEAN: Rule = ['boolean', isBoolean];
const TEXT_OR_NULL: Rule = ['text-or-null', orNull(isText)];

const RULES: Readonly<Record<keyof Trace, Rule>> = {
  version: [{ version: TRACE_VERSION }, (value) => value === TRACE_VERSION],
  id: ['text', isText],
  env: ['text', isText],
  model: TEXT_OR_NULL,
  step: COUNT,
  group: COUNT,
  rollout: COUNT,
  task: ['task', isTask],
  tools: ['tools', listOf(isTool)],
  messages: ['messages', listOf(isMessage)],
  reward: NUMBER,
  rewards: ['scores', recordOf(orNull(isScore))],
  metrics: ['numbers-by-name', recordOf(isNumber)],
  success: ['boolean-or-null', orNull(isBoolean)],
  answer: TEXT_OR_NULL,
  stop_condition: ['text', isText],
  is_truncated: BOOLEAN,
  kept: BOOLEAN,
  advantage: NUMBER,
  token_ids: ['counts', listOf(isCount)],
  loss_mask: ['mask', listOf((value) => value === 0 || value === 1)],
  logprobs: ['numbers-and-null', listOf(orNull(isNumber))],
  advantages: NUMBERS,
};

function traceFrom(fields: JsonObject, where: Place): Trace {
  for (const [name, [expected, holds]] of Object.entries(RULES)) {
    const value = fields[name];
    if (holds(value)) continue;
    throw TraceError.of('trace/field', { where, name, expected, found: pictureOf(value) });
  }
  const trace = fields as unknown as Trace;
  const lengths = {
    token_ids: trace.token_ids.length,
    loss_mask: trace.loss_mask.length,
    logprobs: trace.logprobs.length,
    advantages: trace.advantages.length,
  };
  if (new Set(Object.values(lengths)).size === 1) return trace;
  throw TraceError.of('trace/lengths', { where, lengths });
}
