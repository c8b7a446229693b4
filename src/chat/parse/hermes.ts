/** Hermes form, also that of Qwen and of MailGym's own small model: `<tool_call>{"name":…,"arguments":…}</tool_call>`. */
import { bareCall } from './bare';
import { callOf } from './call';
import { isJsonObject } from '../../conversation/json';
import { tryParse } from './json';
import type { ParsedCall } from '../../conversation/types';

/** The single home of the form in which MailGym's small model writes calls. Compact JSON, keys in the given order. */
export function renderCall(name: string, args: Readonly<Record<string, unknown>>): string {
  return `<tool_call>${JSON.stringify({ name, arguments: args })}</tool_call>`;
}

const BLOCK = /<tool_call>(.*?)<\/tool_call>/gs;

/** Blocks that are no JSON object are skipped. Without any good block, a bare JSON call is looked for. */
export function parseHermes(text: string): ParsedCall[] {
  const calls: ParsedCall[] = [];
  for (const [, inside = ''] of text.matchAll(BLOCK)) {
    const value = tryParse(inside.trim());
    if (isJsonObject(value)) calls.push(callOf(value));
  }
  return calls.length > 0 ? calls : bareCall(text);
}
