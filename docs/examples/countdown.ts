import { defineEnvironment, tool, z } from 'mailgym';

const numbers = z.object({ x: z.number().int(), y: z.number().int(), plus: z.number().int() });
const result = z.object({ value: z.number().int() });

export default defineEnvironment({
  id: 'countdown',
  title: 'Reach the number',
  tasks: function* ({ split, random }) {
    for (let i = 0; ; i++) {
      const [x = 0, y = 0, plus = 0] = Array.from({ length: 3 }, () => 1 + random.integer(9));
      const prompt = `Reach ${x * y + plus} with ${random.shuffle([x, y, plus]).join(', ')}.`;
      yield { id: `${split}-${i}`, prompt, info: { x, y, plus, target: x * y + plus } };
    }
  },
  system: 'Use calculate, then give the value you reached with answer.',
  tools: (task) => ({
    calculate: tool('Gives x * y + plus.', numbers, ({ x, y, plus }) => x * y + plus),
    answer: tool('Gives the final answer.', result, ({ value }, { finish }) =>
      finish({ answer: String(value), success: value === task.info.target }),
    ),
  }),
  rewards: { right: ({ success }) => (success ? 1 : 0), brief: ({ turns }) => -0.05 * turns.length },
  expert: ({ info: { x, y, plus, target } }) => [
    { name: 'calculate', arguments: { x, y, plus } },
    { name: 'answer', arguments: { value: target } },
  ],
});
