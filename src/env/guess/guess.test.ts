import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openEnvironment, textTurn, turnOf } from '../../../tests/support/environments';
import { Random } from '../../random/philox';
import type { Settings } from '../../settings/settings';
import { SPLITS, type Episode, type OpenedEnvironment, type Outcome, type Task } from '../types';
import guess from './index';

const ALL = { trainDatasetSize: 100_000, evalDatasetSize: 100_000 };
const open = (changes: Partial<Settings> = {}) => openEnvironment(guess, { ...ALL, levels: 3, ...changes });
const tasksOf = ({ tasks }: OpenedEnvironment): Task[] => SPLITS.flatMap((split) => tasks[split]);

/** An episode in which this number is hidden; of level 3 it takes 5 guesses. */
async function hiding(number: number, level = 3, changes: Partial<Settings> = {}): Promise<Episode> {
  const opened = await open(changes);
  const task = tasksOf(opened).find((one) => one.level === level && one.answer === String(number));
  return opened.start(task!, new Random(1, 'test'));
}

const BUDGET = 1000;
/** What each guess is told; stops at the end of the episode. */
async function play(episode: Episode, numbers: readonly unknown[]): Promise<string[]> {
  const told: string[] = [];
  for (const number of numbers) {
    const { results, done } = await episode.step(turnOf(['guess', { n: number }]), BUDGET);
    told.push(results[0]!.content);
    if (done) break;
  }
  return told;
}
async function outcomeAfter(episode: Episode, numbers: readonly unknown[]): Promise<Outcome> {
  await play(episode, numbers);
  return episode.outcome();
}

describe('tasks', () => {
  it('hide every number of a range that grows with the level', async () => {
    const tasks = tasksOf(await open({ levels: 2 }));
    for (const [level, largest] of [
      [1, 7],
      [2, 15],
    ]) {
      const ofLevel = tasks.filter((task) => task.level === level);
      const numbers = new Set(ofLevel.map(({ answer }) => Number(answer)));
      expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: largest! }, (_, i) => i + 1));
      expect(ofLevel.every(({ prompt }) => prompt[0]!.content.includes(`from 1 to ${largest}.`))).toBe(true);
    }
    expect(new Set(tasks.map(({ level }) => level))).toEqual(new Set([1, 2]));
  });

  it('stand in one split alone, the same one whatever the seed, and most of them in training', async () => {
    const [one, other] = [await open({ seed: 1 }), await open({ seed: 2 })];
    const ids = (opened: OpenedEnvironment) => SPLITS.map((split) => opened.tasks[split].map(({ id }) => id));
    expect(new Set(ids(one).flat()).size).toBe(ids(one).flat().length);
    expect(ids(other).map((list) => list.toSorted())).toEqual(ids(one).map((list) => list.toSorted()));
    const [train, validation, test] = ids(one);
    expect(train!.length).toBeGreaterThan(2 * test!.length);
    expect(test!.length).toBeGreaterThan(validation!.length);
    expect(validation!.length).toBeGreaterThan(50);
  });

  it('of training come in an order of the seed, the others always in the same', async () => {
    const [one, again, other] = [await open({ seed: 1 }), await open({ seed: 1 }), await open({ seed: 2 })];
    expect(again.tasks).toEqual(one.tasks);
    expect(other.tasks.test).toEqual(one.tasks.test);
    expect(other.tasks.train).not.toEqual(one.tasks.train);
  });

  it('tell how many guesses there are, which maxTurns bounds', async () => {
    const guesses = async (changes: Partial<Settings>) =>
      tasksOf(await open({ levels: 1, ...changes })).map(({ info, prompt }) => [
        info['guesses'],
        prompt[0]!.content.endsWith(`in ${String(info['guesses'])} guesses.`),
      ])[0];
    expect(await guesses({})).toEqual([3, true]);
    expect(await guesses({ spareGuesses: 2 })).toEqual([5, true]);
    expect(await guesses({ spareGuesses: 2, maxTurns: 4 })).toEqual([4, true]);
  });
});

describe('the expert', () => {
  it('finds every number of six levels in the guesses that the task allows, and without waste', async () => {
    const opened = await open({ levels: 6, maxTurns: 8 });
    const each = new Map(tasksOf(opened).map((task) => [`${task.level} ${task.answer}`, task]));
    expect(each.size).toBe(7 + 15 + 31 + 63 + 127 + 255);
    for (const task of each.values()) {
      const calls = opened.expert!(task)!.flatMap((message) => message.tool_calls ?? []);
      const episode = opened.start(task, new Random(1, 'test'));
      const outcome = await outcomeAfter(
        episode,
        calls.map((call) => call.function.arguments['n']),
      );
      expect(outcome).toMatchObject({ success: true, answer: task.answer, stopCondition: 'answered' });
      expect(outcome.metrics).toMatchObject({ wastedGuesses: 0, guesses: calls.length, bad_calls: 0 });
      expect(outcome.rewards).toEqual({ right: 1, sensible: 1 });
    }
  });

  it('asks what somebody would who does not know: numbers that share their answers share their guesses', async () => {
    const opened = await open();
    const path = (number: number) =>
      opened.expert!(
        tasksOf(opened).find((task) => task.level === 3 && task.answer === String(number))!,
      )!.map((message) => message.tool_calls![0]!.function.arguments['n']);
    expect(path(19)).toEqual([16, 24, 20, 18, 19]);
    expect(path(17)).toEqual([16, 24, 20, 18, 17]);
  });

  it('knows none where the guesses do not suffice', async () => {
    const opened = await open({ levels: 1, maxTurns: 2 });
    const known = tasksOf(opened).filter((task) => opened.expert!(task) !== null);
    expect(new Set(known.map(({ answer }) => answer))).toEqual(new Set(['2', '4', '6']));
  });
});

describe('an episode', () => {
  it('tells higher or lower, and ends with the number', async () => {
    expect(await play(await hiding(19), [16, 24, 19, 1])).toEqual([
      'Higher. Guesses left: 4.',
      'Lower. Guesses left: 3.',
      'Right. Guesses left: 2.',
    ]);
  });

  it('ends when the guesses are used up, as a failure', async () => {
    const outcome = await outcomeAfter(await hiding(7, 1), [1, 2, 3, 7]);
    expect(outcome).toMatchObject({ success: false, answer: '3', stopCondition: 'out-of-guesses' });
    expect(outcome.rewards).toEqual({ right: 0, sensible: 1 });
  });

  it('pays less for guesses that answers had ruled out', async () => {
    expect((await outcomeAfter(await hiding(19), [16, 24, 30, 16, 19])).rewards).toEqual({
      right: 1,
      sensible: 0.6,
    });
    expect((await outcomeAfter(await hiding(19), [16, 16, 99, -3, 20])).rewards).toEqual({
      right: 0,
      sensible: 0.4,
    });
    expect((await outcomeAfter(await hiding(19), [19])).rewards).toEqual({ right: 1, sensible: 1 });
  });

  it('pays nothing for doing nothing', async () => {
    const episode = await hiding(19);
    await episode.step(textTurn('Is it 19?'), BUDGET);
    expect(await episode.outcome()).toMatchObject({
      success: false,
      stopCondition: 'unparsable',
      rewards: { right: 0, sensible: 0 },
    });
  });

  it.each([
    ['no number', 'seven'],
    ['no integer', 7.5],
    ['nothing', undefined],
  ])('answers %s in words, and takes no guess for it', async (_, number) => {
    const episode = await hiding(19);
    const [told] = await play(episode, [number]);
    expect(told).toMatch(/^\{"error":"guess:.*\bn\b/);
    const outcome = await outcomeAfter(episode, [16, 24, 20, 18, 19]);
    expect(outcome).toMatchObject({ success: true, metrics: { bad_calls: 1, guesses: 5 } });
  });

  it('speaks the truth, whatever is guessed', async () => {
    const opened = await open();
    const tasks = tasksOf(opened);
    const anyGuesses = fc.array(fc.integer({ min: -2, max: 40 }), { minLength: 5, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.nat(tasks.length - 1), anyGuesses, async (index, numbers) => {
        const task = tasks[index]!;
        const hidden = Number(task.answer);
        const allowed = numbers.slice(0, Number(task.info['guesses']));
        const episode = opened.start(task, new Random(1, 'test'));
        const told = await play(episode, numbers);
        const found = allowed.indexOf(hidden);
        const made = found < 0 ? allowed : allowed.slice(0, found + 1);
        expect(told.map((text) => text.split('.')[0])).toEqual(
          made.map((number) => (number === hidden ? 'Right' : number < hidden ? 'Higher' : 'Lower')),
        );
        const isRuledOut = (number: number, at: number) =>
          number < 1 ||
          number > Number(task.info['largest']) ||
          made.slice(0, at).some((before) => (before < hidden ? number <= before : number >= before));
        const outcome = await episode.outcome();
        expect(outcome.success).toBe(found >= 0);
        expect(outcome.metrics['guesses']).toBe(made.length);
        expect(outcome.metrics['wastedGuesses']).toBe(made.filter(isRuledOut).length);
      }),
    );
  });
});
