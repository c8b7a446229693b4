import type { ParsedCall, ParsedTurn, ToolCall, ToolMessage, ToolResult } from './types';

/** A turn's calls with ids that are unique in the conversation; broken ones are counted on after the good ones. @param turn its number, from 0 */
export function parsedTurn(text: string, parsed: readonly ParsedCall[], turn: number): ParsedTurn {
  const good = parsed.filter(({ broken }) => broken !== true);
  const broken = parsed.filter((call) => call.broken === true);
  return {
    text,
    calls: good.map((call, index): ToolCall => ({
      id: `call_${turn}_${index}`,
      name: call.name,
      arguments: call.arguments ?? {},
      ...(call.arguments === null ? { malformed: true } : {}),
      ...(call.slips === undefined ? {} : { slips: call.slips }),
    })),
    ...(broken.length === 0
      ? {}
      : { broken: broken.map(({ name }, index) => ({ id: `call_${turn}_${good.length + index}`, name })) }),
  };
}

/** A result as the chat template writes it. */
export function toolMessage({ callId, name, content }: ToolResult): ToolMessage {
  return { role: 'tool', content, tool_call_id: callId, name };
}
