/** How a model wants the task put to it: its wishes for this environment. */
import type { JsonObject } from '../../conversation/types';
import { AgentError } from './types';

export interface MailHints {
  readonly promptStyle?: string;
  /** Most hits of one search. */
  readonly searchLimit?: number;
  /** Tokens of the snippet of a hit. */
  readonly snippetTokens?: number;
}

/** @throws AgentError when a wish is malformed. Unknown keys are ignored. */
export function mailHints(hints: JsonObject): MailHints {
  const { promptStyle } = hints;
  if (promptStyle !== undefined && typeof promptStyle !== 'string') {
    throw malformed('promptStyle', 'text', promptStyle);
  }
  return {
    ...(promptStyle === undefined ? {} : { promptStyle }),
    ...count(hints, 'searchLimit'),
    ...count(hints, 'snippetTokens'),
  };
}

function count<K extends 'searchLimit' | 'snippetTokens'>(
  hints: JsonObject,
  key: K,
): Partial<Record<K, number>> {
  const value = hints[key];
  if (value === undefined) return {};
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > 1000) {
    throw malformed(key, 'count', value);
  }
  return { [key]: value } as Partial<Record<K, number>>;
}

function malformed(key: string, wanted: 'text' | 'count', found: unknown): AgentError {
  return AgentError.of('agent/hint', { key, wanted, found: JSON.stringify(found) });
}
