/**
 * How a model is told of its tools where its template does not say so: the form that Hermes 2 Pro introduced and Qwen2.5,
 * Qwen3 and SmolLM2 were trained on, schemas in `<tools>` and calls in `<tool_call>`; for Gemma, whose guide has another,
 * JSON with `name` and `parameters`. Results come back as turns of the user.
 */
import type { ToolSchema } from '../conversation/types';
import type { ToolCallForm } from './parse/registry';

export interface ToolPrompt {
  readonly form: ToolCallForm;
  /** What is added to the system prompt. */
  readonly instructions: (tools: readonly ToolSchema[]) => string;
  /** A turn's results as the user's turn. */
  readonly results: (contents: readonly string[]) => string;
  /** As notices name it. */
  readonly name: string;
}

const HERMES_PROMPT: ToolPrompt = {
  form: 'hermes',
  name: 'the Hermes form (<tools>, <tool_call>, <tool_response>)',
  instructions: (tools) =>
    '# Tools\n\nYou may call one or more functions to assist with the user query.\n\n' +
    'You are provided with function signatures within <tools></tools> XML tags:\n<tools>\n' +
    `${tools.map((tool) => json(tool)).join('\n')}\n</tools>\n\n` +
    'For each function call, return a json object with function name and arguments within <tool_call></tool_call> XML ' +
    'tags:\n<tool_call>\n{"name": <function-name>, "arguments": <args-json-object>}\n</tool_call>',
  results: (contents) =>
    contents.map((content) => `<tool_response>\n${content}\n</tool_response>`).join('\n'),
};

const GEMMA_PROMPT: ToolPrompt = {
  form: 'gemma',
  name: 'the JSON form of Gemma\'s guide ({"name", "parameters"})',
  instructions: (tools) =>
    'You have access to functions. If you decide to invoke any of the function(s), you MUST put it in the format of\n' +
    '{"name": function name, "parameters": dictionary of argument name and its value}\n\n' +
    'You SHOULD NOT include any other text in the response if you call a function\n' +
    `[\n${tools.map(({ function: tool }) => json(tool)).join(',\n')}\n]`,
  results: (contents) => contents.map((content) => `\`\`\`tool_output\n${content}\n\`\`\``).join('\n'),
};

/** The form that a model of this template is told. */
export function toolPromptFor(template: string): ToolPrompt {
  return template.includes('<start_of_turn>') ? GEMMA_PROMPT : HERMES_PROMPT;
}

/** With blanks after commas and colons, as Python writes JSON and as models have seen schemas. */
function json(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => json(item)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => `${JSON.stringify(key)}: ${json(item)}`)
      .join(', ')}}`;
  }
  return JSON.stringify(value);
}
