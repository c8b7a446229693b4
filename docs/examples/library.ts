import { defineEnvironment, exportAdapter, tool, train, z } from 'mailgym';

const sums = defineEnvironment({
  id: 'sums',
  title: 'Add two numbers',
  tasks: ({ split }) =>
    Array.from({ length: 99 }, (_, i) => ({
      id: `${split}-${i}`,
      prompt: `What is ${i} + ${i % 7}? Call answer.`,
      info: { sum: i + (i % 7) },
    })),
  tools: (task) => ({
    answer: tool('Gives the answer.', z.object({ value: z.number() }), ({ value }, { finish }) =>
      finish({ answer: String(value), success: value === task.info.sum }),
    ),
  }),
  rewards: {
    right: ({ success }) => (success ? 1 : 0),
    brief: ({ turns }) => -0.1 * turns.length,
  },
});

const { adapter, step } = await train({
  environment: sums,
  preset: 'quick',
  settings: { maxSteps: 2 }, // enough to see that it works
  onEvent: (event) => event.kind === 'log' && console.log(event.line),
});
console.log(`${exportAdapter(adapter).length} bytes of PEFT adapter after step ${step}`);
