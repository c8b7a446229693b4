/** The reward of mode `simple`: how well-formed a first tool call is. Nothing is run, no answer is judged. */
import { checkArguments, isToolName, SEARCH_EMAILS } from './tools';
import type { ToolCall } from '../../conversation/types';

/** Shares of the reward; together 1. */
export const FORMAT_REWARD = { parsable: 0.3, rightTool: 0.2, validArguments: 0.2, keywords: 0.3 } as const;

/**
 * Sum of: exactly one parsable call (0.3); its tool is `search_emails`, the only sensible first action (0.2); its
 * arguments satisfy the schema (0.2); share of its keywords whose words all occur in the question (0.3).
 * Later points need the earlier ones. This rewards form and copying, not finding: it is a baseline to compare with.
 */
export function formatReward(question: string, calls: readonly ToolCall[]): number {
  const [call] = calls;
  if (call === undefined || calls.length !== 1 || call.malformed === true) return 0;
  let reward: number = FORMAT_REWARD.parsable;
  if (!isToolName(call.name) || call.name !== SEARCH_EMAILS) return reward;
  reward += FORMAT_REWARD.rightTool;
  const checked = checkArguments(call.name, call.arguments);
  if (!checked.ok || checked.call.name !== SEARCH_EMAILS) return reward;
  reward += FORMAT_REWARD.validArguments;
  const asked = new Set(wordsOf(question));
  const { keywords } = checked.call.query;
  const found = keywords.filter((keyword) => {
    const words = wordsOf(keyword);
    return words.length > 0 && words.every((word) => asked.has(word));
  });
  return reward + (FORMAT_REWARD.keywords * found.length) / keywords.length;
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
