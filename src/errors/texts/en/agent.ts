/** Texts of AgentError: episodes with mail. */
export const agent = {
  'agent/max-turns': ({ found }: { found: number }) =>
    `An episode needs maxTurns >= 1, got ${found}. Set maxTurns to a positive integer.`,
  'agent/max-results': ({ found, most }: { found: number; most: number }) =>
    `maxResults is ${found}; it must be an integer from 1 to ${most}.`,
  'agent/running': ({ question, turns }: { question: string; turns: number }) =>
    `The episode of question "${question}" is still running after ${turns} turns. ` +
    'Ask for its outcome when a step is done or after truncate().',
  'agent/ended': ({ call, question, reason }: { call: string; question: string; reason: string }) =>
    `${call}() was called on the episode of question "${question}", which has ended (${reason}). ` +
    'Create a new episode.',
  'agent/no-trace': ({ question }: { question: string }) =>
    `Question "${question}" has no trace, so no expert can play it. Use a generated data set, or leave the question out.`,
  'agent/trace-without-read': ({ question }: { question: string }) =>
    `Question "${question}" has an answer, but its trace names no mail to read. Add trace.read to the data set.`,
  'agent/hint': ({ key, wanted, found }: { key: string; wanted: 'text' | 'count'; found: string }) =>
    `The model's config.json: mailgym.${key} must be ${wanted === 'text' ? 'a text' : 'an integer from 1 to 1000'}, found ${found}. Correct or remove it.`,
};
