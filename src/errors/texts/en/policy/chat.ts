/** Texts about chat templates and tokenizers. */
import type { Foreign } from '../../types';
import type { From } from './files';

const SEAM_FAULTS = {
  'no-system-prompt': 'it leaves out the system prompt',
  'no-question': 'it leaves out what the user asks',
  'no-tools': 'it leaves the tools out of the prompt',
  'no-arguments': "it leaves the tools' arguments out of the prompt",
  'no-earlier-turn': 'it leaves out what the assistant said in an earlier turn',
  'no-results': 'it leaves out tool results',
  'no-end-before-result': 'between a call and its result it writes no token that ends a turn',
  'prompt-changes': 'it writes the prompt differently once an answer follows',
  'opening-changes': 'the opening of the next turn changes the text before it',
  'result-changes': 'it writes a tool result differently once more turns follow',
  'results-rewritten': 'it rewrites tool results',
  'tokens-depend': 'its tokens at the end of a turn depend on the text around them',
};

/** Why a chat template does not let a conversation grow token by token. */
export type SeamFault =
  | keyof typeof SEAM_FAULTS
  | { readonly refused: Foreign }
  /** What it writes behind an answer. */
  | { readonly noEnd: string }
  /** How it writes a call. */
  | { readonly unreadCall: string };

export function seamWords(fault: SeamFault): string {
  if (typeof fault === 'string') return SEAM_FAULTS[fault];
  if ('refused' in fault) return `it refuses such a conversation (${fault.refused})`;
  if ('noEnd' in fault) {
    return `after the assistant's content it writes ${JSON.stringify(fault.noEnd)}, which is no token that ends a turn`;
  }
  return `it writes calls in a form that MailGym does not read (${fault.unreadCall})`;
}

export const chat = {
  'policy/no-template': ({ origin }: From) =>
    `${origin}: the model has no chat template (neither "chat_template" in tokenizer_config.json nor chat_template.jinja), so ` +
    'it cannot hold a conversation with tools. Use an instruction-tuned model.',
  'policy/no-day': ({ date }: { date: string }) => `"${date}" is no day. Write the date as YYYY-MM-DD.`,
  'policy/template': ({
    origin,
    own,
    inPrompt,
  }: From & { own: SeamFault | null; inPrompt: SeamFault | null }) =>
    `${origin}: the chat template does not let a conversation with tools grow token by token: ` +
    `${own === null ? '' : seamWords(own)}${inPrompt === null ? '' : `; with the tools in the system prompt ${seamWords(inPrompt)}`}. ` +
    'Training needs a template that only appends; use another model, or another template (chat_template.jinja).',
  'policy/template-refuses': ({
    origin,
    roles,
    reason,
  }: From & { roles: readonly string[]; reason: Foreign }) =>
    `${origin}: the chat template refuses a conversation of ${roles.join(', ')} (${reason}). Use a model whose template knows ` +
    'system prompts and tools.',
  'policy/tokenizer': ({ origin, reason }: From & { reason: Foreign }) =>
    `${origin}: transformers.js cannot use tokenizer.json with tokenizer_config.json (${reason}). Use the model's own files, ` +
    'saved by a current version of transformers.',
  'policy/no-object': ({ origin, path }: From & { path: string }) =>
    `${origin}: ${path} must hold an object. Use the model's own file.`,
  'policy/no-tokens': ({ text }: { text: string }) =>
    `The tokenizer has no tokens for some characters of "${text}" and no unknown token. Use a model whose tokenizer works on ` +
    'bytes.',
};
