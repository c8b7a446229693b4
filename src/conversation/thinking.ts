/**
 * Leaves out reasoning. Some templates open `<think>` in the prompt, so a closing mark may stand alone; an opening
 * mark without its end means that the turn was cut while thinking.
 */
export function withoutThinking(text: string): string {
  const end = text.lastIndexOf('</think>');
  const rest = end < 0 ? text : text.slice(end + '</think>'.length);
  const open = rest.indexOf('<think>');
  return open < 0 ? rest : rest.slice(0, open);
}
