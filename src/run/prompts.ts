/** Whether the prompts of a run fit its context; asked before anything large is downloaded. */
import type { Task } from '../env/types';
import { TrainingError } from '../errors/training';
import type { TokenId } from '../tokens/types';

export interface LongestPrompt {
  readonly task: Task;
  /** Tokens. */
  readonly length: number;
}

/** Rendering and tokenizing a prompt takes milliseconds, and there are thousands. */
const LOOKED_AT = 32;

/**
 * The longest first prompt of the tasks, in tokens, among those with the most characters: prompts of one environment differ
 * in the task's own words, so a longer one with fewer characters exceeds it by little, and the rollout checks again.
 * @param characters of a task's messages
 */
export function longestPrompt(
  tasks: readonly Task[],
  characters: (task: Task) => number,
  prompt: (task: Task) => readonly TokenId[],
): LongestPrompt | null {
  let longest: LongestPrompt | null = null;
  const sized = tasks.map((task) => ({ task, size: characters(task) })).sort((a, b) => b.size - a.size);
  for (const { task } of sized.slice(0, LOOKED_AT)) {
    const { length } = prompt(task);
    if (longest === null || length > longest.length) longest = { task, length };
  }
  return longest;
}

/** @throws TrainingError when a prompt leaves no room for a single token of an answer */
export function checkPrompt({ task, length }: LongestPrompt, maxSeqLength: number): void {
  if (length > 0 && length < maxSeqLength) return;
  throw TrainingError.of('training/prompt-too-long', { task: task.id, length, maxSeqLength });
}
