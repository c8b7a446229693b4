/** The game without its tool: tasks, what is counted, what pays, and an expert that halves the range. */
import type { EnvironmentDefinition, Ended, ExpertCall, SettingsOf, TaskInput } from '../definition';
import { Random, streamOf } from '../../random/philox';
import { count } from '../../settings/setting-info';
import type { Split } from '../types';

export type Hidden = {
  /** What is to be found. */
  readonly number: number;
  /** The range is 1 to this. */
  readonly largest: number;
  /** Guesses that the episode may take. */
  readonly guesses: number;
};

/** What an episode's answers have told so far. */
export type Known = { low: number; high: number; guesses: number; wasted: number };

export type GuessSettings = { readonly levels: number; readonly spareGuesses: number };

type Game = EnvironmentDefinition<Hidden, Known, GuessSettings>;
type End = Ended<Hidden, Known, GuessSettings>;

/** Who hides the number. A task is a name, a range and a number, so that there are enough for three splits. */
const NAMES =
  'Ada Ben Cleo Dan Ella Finn Greta Hugo Ida Jan Kim Lea Max Nina Otto Pia Ravi Sara Tom Uma Vera Wim Yara Zoe'.split(
    ' ',
  );

/** Guesses that halving the range needs at most: level 1 has 7 numbers and takes 3, each further level one more. */
const needed = (level: number): number => level + 2;
const largestOf = (level: number): number => 2 ** needed(level) - 1;

export const rules: Omit<Game, 'tools'> = {
  id: 'guess',
  title: 'Find the number',
  description: 'Find a hidden number by guessing: each guess is answered by higher or lower.',
  settings: {
    levels: {
      label: 'Levels',
      description: 'Numbers go up to 7 in level 1, 15 in level 2, 31 in level 3, 63, 127 and 255.',
      default: 2,
      rule: count(1, 6),
    },
    spareGuesses: {
      label: 'Spare guesses',
      description:
        'Guesses beyond those that always suffice when each halves what is left: 3 in level 1, one more with each level. maxTurns bounds them all.',
      default: 0,
      rule: count(0, 20),
    },
  },
  // Sized for the built-in policy, which has never seen a game: see docs/learning/guess.md.
  defaults: {
    ...{ maxTurns: 6, maxTokens: 48, temperature: 0.5, evalTemperature: 0.5 },
    ...{ warmStartEpisodes: 320, warmStartEpochs: 4, warmStartLearningRate: 0.012 },
    ...{ batchSize: 8, maxSteps: 24, learningRate: 0.0005 },
  },

  *tasks({ split, random, settings }) {
    const all: TaskInput<Hidden>[] = [];
    for (let level = 1; level <= settings.levels; level++) {
      for (let number = 1; number <= largestOf(level); number++) {
        for (const name of NAMES) {
          const id = `${name.toLowerCase()}-${largestOf(level)}-${number}`;
          if (splitOf(id) === split) all.push({ id, ...taskOf(name, level, number, settings) });
        }
      }
    }
    yield* random.shuffle(all);
  },

  state: ({ info }) => ({ low: 1, high: info.largest, guesses: 0, wasted: 0 }),

  metrics: {
    guesses: {
      label: 'guesses',
      unit: 'count',
      description:
        'Guesses of an episode, the right one included. Fewer is better, as long as the number is found.',
      value: ({ state }) => state.guesses,
    },
    wastedGuesses: {
      label: 'wasted guesses',
      unit: 'count',
      description: 'Guesses of an episode that earlier answers had ruled out.',
      value: ({ state }) => state.wasted,
      inEvaluations: true,
    },
  },

  rewards: {
    right: { label: 'Found', value: ({ success }) => Number(success === true) },
    sensible: { label: 'Sensible guesses', value: sensible },
  },
  rewardWeights: { default: { right: 1, sensible: 0.5 }, right: { right: 1 } },

  /** Knows the number only to foresee the answers: its guesses are those of somebody who does not. */
  expert({ info }) {
    const calls: ExpertCall[] = [];
    let [low, high] = [1, info.largest];
    while (calls.length < info.guesses) {
      const number = (low + high) >> 1;
      calls.push({ name: 'guess', arguments: { n: number } });
      if (number === info.number) return calls;
      if (number < info.number) low = number + 1;
      else high = number - 1;
    }
    return null;
  },
};

function taskOf(
  name: string,
  level: number,
  number: number,
  { spareGuesses, maxTurns }: SettingsOf<GuessSettings>,
): Omit<TaskInput<Hidden>, 'id'> {
  const largest = largestOf(level);
  const guesses = Math.min(needed(level) + spareGuesses, maxTurns);
  return {
    prompt: `${name} hides a number from 1 to ${largest}. Find it in ${guesses} guesses.`,
    answer: String(number),
    level,
    info: { number, largest, guesses },
  };
}

/** By the task alone: 70 % are for training, 10 % for validation, 20 % for tests, whatever else is drawn. */
function splitOf(id: string): Split {
  const place = new Random(streamOf(id), 'guess-split').uniform();
  return place < 0.7 ? 'train' : place < 0.8 ? 'validation' : 'test';
}

/** Share of the allowed guesses that could have been right; those that a find left over count as such. */
function sensible({ state, success, task }: End): number {
  const good = state.guesses - state.wasted;
  return (success === true ? task.info.guesses - state.wasted : good) / task.info.guesses;
}
