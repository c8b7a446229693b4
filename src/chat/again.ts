/**
 * Compares a conversation as it is trained, piece by piece, with the template's rendering of all of it: what a server sees
 * that renders the history again before every turn.
 */
import type { AssistantMessage, ChatMessage, ToolMessage } from '../conversation/types';
import { PolicyError } from '../errors/policy';
import { CALL_FORMS, type ToolCallForm } from './parse/registry';
import { spoken } from './dialect';
import { PROBE_CALL, PROBE_OPENING, PROBE_TOOLS, probeResult, type Renderer, type Seams } from './seams';

/** Texts from the first difference on; null where both are equal. */
export interface Difference {
  readonly trained: string;
  readonly again: string;
}

const THOUGHT = 'zqthoughtqz';
const SHOWN = 60;

export interface TrainedPieces {
  readonly renderer: Renderer;
  readonly seams: Pick<Seams, 'stop' | 'after'>;
  readonly form: ToolCallForm;
  /** What the model's template writes for a message, as {@link ChatFormat.assistantText}. */
  readonly assistantText: (message: AssistantMessage) => string | null;
  readonly isThinking: boolean;
}

export interface Again {
  /** What is encoded apart: the prompt, each turn, and what follows it from the stop token on. */
  readonly pieces: readonly string[];
  /** null where the pieces are what the template writes; of '' and '' where it refuses the whole. */
  readonly difference: Difference | null;
}

/**
 * Two turns with calls and an answer.
 * @param thinks whether every turn begins with a thought
 */
export function renderedAgain(pieces: TrainedPieces, thinks: boolean): Again {
  const { renderer, seams } = pieces;
  const turns = [0, 1].map((turn): AssistantMessage => ({
    role: 'assistant',
    content: '',
    tool_calls: [{ id: `call_${turn}_${turn}`, type: 'function', function: PROBE_CALL }],
  }));
  const last: AssistantMessage = { role: 'assistant', content: 'Done.' };
  const parts = [renderer.render(PROBE_OPENING, PROBE_TOOLS, true)];
  const messages: ChatMessage[] = [...PROBE_OPENING];
  for (const message of [...turns, last]) {
    const [told, own] = asWritten(withThought(message, thinks), pieces);
    parts.push(withItsThought(own, thinks, pieces.isThinking));
    messages.push(told);
    const [call] = message.tool_calls ?? [];
    // What ends the last turn is another token in some templates; nothing follows it here.
    if (call !== undefined) {
      const result: ToolMessage = { ...probeResult(messages.length > 4 ? 1 : 0), tool_call_id: call.id };
      parts.push(seams.after([result]));
      messages.push(result);
    }
  }
  return { pieces: parts, difference: differenceOf(renderer, messages, parts.join('')) };
}

function differenceOf(
  renderer: Renderer,
  messages: readonly ChatMessage[],
  trained: string,
): Difference | null {
  let again: string;
  try {
    again = renderer.render(messages, PROBE_TOOLS, false);
  } catch (error) {
    if (error instanceof PolicyError) return { trained: '', again: '' };
    throw error;
  }
  // A template may write more after the last stop token, which no policy samples.
  if (again.startsWith(trained)) return null;
  let at = 0;
  while (at < trained.length && trained[at] === again[at]) at++;
  const from = Math.max(0, at - 20);
  return { trained: trained.slice(from, at + SHOWN), again: again.slice(from, at + SHOWN) };
}

/** A message and its text; where the template writes no calls, they stand in the content, as text of their form. */
function asWritten(
  message: AssistantMessage,
  { assistantText, form }: TrainedPieces,
): readonly [AssistantMessage, string] {
  const own = assistantText(message);
  const isWhole = (message.tool_calls ?? []).every((call) => own?.includes(call.function.name) === true);
  if (own !== null && isWhole) return [message, own];
  const content = spoken(message, CALL_FORMS[form]);
  const plain: AssistantMessage = { role: 'assistant', content };
  return [plain, assistantText(plain) ?? content];
}

/** A turn as the model writes it: with a thought where there is one, and out of the thought that the prompt opened. */
function withItsThought(own: string, thinks: boolean, isThinking: boolean): string {
  if (own.includes(THOUGHT)) return own;
  const rest = own.replace(/^(?:<think>)?\s*<\/think>\s*/, '');
  if (thinks) return `${isThinking ? '' : '<think>\n'}${THOUGHT}\n</think>\n\n${rest}`;
  return isThinking && !own.includes('</think>') ? `\n</think>\n\n${own}` : own;
}

function withThought(message: AssistantMessage, thinks: boolean): AssistantMessage {
  return thinks ? ({ ...message, reasoning_content: THOUGHT } as AssistantMessage) : message;
}
