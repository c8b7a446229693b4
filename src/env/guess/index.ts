/** The game of the hidden number: one tool, one number to give. */
import { defineEnvironment, tool, z } from '../define';
import { rules, type GuessSettings, type Hidden, type Known } from './rules';

export default defineEnvironment<Hidden, Known, GuessSettings>({
  ...rules,
  tools: ({ info }, { state }) => ({
    guess: tool(
      'Guesses the hidden number. Tells whether it is higher or lower.',
      z.object({ n: z.int() }),
      ({ n }, { finish }) => {
        state.guesses++;
        if (n < state.low || n > state.high) state.wasted++;
        const left = info.guesses - state.guesses;
        const success = n === info.number;
        if (success || left === 0) {
          finish({
            answer: String(n),
            success,
            ...(success ? {} : { stopCondition: 'out-of-guesses' }),
          });
        }
        if (n < info.number) state.low = Math.max(state.low, n + 1);
        if (n > info.number) state.high = Math.min(state.high, n - 1);
        const told = success ? 'Right' : n < info.number ? 'Higher' : 'Lower';
        return `${told}. Guesses left: ${left}.`;
      },
    ),
  }),
});
