/** What a warm start learns from: conversations of an expert, as token sequences with the mask of what the expert wrote. */
import type { ChatFormat } from '../chat/types';
import type { Conversation } from '../conversation/read';
import type { AssistantMessage, ToolMessage } from '../conversation/types';
import type { OpenedEnvironment, Task } from '../env/types';
import { TOKEN_SOURCE, type TokenId } from '../tokens/types';
import { groupRequests, rollOut, type RolloutDeps, type RolloutOptions } from './rollout';
import { scriptedPolicy } from './scripted';

/** Arrays have one entry per token. */
export interface Demonstration {
  readonly ids: readonly TokenId[];
  /** 1 where the expert wrote and is to be learned, stop tokens included; never a tool result or a header. */
  readonly lossMask: Uint8Array;
}

export interface PlayedExperts {
  readonly demonstrations: readonly Demonstration[];
  /** Tasks that no expert knows, or whose expert did not succeed, or whose episode did not fit the context. */
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
}

/** Ids of an assistant's turn, stop token included. */
type WriteTurn = (message: AssistantMessage) => readonly TokenId[];

/**
 * Plays the environment's expert through whole episodes, by the driver of every rollout: the results that it is shown are
 * the ones that a policy would see. Only episodes that succeed are taken (or that the environment has no verdict on).
 */
export async function playExperts(
  deps: Omit<RolloutDeps, 'policy'>,
  tasks: readonly Task[],
  expert: NonNullable<OpenedEnvironment['expert']>,
  write: WriteTurn,
  options: RolloutOptions,
): Promise<PlayedExperts> {
  const failed: { id: string; reason: string }[] = [];
  const known: Task[] = [];
  const scripts: (readonly TokenId[])[][] = [];
  for (const task of tasks) {
    const messages = expert(task);
    if (messages === null) {
      failed.push({ id: task.id, reason: 'no expert knows it' });
      continue;
    }
    known.push(task);
    scripts.push(messages.map((message) => write(message)));
  }
  const policy = scriptedPolicy(scripts);
  const trajectories = await rollOut({ ...deps, policy }, groupRequests(known, 1, 0), options);
  const demonstrations = trajectories.flatMap(
    ({ task, ids, source, outcome, truncated }): Demonstration[] => {
      if (!truncated && outcome.success !== false) {
        return [{ ids, lossMask: source.map((from) => Number(from === TOKEN_SOURCE.sampled)) }];
      }
      const reason = truncated
        ? 'its episode does not fit maxSeqLength or maxTokens'
        : 'its expert does not succeed';
      failed.push({ id: task.id, reason: `${reason} (${outcome.stopCondition})` });
      return [];
    },
  );
  return { demonstrations, failed };
}

/**
 * One sequence for every stretch between two messages of the user: what stands before it is its prompt, and its
 * assistant's messages are written as the policy would write them. Stretches without a trained message are left out.
 */
export function demonstrationsOf(
  { messages, tools, trained }: Conversation,
  chat: Pick<ChatFormat, 'prompt' | 'continuation'>,
  write: WriteTurn,
  maxSeqLength: number,
): Demonstration[] {
  const found: Demonstration[] = [];
  for (let at = 0; at < messages.length;) {
    if (messages[at]?.role !== 'assistant') {
      at++;
      continue;
    }
    const ids = [...chat.prompt(messages.slice(0, at), tools)];
    const mask: number[] = ids.map(() => 0);
    while (messages[at]?.role === 'assistant') {
      const turn = write(messages[at] as AssistantMessage);
      ids.push(...turn);
      mask.push(...turn.map(() => Number(trained.includes(at))));
      at++;
      const results: ToolMessage[] = [];
      for (let message = messages[at]; message?.role === 'tool'; message = messages[++at])
        results.push(message);
      if (results.length === 0 || messages[at]?.role !== 'assistant') break;
      const suffix = chat.continuation(results, true);
      ids.push(...suffix);
      mask.push(...suffix.map(() => 0));
    }
    if (mask.includes(1) && ids.length <= maxSeqLength) found.push({ ids, lossMask: Uint8Array.from(mask) });
  }
  return found;
}
