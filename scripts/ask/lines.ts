/** A conversation as lines of the console. */
import type { Turn } from '../../src/conversation/types';
import { agreement } from '../../src/grpo/pass-at-k';
import type { AskAnswer } from '../../src/run/types';

/** What the policy wrote, tool calls as it wrote them, and what came back. */
export function turnLines({ text, results }: Turn, index: number): string[] {
  return [
    `turn ${index + 1}: ${text.trim() || '(nothing)'}`,
    ...results.map(({ name, content }) => `  ${name} → ${content}`),
  ];
}

export function answerLines({ answer, gold, correct, reward, endReason, seconds }: AskAnswer): string[] {
  const verdict = correct === null ? 'no verdict' : correct ? 'right' : 'wrong';
  const known = gold === null ? '' : ` (known: ${gold})`;
  const paid = reward === null ? '' : `, reward ${reward.toFixed(3)}`;
  return [
    `answer: ${answer ?? '(none)'}${known}`,
    `${verdict}${paid}, ended as ${endReason}, ${seconds.toFixed(1)} s`,
  ];
}

/** What the tries of one task say together: the share that agrees is how sure the policy is of its answer. */
export function voteLine(tries: readonly Pick<AskAnswer, 'answer'>[]): string {
  const { answer, share } = agreement(tries.map((one) => one.answer));
  if (answer === null) return `None of ${tries.length} tries gives an answer.`;
  return `${Math.round(share * tries.length)} of ${tries.length} tries agree on: ${answer}`;
}
