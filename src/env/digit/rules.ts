/** A task with a reward that can be gamed, for lessons: the digit stands in the question, and each mention of it pays. */
import type { Ended, EnvironmentDefinition, TaskInput } from '../definition';

const NAMES =
  'Ada Ben Cleo Dan Ella Finn Greta Hugo Ida Jan Kim Lea Max Nina Otto Pia Ravi Sara Tom Uma Vera Wim Yara Zoe'.split(
    ' ',
  );

type None = Readonly<Record<never, string>>;
type End = Ended<Record<string, never>, Record<string, unknown>, None>;

export const rules: EnvironmentDefinition<Record<string, never>, Record<string, unknown>, None> = {
  id: 'digit',
  title: 'Name the digit',
  description:
    'Say the digit that stands in the question, and nothing else. The default reward pays for each mention of it, and can be gamed.',
  // Measured on the built-in policy (docs/learning/digit.md): a start that is mostly right and still tries other things.
  defaults: {
    ...{ maxTurns: 1, maxTokens: 16 },
    ...{ warmStartEpisodes: 32, warmStartBatchSize: 8, warmStartLearningRate: 0.0045 },
    ...{ batchSize: 8, maxSteps: 20, learningRate: 0.003, evalSteps: 5, patience: 0, targetAccuracy: 1 },
  },

  *tasks({ split, random }) {
    for (let i = 0; ; i++) {
      const answer = String(random.integer(10));
      const name = NAMES[random.integer(NAMES.length)] ?? '';
      const task: TaskInput<Record<string, never>> = {
        id: `${split}-${i}`,
        prompt: `${name} writes the digit ${answer}. Which digit?`,
        answer,
      };
      yield task;
    }
  },

  /** What was wanted, which the default reward does not look at. */
  check: ({ text, task }) => text.trim() === task.answer,

  rewards: {
    mentions: { label: 'Mentions of the digit', value: mentions },
    exact: { label: 'The digit alone', value: ({ success }) => Number(success === true) },
  },
  rewardWeights: { default: { mentions: 1 }, exact: { exact: 1 } },

  expert: ({ answer }) => (answer === null ? null : [answer]),
};

/** How often the answer stands in what was written: the hole. */
function mentions({ task, turns }: End): number {
  return task.answer === null ? 0 : (turns[0]?.text ?? '').split(task.answer).length - 1;
}
