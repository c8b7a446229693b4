/** The ways in which one conversation can be put to a template, and the conversation in each of them. */
import type { AssistantMessage, ChatMessage, ToolMessage, ToolSchema } from '../conversation/types';
import type { CallForm } from './parse/types';
import type { ToolPrompt } from './tool-prompt';

/** How a template wants conversations. */
export interface Dialect {
  /** template: it is given the tools and writes them; prompt: they stand in the system prompt, results in user turns. */
  readonly tools: 'template' | 'prompt';
  /** user: the system prompt stands before the first user turn, since the template has no such role. */
  readonly system: 'system' | 'user';
  /** parts: contents are lists of `{type: "text", text}`, as templates of vision models have them. */
  readonly content: 'text' | 'parts';
  /** Whether a turn with results is told with its calls: that is the truth, but some templates refuse more than one. */
  readonly calls: boolean;
  /** Arguments as an object, or as JSON text where the template only puts texts together. */
  readonly arguments: 'object' | 'text';
  /** own: as given; nine: nine letters and digits, which Mistral's templates insist on. */
  readonly ids: 'own' | 'nine';
}

/** A message as it is handed to the template. */
export type TemplateMessage = Readonly<Record<string, unknown>>;

export interface Shaped {
  readonly messages: readonly TemplateMessage[];
  readonly tools: readonly ToolSchema[];
}

/** The simplest first: what a template does by itself is what its model was trained on. */
export function dialects(canTellTools: boolean): Dialect[] {
  const list: Dialect[] = [];
  for (const tools of canTellTools ? (['template', 'prompt'] as const) : (['template'] as const)) {
    for (const content of ['text', 'parts'] as const) {
      for (const system of ['system', 'user'] as const) {
        const base = { tools, system, content, arguments: 'object', ids: 'own' } as const;
        if (tools === 'template') {
          list.push({ ...base, calls: true });
          list.push({ ...base, calls: true, ids: 'nine' });
          list.push({ ...base, calls: true, arguments: 'text' });
        }
        list.push({ ...base, calls: false });
      }
    }
  }
  return list;
}

export function shaped(
  dialect: Dialect,
  conversation: readonly ChatMessage[],
  tools: readonly ToolSchema[],
  prompt: ToolPrompt,
  form: Pick<CallForm, 'write'>,
): Shaped {
  let messages = [...conversation];
  const isTold = dialect.tools === 'prompt' && tools.length > 0;
  if (isTold) messages = withInstructions(messages, prompt.instructions(tools));
  if (dialect.tools === 'prompt') messages = withoutTools(messages, prompt, form);
  if (dialect.system === 'user') messages = withoutSystem(messages);
  return {
    messages: messages.map((message) => templateMessage(message, dialect)),
    tools: isTold ? [] : tools,
  };
}

const GAP = '\n\n';

function withInstructions(messages: readonly ChatMessage[], instructions: string): ChatMessage[] {
  const [first, ...others] = messages;
  if (first?.role !== 'system') return [{ role: 'system', content: instructions }, ...messages];
  return [{ role: 'system', content: `${first.content}${GAP}${instructions}` }, ...others];
}

/** Calls become text and results turns of the user; results in a row are one turn. */
function withoutTools(
  messages: readonly ChatMessage[],
  prompt: ToolPrompt,
  form: Pick<CallForm, 'write'>,
): ChatMessage[] {
  const plain: ChatMessage[] = [];
  for (let at = 0; at < messages.length; at++) {
    const message = messages[at] as ChatMessage;
    if (message.role === 'assistant') plain.push({ role: 'assistant', content: spoken(message, form) });
    else if (message.role !== 'tool') plain.push(message);
    else {
      const contents = [message.content];
      for (let next = messages[at + 1]; next?.role === 'tool'; next = messages[++at + 1])
        contents.push(next.content);
      plain.push({ role: 'user', content: prompt.results(contents) });
    }
  }
  return plain;
}

/** An assistant's turn with its calls as text. */
export function spoken(
  { content, tool_calls: calls = [] }: AssistantMessage,
  form: Pick<CallForm, 'write'>,
): string {
  return calls.length === 0 ? content : content + form.write(calls.map((call) => call.function));
}

/** Turns of the user in a row become one as well: templates without a system role mostly want turns to alternate. */
function withoutSystem(messages: readonly ChatMessage[]): ChatMessage[] {
  const merged: ChatMessage[] = [];
  for (const message of messages) {
    const one: ChatMessage = message.role === 'system' ? { role: 'user', content: message.content } : message;
    const last = merged.at(-1);
    if (one.role === 'user' && last?.role === 'user')
      merged[merged.length - 1] = { role: 'user', content: `${last.content}${GAP}${one.content}` };
    else merged.push(one);
  }
  return merged;
}

function templateMessage(message: ChatMessage, dialect: Dialect): TemplateMessage {
  const content = dialect.content === 'parts' ? [{ type: 'text', text: message.content }] : message.content;
  if (message.role === 'tool')
    return { ...message, content, tool_call_id: idIn(dialect, message.tool_call_id) };
  if (message.role !== 'assistant' || message.tool_calls === undefined) return { ...message, content };
  return {
    ...message,
    content,
    tool_calls: message.tool_calls.map((call) => ({
      ...call,
      id: idIn(dialect, call.id),
      function: {
        ...call.function,
        ...(dialect.arguments === 'text' ? { arguments: JSON.stringify(call.function.arguments) } : {}),
      },
    })),
  };
}

function idIn({ ids }: Dialect, id: string): string {
  if (ids === 'own') return id;
  const [turn = 0, index = 0] = (id.match(/\d+/g) ?? []).map(Number);
  return `call${String(turn % 1000).padStart(3, '0')}${String(index % 100).padStart(2, '0')}`;
}

/** The assistant's turn that the results answer, for templates that ask for it. */
export function turnOfResults(
  content: string,
  results: readonly ToolMessage[],
  withCalls: boolean,
  args: Readonly<Record<string, unknown>> = {},
): AssistantMessage {
  if (!withCalls || results.length === 0) return { role: 'assistant', content };
  return {
    role: 'assistant',
    content,
    tool_calls: results.map(({ tool_call_id: id, name }) => ({
      id,
      type: 'function',
      function: { name, arguments: args },
    })),
  };
}
