/** The expert's conversations, as supervised fine-tuning takes them. */
import { turnWriter } from '../../src/chat/write';
import type { AssistantMessage } from '../../src/conversation/types';
import type { Task } from '../../src/env/types';
import { groupRequests, rollOut } from '../../src/grpo/rollout';
import { scriptedPolicy } from '../../src/grpo/scripted';
import { traceMessages, type TraceMessage } from '../../src/report/traces';
import type { OpenedToServe } from '../serve-environment/open';

/** Where the run has no warm start, so many of its tasks are shown. */
const SHOWN = 64;

/** Lines of JSON: `messages` and `tools` of episodes that succeed; none where no expert knows the tasks. */
export async function warmStartLines({ opened, shown, served, settings }: OpenedToServe): Promise<string[]> {
  const write = turnWriter(served.chat, served.parse, served.chat.form);
  const known = shown
    .slice(0, settings.warmStartEpisodes || SHOWN)
    .map((task): [Task, readonly AssistantMessage[] | null] => [task, opened.expert?.(task) ?? null])
    .filter((pair): pair is [Task, readonly AssistantMessage[]] => pair[1] !== null);
  if (known.length === 0) return [];
  const policy = scriptedPolicy(known.map(([, messages]) => messages.map((message) => write(message))));
  const requests = groupRequests(
    known.map(([task]) => task),
    1,
    0,
  );
  const trajectories = await rollOut({ ...served, policy }, requests, served.options);
  return trajectories
    .filter(({ outcome, truncated }) => !truncated && outcome.success !== false)
    .map(({ opening, outcome }) =>
      JSON.stringify({
        messages: traceMessages(opening.messages, outcome.turns).map(told),
        tools: opening.tools,
      }),
    );
}

/** Without what only our own traces tell. */
function told(message: TraceMessage): object {
  const kept = ['role', 'content', 'tool_calls', 'tool_call_id', 'name'];
  return Object.fromEntries(Object.entries(message).filter(([key]) => kept.includes(key)));
}
