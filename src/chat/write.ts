/** Assistant messages as the model itself would write them: what an expert's turn must look like to be learned. */
import { parsedTurn } from '../conversation/turn';
import type { AssistantMessage, ChatToolCall, ToolSchema } from '../conversation/types';
import { TrainingError } from '../errors/training';
import type { TokenId } from '../tokens/types';
import { spoken } from './dialect';
import { CALL_FORMS, type ToolCallForm } from './parse/registry';
import type { ChatFormat, ToolCallParser } from './types';

/** Ids of an assistant's turn, stop token included. @throws TrainingError when the turn would not be read back as it is */
export type TurnWriter = (message: AssistantMessage) => TokenId[];

/**
 * Takes what the model's own template writes for the message where the model's parser reads the calls back from it;
 * templates that know no calls get them in the form's plainest text.
 */
export function turnWriter(
  chat: Pick<ChatFormat, 'assistantText' | 'encode' | 'turnText' | 'stopIds'>,
  parse: ToolCallParser,
  form: ToolCallForm,
): TurnWriter {
  return (message) => {
    const wanted = message.tool_calls ?? [];
    const isRead = (text: string) => readsAs(parse, text, wanted);
    const own = chat.assistantText(message);
    const text = own !== null && isRead(own) ? own : spoken(message, CALL_FORMS[form]);
    const ids = chat.encode(text);
    // A stop token that an argument spells would end the turn there.
    if (!isRead(text) || chat.stopIds.some((id) => ids.includes(id)) || !isRead(chat.turnText(ids))) {
      throw TrainingError.of('training/expert-turn', { text, form });
    }
    return [...ids, chat.stopIds[0] as TokenId];
  };
}

function readsAs(
  parse: ToolCallParser,
  text: string,
  wanted: NonNullable<AssistantMessage['tool_calls']>,
): boolean {
  const { calls, broken } = parsedTurn(text, parse(text, wanted.map(schemaOf)), 0);
  return (
    broken === undefined &&
    calls.length === wanted.length &&
    calls.every(({ name, arguments: args }, i) => {
      const call = wanted[i]?.function;
      return call?.name === name && inOrder(call.arguments) === inOrder(args);
    })
  );
}

/** Templates may sort arguments by name; inside of values the order counts. */
function inOrder(args: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Types as the expert wrote the arguments: forms without types are read by the schema, and these are what it holds. */
function schemaOf({ function: { name, arguments: args } }: ChatToolCall): ToolSchema {
  const properties = Object.fromEntries(
    Object.entries(args).map(([key, value]) => [
      key,
      { type: typeof value === 'string' ? 'string' : 'number' },
    ]),
  );
  return {
    type: 'function',
    function: { name, description: '', parameters: { type: 'object', properties } },
  };
}
