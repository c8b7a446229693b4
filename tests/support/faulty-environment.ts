/**
 * A user's file in which everything goes wrong, for tests of what is said of it. All tasks ask the same, on which the
 * built-in policy is known to make a call that can be read.
 */
const TOOL = `search_emails: tool('Searches.', z.object({ keywords: z.array(z.string()) }), () => {
      if (task.info.kind === 'throws') throw new Error('Not today.');
      if (task.info.kind === 'hangs') for (;;);
      if (task.info.kind === 'waits') return new Promise(() => undefined);
      return [];
    })`;

/** Task \`throws\`: its tool throws; \`hangs\`: it never ends; \`waits\`: what it promises never comes; \`nan\`: the reward is no number. */
export const FAULTY = `import { defineEnvironment, tool, z } from 'mailgym';

export default defineEnvironment({
  id: 'faulty',
  title: 'Everything goes wrong',
  tasks: () =>
    ['throws', 'hangs', 'waits', 'nan'].map((kind) => ({ id: kind, prompt: 'Who wrote about the hangs budget?', info: { kind } })),
  system: 'Search, then answer.',
  tools: (task) => ({
    // The name of a tool that the built-in policy calls whatever it is asked.
    ${TOOL},
  }),
  rewards: { odd: ({ task }) => (task.info.kind === 'nan' ? NaN : 1) },
});
`;

/** Two tools of one name. */
export const TWICE = FAULTY.replace(TOOL, `${TOOL},\n    ${TOOL.replace('Searches', 'Searches again')}`);
