/** Values that a form writes as plain text get their type from the tool's schema. */
import { isJsonObject } from '../../conversation/json';
import type { ToolSchema } from '../../conversation/types';
import { tryParse } from './json';

/** The declared schema of an argument; null where the tool or the argument is unknown. */
export function parameterSchema(
  tools: readonly ToolSchema[],
  tool: string,
  parameter: string,
): Readonly<Record<string, unknown>> | null {
  const schema = propertiesOf(tools, tool)[parameter];
  return isJsonObject(schema) ? schema : null;
}

/** Properties of a tool's parameters in the order in which the schema has them. */
export function propertiesOf(tools: readonly ToolSchema[], tool: string): Readonly<Record<string, unknown>> {
  const parameters = tools.find((known) => known.function.name === tool)?.function.parameters;
  const properties = parameters?.['properties'];
  return isJsonObject(properties) ? properties : {};
}

const PYTHON_WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['True', true],
  ['False', false],
  ['None', null],
]);

/**
 * A text as its argument's type. Text stays text where text may be; an argument of which nothing is known becomes a list
 * or an object where it is written as one.
 */
export function typedValue(text: string, schema: Readonly<Record<string, unknown>> | null): unknown {
  if (schema === null) return /^\s*[{[]/.test(text) ? (tryParse(text) ?? text) : text;
  if (takesText(schema)) return text;
  const trimmed = text.trim();
  return PYTHON_WORDS.has(trimmed) ? PYTHON_WORDS.get(trimmed) : (tryParse(trimmed) ?? text);
}

function takesText({ type, enum: choices }: Readonly<Record<string, unknown>>): boolean {
  if (Array.isArray(type)) return type.includes('string');
  return type === 'string' || (type === undefined && Array.isArray(choices));
}
