/**
 * Conversations from a JSON Lines file, one a line, for supervised training. Two forms, as OpenAI's fine-tuning and TRL's
 * `SFTTrainer` take them:
 *
 * - `messages` (and `tools`): every assistant message trains but those of `weight: 0`;
 * - `prompt` and `completion` (and `tools`), each a text or messages: only the completion trains. A text is a user
 *   message or an assistant message, and is written in the model's template like any other.
 *
 * A line with both is read by its `messages`. Columns of other names are left alone.
 */
import { told, type Told } from '../errors';
import type { Place } from '../errors/texts/place';
import { ConversationError } from './errors';
import { jsonLines, pictureOf } from './json';
import { readMessages, type ReadMessages } from './messages';
import { readTools } from './tools';
import type { ChatMessage, JsonObject, ToolSchema } from './types';

export interface Conversation {
  /** The first is of the system or the user. */
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolSchema[];
  /** Indices of the assistant messages that train, ascending; at least one. */
  readonly trained: readonly number[];
}

export interface ReadConversations {
  readonly conversations: readonly Conversation[];
  /** What is wrong with each line that was left out, in order; empty when bad lines are refused. */
  readonly problems: readonly string[];
}

export interface ReadOptions {
  /** Names the file in errors. */
  readonly file: string;
  /** refuse (default): the first bad line is an error. count: bad lines are left out and listed. */
  readonly badLines?: 'refuse' | 'count';
}

/** @throws ConversationError for a bad line, by `options.badLines`, and for a file without any good one. */
export function readConversations(
  text: string,
  { file, badLines = 'refuse' }: ReadOptions,
): ReadConversations {
  const conversations: Conversation[] = [];
  const problems: Told[] = [];
  for (const entry of jsonLines(text)) {
    const where = [{ file }, { line: entry.line }];
    try {
      if ('problem' in entry)
        throw ConversationError.of('conversation/line', { where, problem: entry.problem });
      conversations.push(conversationOf(entry.fields, where));
    } catch (error) {
      if (badLines === 'refuse' || !(error instanceof ConversationError)) throw error;
      problems.push(told(error));
    }
  }
  if (conversations.length === 0) {
    throw ConversationError.of('conversation/none', { file, first: problems[0] ?? null });
  }
  return { conversations, problems: problems.map(({ message }) => message) };
}

/**
 * One line's object as a conversation.
 * @param where of the line, for errors
 * @throws ConversationError
 */
export function conversationOf(fields: JsonObject, where: Place): Conversation {
  if (fields['functions'] !== undefined && fields['functions'] !== null) {
    throw ConversationError.of('conversation/functions-outdated', { where });
  }
  const { messages, weights } = messagesOf(fields, where);
  const [first] = messages;
  if (first?.role === 'assistant' || first?.role === 'tool') {
    throw ConversationError.of('conversation/first-role', { where, role: first.role });
  }
  const trained = messages.flatMap(({ role }, i) => (role === 'assistant' && weights[i] === 1 ? [i] : []));
  if (trained.length === 0) {
    throw ConversationError.of('conversation/trains-nothing', { where });
  }
  return { messages, tools: readTools(fields['tools'], where), trained };
}

function messagesOf(fields: JsonObject, where: Place): ReadMessages {
  const { messages, prompt, completion } = fields;
  if (messages !== undefined && messages !== null)
    return readMessages(messages, [...where, { side: 'messages' }]);
  if (prompt === undefined || prompt === null || completion === undefined || completion === null) {
    throw ConversationError.of('conversation/no-form', { where, found: pictureOf(fields) });
  }
  const asked = sideOf(prompt, 'user', [...where, { side: 'prompt' }]);
  const read = readMessages(
    [...asked, ...sideOf(completion, 'assistant', [...where, { side: 'completion' }])],
    where,
  );
  return {
    messages: read.messages,
    weights: read.weights.map((weight, i) => (i < asked.length ? 0 : weight)),
  };
}

/** Messages of a prompt or a completion; a text is one message of `role`. */
function sideOf(value: unknown, role: 'user' | 'assistant', where: Place): readonly unknown[] {
  if (typeof value === 'string') return [{ role, content: value }];
  if (Array.isArray(value) && value.length > 0) return value;
  throw ConversationError.of('conversation/side', { where, found: pictureOf(value) });
}
