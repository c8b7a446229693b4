/** The game of the hidden number: one tool, one number to give. */
import { defineEnvironment, tool, z } from '../define';
import { rules, type GuessSettings, type Hidden, type Known } from './rules';

export default defineEnvironment<Hidden, Known, GuessSettings>({
  ...rules,
  tools: ({ info }, { state }) => ({
    guess: tool(
      'Guesses the hidden number. Tells whether it is higher or lower.',
      z.object({ number: z.int() }),
      ({ number }, { finish }) => {
        state.guesses++;
        if (number < state.low || number > state.high) state.wasted++;
        const left = info.guesses - state.guesses;
        const success = number === info.number;
        if (success || left === 0) {
          finish({
            answer: String(number),
            success,
            ...(success ? {} : { stopCondition: 'out-of-guesses' }),
          });
        }
        if (number < info.number) state.low = Math.max(state.low, number + 1);
        if (number > info.number) state.high = Math.min(state.high, number - 1);
        const how = success
          ? `It is ${number}`
          : `It is ${number < info.number ? 'higher' : 'lower'} than ${number}`;
        return `${how}. Guesses left: ${left}.`;
      },
    ),
  }),
});
