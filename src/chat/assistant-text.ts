import type { AssistantMessage, ToolMessage } from '../conversation/types';
import { PolicyError } from '../errors/policy';
import { PROBE_OPENING, PROBE_TOOLS, type Renderer, type Seams } from './seams';

/** An empty thought, or the beginning of one, that a prompt ends with. */
const OPEN_THOUGHT = /<think>\s*(?:<\/think>\s*)?$/;

/**
 * What the template writes for an assistant's message, between the header of its turn and the stop token; null where that
 * cannot be cut out.
 */
export function assistantText(
  renderer: Renderer,
  { stop, ends }: Pick<Seams, 'stop' | 'ends'>,
  message: AssistantMessage,
): string | null {
  const opening = renderer.render(PROBE_OPENING, PROBE_TOOLS, true);
  let text: string;
  try {
    const results = (message.tool_calls ?? []).map(({ id, function: { name } }): ToolMessage => ({
      ...{ role: 'tool', content: 'zqresultqz', tool_call_id: id, name },
    }));
    text = renderer.render([...PROBE_OPENING, message, ...results], PROBE_TOOLS, false);
  } catch (error) {
    if (error instanceof PolicyError) return null;
    throw error;
  }
  // A template may leave out the empty thought that its prompt ends with, once the turn is history.
  const header = [opening, opening.replace(OPEN_THOUGHT, '')].find((start) => text.startsWith(start));
  if (header === undefined) return null;
  const end = text.indexOf(stop, header.length);
  if (end >= 0) return text.slice(header.length, end);
  if (message.tool_calls !== undefined) return null;
  // Where the header of the next turn is what ends one (GLM), a last turn has another end, or none.
  const rest = text.slice(header.length);
  const last = ends.map((token) => rest.indexOf(token)).filter((at) => at >= 0);
  return rest.slice(0, Math.min(rest.length, ...last));
}
