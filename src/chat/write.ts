/** Assistant messages as the model itself would write them: what an expert's turn must look like to be learned. */
import { parsedTurn } from '../conversation/turn';
import type { AssistantMessage, ToolCall } from '../conversation/types';
import { TrainingError } from '../errors';
import type { TokenId } from '../tokens/types';
import { renderCall } from './parse/hermes';
import type { ToolCallForm } from './parse/registry';
import type { ChatFormat, ToolCallParser } from './types';

/** Ids of an assistant's turn, stop token included. @throws TrainingError when the turn would not be read back as it is */
export type TurnWriter = (message: AssistantMessage) => TokenId[];

/** The plainest text that each form's parser reads. */
const WRITERS: Readonly<Record<ToolCallForm, (name: string, args: ToolCall['arguments']) => string>> = {
  hermes: renderCall,
  llama: (name, parameters) => JSON.stringify({ name, parameters }),
  mistral: (name, args) => `[TOOL_CALLS]${JSON.stringify([{ name, arguments: args }])}`,
  bare: (name, args) => JSON.stringify({ name, arguments: args }),
};

/**
 * Takes what the model's own template writes for the message where the model's parser reads the calls back from it;
 * templates that know no calls get them in the form's plainest text.
 */
export function turnWriter(
  chat: Pick<ChatFormat, 'assistantText' | 'encode' | 'stopIds'>,
  parse: ToolCallParser,
  form: ToolCallForm,
): TurnWriter {
  return (message) => {
    const wanted = message.tool_calls ?? [];
    const isRead = (text: string) => readsAs(parse, text, wanted);
    const own = chat.assistantText(message);
    const text = own !== null && isRead(own) ? own : plain(message, form);
    if (!isRead(text)) {
      throw new TrainingError(
        `An expert's turn would be read back as another one: ${JSON.stringify(text)} (form ${form}). Leave tool-call marks out ` +
          'of its text, and give arguments that are plain JSON.',
      );
    }
    return [...chat.encode(text), chat.stopIds[0] as TokenId];
  };
}

function plain({ content, tool_calls: calls = [] }: AssistantMessage, form: ToolCallForm): string {
  return content + calls.map(({ function: { name, arguments: args } }) => WRITERS[form](name, args)).join('');
}

function readsAs(
  parse: ToolCallParser,
  text: string,
  wanted: NonNullable<AssistantMessage['tool_calls']>,
): boolean {
  const { calls } = parsedTurn(text, parse(text), 0);
  return (
    calls.length === wanted.length &&
    calls.every(({ name, arguments: args }, i) => {
      const call = wanted[i]?.function;
      return call?.name === name && JSON.stringify(call.arguments) === JSON.stringify(args);
    })
  );
}
