/** An expert's turns as messages of the assistant. */
import type { AssistantMessage, ChatToolCall } from '../conversation/types';
import type { ExpertCall, ExpertTurn } from './definition';

export function expertMessages(turns: readonly ExpertTurn[]): AssistantMessage[] {
  return turns.map((turn, index) => {
    if (typeof turn === 'string') return { role: 'assistant', content: turn };
    if ('role' in turn) return turn;
    const calls: readonly ExpertCall[] = 'name' in turn ? [turn] : turn;
    return {
      role: 'assistant',
      content: '',
      tool_calls: calls.map((call, at) => chatCall(call, `call_${index}_${at}`)),
    };
  });
}

function chatCall({ name, arguments: args }: ExpertCall, id: string): ChatToolCall {
  return { id, type: 'function', function: { name, arguments: args } };
}
