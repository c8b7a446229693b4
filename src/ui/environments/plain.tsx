/** How an environment is shown that the page knows nothing particular of. */
import type { ToolCall, ToolResult } from '../../conversation/types';
import { t } from '../texts';
import type { EnvironmentView, OwnTask } from './types';

/** A task in own words is its words. */
const wordsOnly: OwnTask = {
  start: () => ({}),
  follow: (_, values) => values,
  fits: () => true,
  obstacle: () => null,
  input: (text) => ({ text }),
  place: () => '',
};

export const plainView: EnvironmentView = {
  lead: () => t.ask.lead.plain,
  ownTask: wordsOnly,
  callText,
  result: ({ content }) => <p>{content}</p>,
};

/** `calls add(a: 1, b: 2)` */
export function callText({ name, arguments: given }: ToolCall): string {
  if (name === '') return t.ask.call.nameless;
  const values = Object.entries(given).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return t.ask.call.plain(name, values);
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
