import type { ChatMessage } from './types';

/** The question of a task, as people read it: the last user message of its prompt. */
export function taskText({ prompt }: { readonly prompt: readonly ChatMessage[] }): string {
  return prompt.findLast(({ role }) => role === 'user')?.content ?? '';
}
