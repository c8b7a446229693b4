/**
 * Rollouts as `rollouts.jsonl` holds them: one line each, with the conversation for people and other trainers, and the
 * tokens with what the loss makes of them. Names follow verifiers' traces and prime-rl's token export where they mean the
 * same; `docs/traces.md` compares them.
 */
import type {
  BrokenCall,
  ChatMessage,
  ChatToolCall,
  ToolResult,
  ToolSchema,
  Turn,
} from '../conversation/types';
import type { Outcome, Task } from '../env/types';
import { TOKEN_SOURCE } from '../tokens/types';

export const TRACE_VERSION = 1;

/** What a trace needs of a scored trajectory. Token arrays have equal length. */
export interface TraceInput {
  readonly task: Pick<Task, 'id' | 'answer' | 'level'>;
  readonly group: number;
  readonly rollout: number;
  readonly ids: readonly number[];
  /** TOKEN_SOURCE per token. */
  readonly source: Uint8Array;
  /** Nats; meaningless where not sampled. */
  readonly logprobs: Float32Array;
  readonly lossMask: Uint8Array;
  readonly tokenAdvantages: Float32Array;
  readonly advantage: number;
  readonly reward: number;
  readonly opening: { readonly messages: readonly ChatMessage[]; readonly tools: readonly ToolSchema[] };
  readonly outcome: Pick<Outcome, 'turns' | 'stopCondition' | 'success' | 'answer' | 'metrics' | 'rewards'>;
  readonly truncated: boolean;
  readonly kept: boolean;
}

/** What all rollouts of a step share. */
export interface TraceContext {
  readonly step: number;
  /** Id of the environment. */
  readonly env: string;
  readonly model: string | null;
  /** Of the reward's parts; a part that is not named weighs 0. */
  readonly rewardWeights: Readonly<Record<string, number>>;
}

/** An assistant message; with calls, `text` is what the policy wrote, the calls as its family writes them. */
export interface TraceAssistantMessage {
  readonly role: 'assistant';
  /** '' beside calls. */
  readonly content: string;
  readonly tool_calls?: readonly ChatToolCall[];
  readonly text?: string;
  /** Calls that were begun and cannot be read; absent for none. */
  readonly broken_calls?: readonly BrokenCall[];
}
export type TraceMessage =
  (Exclude<ChatMessage, { role: 'assistant' }> & Pick<ToolResult, 'refused'>) | TraceAssistantMessage;

/** One line of the file. The last four arrays have one entry per token. */
export interface Trace {
  readonly version: typeof TRACE_VERSION;
  /** Unique inside a run: `<step>-<group>-<rollout>`. */
  readonly id: string;
  readonly env: string;
  readonly model: string | null;
  readonly step: number;
  readonly group: number;
  readonly rollout: number;
  readonly task: { readonly id: string; readonly level: number; readonly answer: string | null };
  readonly tools: readonly ToolSchema[];
  readonly messages: readonly TraceMessage[];
  /** The whole reward, as advantages were made from it. */
  readonly reward: number;
  /** Null for parts that do not apply. */
  readonly rewards: Readonly<Record<string, { readonly score: number; readonly weight: number } | null>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly success: boolean | null;
  readonly answer: string | null;
  readonly stop_condition: string;
  readonly is_truncated: boolean;
  /** False when the rollout's group was dropped. */
  readonly kept: boolean;
  /** Of the whole rollout. */
  readonly advantage: number;
  readonly token_ids: readonly number[];
  readonly loss_mask: readonly number[];
  /** Nats, at the sampling temperature; null where the token was not sampled. */
  readonly logprobs: readonly (number | null)[];
  readonly advantages: readonly number[];
}

export function traceOf(input: TraceInput, context: TraceContext): Trace {
  const { task, group, rollout, opening, outcome } = input;
  const { step, rewardWeights } = context;
  return {
    version: TRACE_VERSION,
    id: `${step}-${group}-${rollout}`,
    env: context.env,
    model: context.model,
    step,
    group,
    rollout,
    task: { id: task.id, level: task.level, answer: task.answer },
    tools: opening.tools,
    messages: traceMessages(opening.messages, outcome.turns),
    reward: input.reward,
    rewards: Object.fromEntries(
      Object.entries(outcome.rewards).map(([name, score]) => [
        name,
        score === null ? null : { score, weight: rewardWeights[name] ?? 0 },
      ]),
    ),
    metrics: outcome.metrics,
    success: outcome.success,
    answer: outcome.answer,
    stop_condition: outcome.stopCondition,
    is_truncated: input.truncated,
    kept: input.kept,
    advantage: input.advantage,
    token_ids: [...input.ids],
    loss_mask: [...input.lossMask],
    logprobs: Array.from(input.logprobs, (value, t) =>
      input.source[t] === TOKEN_SOURCE.sampled ? shortFloat32(value) : null,
    ),
    advantages: Array.from(input.tokenAdvantages, shortFloat32),
  };
}

/** An episode as a conversation in OpenAI's form, `arguments` as objects. */
export function traceMessages(opening: readonly ChatMessage[], turns: readonly Turn[]): TraceMessage[] {
  return [...opening, ...turns.flatMap(messagesOf)];
}

/** One line of the file, its end included. */
export function traceLine(input: TraceInput, context: TraceContext): string {
  return `${JSON.stringify(traceOf(input, context))}\n`;
}

function messagesOf({ text, calls, results, broken }: Turn): TraceMessage[] {
  const unread = broken === undefined ? {} : { broken_calls: broken };
  if (calls.length === 0)
    return [{ role: 'assistant', content: text, ...unread }, ...results.map(resultMessage)];
  const tool_calls = calls.map(({ id, name, arguments: args }): ChatToolCall => ({
    id,
    type: 'function',
    function: { name, arguments: args },
  }));
  return [{ role: 'assistant', content: '', tool_calls, text, ...unread }, ...results.map(resultMessage)];
}

/** With why the call was not run, where it was not. */
function resultMessage({ callId, name, content, refused }: ToolResult): TraceMessage {
  return { role: 'tool', content, tool_call_id: callId, name, ...(refused === undefined ? {} : { refused }) };
}

/** Nine digits tell all 32-bit floats apart; a double would write up to seventeen. */
function shortFloat32(value: number): number {
  return Number(value.toPrecision(9));
}
