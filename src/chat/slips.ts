/**
 * Harmless slips of type: what a small model means is plain, and refusing it teaches nothing about the task. An argument is
 * touched only where its schema refuses it as it stands and takes it as read.
 */
import { isJsonObject } from '../conversation/json';
import type { JsonObject, ParsedCall, ToolSchema } from '../conversation/types';
import { tryParse } from './parse/json';
import type { ToolCallParser } from './parse/types';

/** The parser, with slips in arguments read and counted in `slips` of the call. */
export function readingSlips(parse: ToolCallParser): ToolCallParser {
  return (text, tools = []) => parse(text, tools).map((call) => withoutSlips(call, tools));
}

export function withoutSlips(call: ParsedCall, tools: readonly ToolSchema[]): ParsedCall {
  const schema = tools.find((tool) => tool.function.name === call.name)?.function.parameters;
  const properties = schema?.['properties'];
  if (call.arguments === null || !isJsonObject(properties)) return call;
  let slips = 0;
  const entries = Object.entries(call.arguments).map(([key, value]) => {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    const read = isJsonObject(property) ? readAs(property, value) : value;
    if (read !== value) slips++;
    return [key, read] as const;
  });
  return slips === 0 ? call : { ...call, arguments: Object.fromEntries(entries), slips };
}

/** The value itself where it fits, or where no reading fits either. */
function readAs(schema: JsonObject, value: unknown): unknown {
  const types = typesOf(schema);
  if (types.length === 0 || types.some((type) => isOf(type, value))) return value;
  for (const type of types) {
    const read = reading(type, value, schema);
    if (read !== undefined) return read;
  }
  return value;
}

/** Types that JSON Schema's `type`, or a union of plain types, allows; empty where that cannot be said. */
function typesOf(schema: JsonObject): readonly string[] {
  const { type, anyOf } = schema;
  if (typeof type === 'string') return [type];
  if (Array.isArray(type)) return type.filter((item) => typeof item === 'string');
  if (!Array.isArray(anyOf)) return [];
  const each = anyOf.map((part: unknown) => (isJsonObject(part) ? part['type'] : undefined));
  return each.every((item) => typeof item === 'string') ? each : [];
}

function isOf(type: string, value: unknown): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isJsonObject(value);
    case 'null':
      return value === null;
    default:
      return typeof value === type;
  }
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** undefined where the value cannot be meant as this type. */
function reading(type: string, value: unknown, schema: JsonObject): unknown {
  switch (type) {
    case 'integer':
    case 'number': {
      const text = typeof value === 'string' ? value.trim() : '';
      const number = NUMBER.test(text) ? Number(text) : undefined;
      return type === 'number' || Number.isInteger(number) ? number : undefined;
    }
    case 'boolean':
      return typeof value === 'string' ? BOOLEANS.get(value.trim().toLowerCase()) : undefined;
    case 'string':
      return typeof value === 'number' ? String(value) : undefined;
    case 'array':
      return list(value, schema['items']);
    case 'object': {
      const parsed = typeof value === 'string' ? tryParse(value) : undefined;
      return isJsonObject(parsed) ? parsed : undefined;
    }
    default:
      return undefined;
  }
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

/** A JSON text of a list is that list; one value is a list of one, unless it is blank or begins as a list does. */
function list(value: unknown, items: unknown): unknown {
  const parsed = typeof value === 'string' ? tryParse(value) : undefined;
  if (Array.isArray(parsed)) return parsed;
  if (typeof value === 'string' && /^\s*(?:\[|$)/.test(value)) return undefined;
  if (Array.isArray(value) || value === null) return undefined;
  if (!isJsonObject(items)) return [value];
  const types = typesOf(items);
  return types.length === 0 || types.some((type) => isOf(type, value)) ? [value] : undefined;
}
