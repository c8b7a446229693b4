/** Llama 3.1 JSON form: `{"name":…,"parameters":…}`, several separated by `;` or blanks, after an optional mark. */
import { callOf, looksLikeCall } from './call';
import { parseHermes } from './hermes';
import { objectsIn } from './json';
import type { ParsedCall } from '../../conversation/types';

const MARK = '<|python_tag|>';

/**
 * Text with `<tool_call>` is read in the Hermes form: MailGym's small model has Llama's architecture but not its
 * way of calling, and fine-tuned Llamas often share that.
 */
export function parseLlama(text: string): ParsedCall[] {
  if (text.includes('<tool_call>')) return parseHermes(text);
  const mark = text.lastIndexOf(MARK);
  const calls = mark >= 0 ? text.slice(mark + MARK.length) : text;
  return Array.from(objectsIn(calls, looksLikeCall), callOf);
}
