import { findMark } from './brackets';

/** Marks around a thought, as families write them. */
export const THOUGHT_MARKS: readonly (readonly [open: string, close: string])[] = [
  ['<think>', '</think>'],
  ['[THINK]', '[/THINK]'],
  ['<|START_THINKING|>', '<|END_THINKING|>'],
  ['<|channel>', '<channel|>'],
];

/**
 * Leaves out reasoning. A closing mark may stand alone, where the prompt opened the thought; an opening mark without its
 * end means that the turn was cut while thinking. Marks inside strings of JSON are text.
 * @param isOpen whether the prompt is known to have opened a thought; text without its end is then all thought
 */
export function withoutThinking(text: string, isOpen = false): string {
  const [open, close] = THOUGHT_MARKS.find((marks) => text.includes(marks[0]) || text.includes(marks[1])) ?? [
    '<think>',
    '</think>',
  ];
  if (!text.includes(open) && !text.includes(close)) return isOpen ? '' : text;
  let rest = text;
  if (isOpen) {
    const end = rest.indexOf(close);
    if (end < 0) return '';
    rest = rest.slice(end + close.length);
  }
  for (;;) {
    const from = findMark(rest, open);
    const alone = findMark(rest, close);
    if (from >= 0 && (alone < 0 || from < alone)) {
      // Whatever a thought holds, quotes and braces too, its first closing mark ends it.
      const end = rest.indexOf(close, from + open.length);
      if (end < 0) return rest.slice(0, from);
      rest = rest.slice(0, from) + rest.slice(end + close.length);
    } else if (alone >= 0) rest = rest.slice(alone + close.length);
    else return rest;
  }
}
