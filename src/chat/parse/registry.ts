/** Which parser reads the tool calls of which model. */
import { withoutThinking } from '../../conversation/thinking';
import { BARE } from './bare';
import { FUNCTION_GEMMA_FORM, GEMMA, GEMMA_4_FORM } from './gemma';
import { GLM, HERMES } from './hermes';
import { LLAMA } from './llama';
import { MISTRAL } from './mistral';
import { LFM2, PYTHONIC } from './python';
import type { CallForm, ToolCallParser } from './types';
import { FUNCTION_TAG, XML } from './xml';

export const TOOL_CALL_FORMS = [
  ...['hermes', 'xml', 'glm', 'llama', 'function-tag', 'mistral', 'lfm2', 'pythonic'],
  ...['function-gemma', 'gemma4', 'gemma', 'bare'],
] as const;
export type ToolCallForm = (typeof TOOL_CALL_FORMS)[number];

export const CALL_FORMS: Readonly<Record<ToolCallForm, CallForm>> = {
  hermes: HERMES,
  xml: XML,
  glm: GLM,
  llama: LLAMA,
  'function-tag': FUNCTION_TAG,
  mistral: MISTRAL,
  lfm2: LFM2,
  pythonic: PYTHONIC,
  'function-gemma': FUNCTION_GEMMA_FORM,
  gemma4: GEMMA_4_FORM,
  gemma: GEMMA,
  bare: BARE,
};

/** Names of model families and the form they were trained on. */
const FAMILY_FORMS: Readonly<Record<string, ToolCallForm>> = {
  hermes: 'hermes',
  mailgym: 'hermes',
  qwen2: 'hermes',
  qwen3: 'hermes',
  smollm3: 'hermes',
  llama: 'llama',
  mistral: 'mistral',
  gemma3: 'gemma',
  gemma3_text: 'gemma',
  lfm2: 'lfm2',
  bare: 'bare',
};

/** What a chat template shows of its form; the first that occurs decides. */
const TEMPLATE_MARKS: readonly (readonly [mark: string, form: ToolCallForm])[] = [
  ['<function=example_function_name>', 'xml'],
  ['<arg_key>', 'glm'],
  ['<tool_call>', 'hermes'],
  ['[TOOL_CALLS]', 'mistral'],
  ['<|tool_call_start|>', 'lfm2'],
  // The first LFM2 template shows the marks of its list of tools only.
  ['<|tool_list_start|>', 'lfm2'],
  ['<start_function_call>', 'function-gemma'],
  ['<|tool_call>', 'gemma4'],
  ['<|python_tag|>', 'llama'],
  ['<|start_header_id|>', 'llama'],
  ['<start_of_turn>', 'gemma'],
];

/** @param familyOrTemplate a family name (`qwen3`) or, better, the text of the chat template; else Hermes is taken. */
export function toolCallForm(familyOrTemplate: string): ToolCallForm {
  const family = familyOrTemplate.trim().toLowerCase();
  if (Object.hasOwn(FAMILY_FORMS, family)) return FAMILY_FORMS[family] ?? 'hermes';
  if (isForm(family)) return family;
  return TEMPLATE_MARKS.find(([mark]) => familyOrTemplate.includes(mark))?.[1] ?? 'hermes';
}

function isForm(name: string): name is ToolCallForm {
  return (TOOL_CALL_FORMS as readonly string[]).includes(name);
}

/**
 * The parser of a model; calls inside a thought are not calls.
 * @param isThinking whether the prompt opens a thought, so that a turn begins inside of one
 */
export function parserFor(familyOrTemplate: string, isThinking = false): ToolCallParser {
  const { parse } = CALL_FORMS[toolCallForm(familyOrTemplate)];
  return (text, tools) => parse(withoutThinking(text, isThinking), tools);
}
