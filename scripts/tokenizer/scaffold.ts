/** Tokens that are given, not learnt: roles of the chat template and the JSON around values. */

/** Left out when text is decoded. The order fixes the ids: 0, 1, … */
export const SPECIAL_TOKENS = [
  '<|pad|>',
  '<|end|>',
  '<|system|>',
  '<|user|>',
  '<|assistant|>',
  '<|tool|>',
] as const;

export const PAD_TOKEN = SPECIAL_TOKENS[0];
export const END_TOKEN = SPECIAL_TOKENS[1];

/**
 * JSON of calls and results, one token per piece. Each piece ends where a value begins or begins where one ends, so
 * a value is tokenised the same way in a question, a mail and a call.
 */
export const SCAFFOLD_TOKENS = [
  '<tool_call>',
  '</tool_call>',
  '{"name":"search_emails","arguments":{"keywords":["',
  '"],"from_addr":"',
  '"],"sent_before":"',
  '{"name":"read_email","arguments":{"message_id":"',
  '{"name":"return_final_answer","arguments":{"answer":"',
  '","source_message_ids":["',
  '","source_message_ids":[]}}',
  '"]}}',
  '"}}',
  '[{"message_id":"',
  '"},{"message_id":"',
  '","snippet":"',
  '"}]',
  '<b>',
  '</b>',
  '{"message_id":"',
  '","from":"',
  '","to":["',
  '"],"cc":["',
  '"],"date":"',
  '","subject":"',
  '","body":"',
  '"}',
  '","',
  '{"error":"',
  '@acme.example',
] as const;

/**
 * Minimal and append-only: every message is a role token, its text and `<|end|>`. Tool schemas are not written: the
 * policy knows its three tools by training.
 */
export const CHAT_TEMPLATE = [
  '{%- for message in messages -%}',
  "{{- '<|' + message['role'] + '|>' -}}",
  "{%- if message['role'] == 'assistant' and message['tool_calls'] -%}",
  "{%- for call in message['tool_calls'] -%}",
  "{%- set f = call['function'] if call['function'] else call -%}",
  `{{- '<tool_call>{"name":"' + f['name'] + '","arguments":' -}}`,
  "{{- f['arguments'] if f['arguments'] is string else f['arguments'] | tojson(separators=(',', ':')) -}}",
  "{{- '}</tool_call>' -}}",
  '{%- endfor -%}',
  '{%- else -%}',
  "{{- message['content'] -}}",
  '{%- endif -%}',
  "{{- '<|end|>' -}}",
  '{%- endfor -%}',
  "{%- if add_generation_prompt -%}{{- '<|assistant|>' -}}{%- endif -%}",
].join('');
