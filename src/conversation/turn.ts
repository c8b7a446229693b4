import type { ParsedCall, ParsedTurn, ToolCall, ToolMessage, ToolResult } from './types';

/** A turn's calls with ids that are unique in the conversation. @param turn its number, from 0 */
export function parsedTurn(text: string, calls: readonly ParsedCall[], turn: number): ParsedTurn {
  return {
    text,
    calls: calls.map((call, index): ToolCall => ({
      id: `call_${turn}_${index}`,
      name: call.name,
      arguments: call.arguments ?? {},
      ...(call.arguments === null ? { malformed: true } : {}),
    })),
  };
}

/** A result as the chat template writes it. */
export function toolMessage({ callId, name, content }: ToolResult): ToolMessage {
  return { role: 'tool', content, tool_call_id: callId, name };
}
