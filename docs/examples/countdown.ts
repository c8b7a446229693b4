import { defineEnvironment, tool, z } from 'mailgym';

export default defineEnvironment({
  id: 'countdown',
  title: 'Reach the number',
  description: 'Combine four numbers by + - * to reach a target, with a calculator.',
  defaults: { maxTurns: 4 },
  tasks: function* ({ split, random }) {
    for (let i = 0; ; i++) {
      const numbers = Array.from({ length: 4 }, () => 1 + random.integer(9));
      const [a = 0, b = 0, c = 0] = random.shuffle(numbers);
      const target = a * b + c;
      yield {
        id: `${split}-${i}`,
        prompt: `Reach ${target} with ${numbers.join(', ')}.`,
        info: { target, a, b, c },
      };
    }
  },
  system: 'Use calculate, then give the value you reached with answer.',
  tools: (task) => ({
    calculate: tool(
      'Evaluates + - * on integers.',
      z.object({ expression: z.string().max(60) }),
      ({ expression }) => {
        if (!/^\d+( *[-+*] *\d+)*$/.test(expression))
          throw new Error('write integers with + - * between them');
        const products = expression.replaceAll(' ', '').replaceAll('-', '+-').split('+');
        return products.reduce(
          (sum, product) => sum + product.split('*').reduce((a, b) => a * Number(b), 1),
          0,
        );
      },
    ),
    answer: tool('Gives the final answer.', z.object({ value: z.number().int() }), ({ value }, { finish }) =>
      finish({ answer: String(value), success: value === task.info.target }),
    ),
  }),
  rewards: {
    right: ({ success }) => (success ? 1 : 0),
    brief: ({ turns }) => -0.05 * turns.length,
  },
  expert: ({ info: { a, b, c, target } }) => [
    { name: 'calculate', arguments: { expression: `${a} * ${b} + ${c}` } },
    { name: 'answer', arguments: { value: target } },
  ],
});
