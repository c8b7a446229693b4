/** Which parser reads the tool calls of which model. */
import { bareCall } from './bare';
import { parseHermes } from './hermes';
import { parseLlama } from './llama';
import { parseMistral } from './mistral';
import { withoutThinking } from '../../conversation/thinking';
import type { ToolCallParser } from './types';

export const TOOL_CALL_FORMS = ['hermes', 'llama', 'mistral', 'bare'] as const;
export type ToolCallForm = (typeof TOOL_CALL_FORMS)[number];

const PARSERS: Readonly<Record<ToolCallForm, ToolCallParser>> = {
  hermes: parseHermes,
  llama: parseLlama,
  mistral: parseMistral,
  bare: bareCall,
};

/** Names of model families and the form they were trained on. */
const FAMILY_FORMS: Readonly<Record<string, ToolCallForm>> = {
  hermes: 'hermes',
  mailgym: 'hermes',
  qwen2: 'hermes',
  qwen3: 'hermes',
  llama: 'llama',
  mistral: 'mistral',
  bare: 'bare',
};

/** What a chat template shows of its form; the first that occurs decides. */
const TEMPLATE_MARKS: readonly (readonly [mark: string, form: ToolCallForm])[] = [
  ['<tool_call>', 'hermes'],
  ['[TOOL_CALLS]', 'mistral'],
  ['<|python_tag|>', 'llama'],
  ['<|start_header_id|>', 'llama'],
];

/** @param familyOrTemplate a family name (`qwen3`) or, better, the text of the chat template; else Hermes is taken. */
export function toolCallForm(familyOrTemplate: string): ToolCallForm {
  const family = familyOrTemplate.trim().toLowerCase();
  if (Object.hasOwn(FAMILY_FORMS, family)) return FAMILY_FORMS[family] ?? 'hermes';
  return TEMPLATE_MARKS.find(([mark]) => familyOrTemplate.includes(mark))?.[1] ?? 'hermes';
}

/** The parser of a model; calls inside `<think>` are not calls. */
export function parserFor(familyOrTemplate: string): ToolCallParser {
  const parse = PARSERS[toolCallForm(familyOrTemplate)];
  return (text) => parse(withoutThinking(text));
}
