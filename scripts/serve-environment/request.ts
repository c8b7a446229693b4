/** What a request says: its body within bounds, its fields of the kinds that are wanted. */
import type { IncomingMessage } from 'node:http';
import type { JsonObject } from '../../src/conversation/types';
import type { TokenId } from '../../src/tokens/types';
import { ServeError } from '../serve';

/**
 * The JSON object in the body; an empty one where there is none.
 * @param most bytes
 * @throws ServeError
 */
export async function readBody(request: IncomingMessage, most: number): Promise<JsonObject> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > most) throw ServeError.of('serve/too-large', { most });
    pieces.push(piece);
  }
  const text = Buffer.concat(pieces).toString('utf8');
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw ServeError.of('serve/no-json', { reason: (error as Error).message });
  }
  if (!isObject(value)) throw ServeError.of('serve/no-json', { reason: `it is ${shown(value)}` });
  return value;
}

/** @throws ServeError */
export function textField(body: JsonObject, field: string): string {
  const value = body[field];
  if (typeof value === 'string') return value;
  throw ServeError.of('serve/field', { field, wanted: 'text', found: shown(value) });
}

/** @throws ServeError */
export function indexField(body: JsonObject, field: string): number {
  const value = body[field];
  if (isIndex(value)) return value;
  throw ServeError.of('serve/field', { field, wanted: 'index', found: shown(value) });
}

/** @throws ServeError */
export function objectField(body: JsonObject, field: string): JsonObject {
  const value = body[field];
  if (isObject(value)) return value;
  throw ServeError.of('serve/field', { field, wanted: 'object', found: shown(value) });
}

/** @throws ServeError */
export function idsField(body: JsonObject, field: string): readonly TokenId[] {
  const value = body[field];
  if (Array.isArray(value) && value.every(isIndex)) return value as TokenId[];
  throw ServeError.of('serve/field', { field, wanted: 'ids', found: shown(value) });
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
