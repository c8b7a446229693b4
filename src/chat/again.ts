/**
 * Compares a conversation as it is trained, piece by piece, with the template's rendering of all of it: what a server sees
 * that renders the history again before every turn.
 */
import type { AssistantMessage, ChatMessage, ToolMessage } from '../conversation/types';
import { PolicyError } from '../errors';
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

/**
 * Two turns with calls and an answer.
 * @param thinks whether every turn begins with a thought
 * @returns null where the pieces are what the template writes; a difference of '' and '' where it refuses the whole
 */
export function renderedAgain(pieces: TrainedPieces, thinks: boolean): Difference | null {
  const { renderer, seams, form } = pieces;
  const turns = [0, 1].map((turn): AssistantMessage => ({
    role: 'assistant',
    content: '',
    tool_calls: [{ id: `call_${turn}_${turn}`, type: 'function', function: PROBE_CALL }],
  }));
  const last: AssistantMessage = { role: 'assistant', content: 'Done.' };
  let trained = renderer.render(PROBE_OPENING, PROBE_TOOLS, true);
  const messages: ChatMessage[] = [...PROBE_OPENING];
  for (const message of [...turns, last]) {
    const own = pieces.assistantText(message) ?? spoken(message, CALL_FORMS[form]);
    trained += thought(own, thinks, pieces.isThinking);
    messages.push(withThought(message, thinks));
    const [call] = message.tool_calls ?? [];
    if (call === undefined) trained += seams.stop;
    else {
      const result: ToolMessage = { ...probeResult(messages.length > 4 ? 1 : 0), tool_call_id: call.id };
      trained += seams.after([result]);
      messages.push(result);
    }
  }
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

/** A turn's text with a thought before it, closed where the prompt opened it. */
function thought(own: string, thinks: boolean, isThinking: boolean): string {
  if (!thinks) return own;
  const rest = own.replace(/^(?:<think>)?\s*<\/think>\s*/, '');
  return isThinking ? `${THOUGHT}\n</think>\n\n${rest}` : `<think>\n${THOUGHT}\n</think>\n\n${rest}`;
}

function withThought(message: AssistantMessage, thinks: boolean): AssistantMessage {
  return thinks ? ({ ...message, reasoning_content: THOUGHT } as AssistantMessage) : message;
}
