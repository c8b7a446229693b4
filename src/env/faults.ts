/** What a user's code threw, in words: its message without a full stop at the end. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  return message.replace(/\.$/, '');
}
