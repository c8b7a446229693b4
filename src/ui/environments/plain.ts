/** How an environment is shown that the page knows nothing particular of. */
import type { ToolCall, ToolResult } from '../../conversation/types';
import { el } from '../dom';
import type { EnvironmentView, OwnTaskForm } from './types';

export const plainView: EnvironmentView = {
  lead: 'The model does the task exactly as in the evaluations: same prompt, same limits, same judge.',
  createOwnTask: () => wordsOnly,
  callText,
  resultNodes: (result) => [el('p', {}, result.content)],
};

/** A task in own words is its words. */
const wordsOnly: OwnTaskForm = {
  nodes: [],
  follow: () => undefined,
  fits: () => true,
  setOwn: () => undefined,
  obstacle: () => null,
  input: (text) => ({ text }),
  place: () => '',
  enable: () => undefined,
};

/** `calls add(a: 1, b: 2)` */
export function callText({ name, arguments: given }: ToolCall): string {
  if (name === '') return 'calls a tool without a name';
  const values = Object.entries(given).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return values.length === 0 ? `calls ${name}` : `calls ${name}(${values.join(', ')})`;
}

/** The value of a result's JSON; the text itself where that is broken. */
export function resultValue({ content }: ToolResult): unknown {
  try {
    return JSON.parse(content);
  } catch {
    // Contents are JSON by contract; a broken one is shown as it is.
    return content;
  }
}
