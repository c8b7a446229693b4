/** Finding an answer in a text, and writing one so that it is found. */
import { withoutThinking } from '../../conversation/thinking';
import type { AnswerForm } from './settings';

/** What the policy is told by `instruction: auto`; '' where nothing needs to be told. */
export const INSTRUCTIONS: Readonly<Record<AnswerForm, string>> = {
  whole: '',
  'last-line': 'Write the final answer alone on the last line.',
  boxed: 'Put the final answer in \\boxed{}.',
  hashes: 'End with the final answer after ####.',
  tag: 'Put the final answer in <answer></answer>.',
};

/** The answer in a text, trimmed, its thinking left out; null when there is none or it is blank. */
export function findAnswer(text: string, form: AnswerForm): string | null {
  const found = FINDERS[form](withoutThinking(text))?.trim() ?? '';
  return found === '' ? null : found;
}

/** The shortest text in which {@link findAnswer} finds the answer. */
export function writeAnswer(answer: string, form: AnswerForm): string {
  switch (form) {
    case 'whole':
    case 'last-line':
      return answer;
    case 'boxed':
      return `\\boxed{${answer}}`;
    case 'hashes':
      return `#### ${answer}`;
    case 'tag':
      return `<answer>${answer}</answer>`;
  }
}

const FINDERS: Readonly<Record<AnswerForm, (text: string) => string | undefined>> = {
  whole: (text) => text,
  'last-line': (text) => text.trimEnd().split('\n').at(-1),
  boxed: lastBoxed,
  hashes: (text) => lastAfter(text, '####')?.split('\n', 1)[0],
  tag: (text) => {
    const end = text.lastIndexOf('</answer>');
    return end < 0 ? undefined : lastAfter(text.slice(0, end), '<answer>');
  },
};

function lastAfter(text: string, mark: string): string | undefined {
  const start = text.lastIndexOf(mark);
  return start < 0 ? undefined : text.slice(start + mark.length);
}

/** Braces inside are counted, so that `\boxed{\frac{1}{2}}` is read whole; escaped ones are not. */
function lastBoxed(text: string): string | undefined {
  const inside = lastAfter(text, '\\boxed{');
  if (inside === undefined) return undefined;
  let depth = 1;
  for (let i = 0; i < inside.length; i++) {
    if (inside[i] === '\\') i++;
    else if (inside[i] === '{') depth++;
    else if (inside[i] === '}' && --depth === 0) return inside.slice(0, i);
  }
  return undefined;
}
