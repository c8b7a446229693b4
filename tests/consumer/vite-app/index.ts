// All of the library: the example of the docs, with a model of this site.
import { ask, defineEnvironment, evaluate, exportAdapter, openEngine, tool, train, z } from 'mailgym';

const environment = defineEnvironment({
  id: 'guess',
  title: 'Guess',
  tasks: () => [{ id: 'one', prompt: 'Guess a number.', info: { number: 3 } }],
  tools: (task) => ({
    guess: tool('Guesses.', z.object({ number: z.number() }), ({ number }, { finish }) =>
      finish({ success: number === task.info.number }),
    ),
  }),
});
const engine = await openEngine({ baseUrl: './assets/' });
const { adapter } = await train({ engine, environment, settings: { maxSteps: 2 } });
const { greedyAccuracy } = await evaluate({ engine, environment, adapter });
const { answer } = await ask({ engine, environment, task: 'one', adapter });
document.body.textContent = [greedyAccuracy, answer, exportAdapter(adapter).length].join(' ');
engine.dispose();
