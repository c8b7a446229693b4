/** Finds out in which form a template writes calls, by having it write one and reading that with every parser. */
import { withoutThinking } from '../conversation/thinking';
import type { AssistantMessage } from '../conversation/types';
import { assistantText } from './assistant-text';
import { CALL_FORMS, TOOL_CALL_FORMS, toolCallForm, type ToolCallForm } from './parse/registry';
import { PROBE_CALL, PROBE_TOOLS, SeamProblem, type Renderer, type Seams } from './seams';

const MESSAGE: AssistantMessage = {
  role: 'assistant',
  content: '',
  tool_calls: [{ id: 'call_0_0', type: 'function', function: PROBE_CALL }],
};

/**
 * @param template its text; where it writes no calls, its marks decide
 * @throws SeamProblem when it writes calls that nothing here reads
 */
export function formOfCalls(
  renderer: Renderer,
  seams: Pick<Seams, 'stop' | 'ends'>,
  template: string,
): ToolCallForm {
  const shown = toolCallForm(template);
  const written = assistantText(renderer, seams, MESSAGE);
  if (written?.includes(PROBE_CALL.name) !== true) return shown;
  const text = withoutThinking(written);
  const found = [shown, ...TOOL_CALL_FORMS].find((form) => reads(form, text));
  if (found !== undefined) return found;
  throw new SeamProblem(10, { unreadCall: text.slice(0, 80) });
}

function reads(form: ToolCallForm, text: string): boolean {
  const calls = CALL_FORMS[form].parse(text, PROBE_TOOLS);
  return calls.length === 1 && calls[0]?.name === PROBE_CALL.name && sameArguments(calls[0].arguments);
}

/** Templates may sort arguments by name. */
function sameArguments(given: unknown): boolean {
  const sorted = (value: object | null) =>
    JSON.stringify(Object.entries(value ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
  return sorted(given as object | null) === sorted(PROBE_CALL.arguments);
}
