/** What asking decides before any GPU is needed; tests/gpu/ask.test.ts has the rest. */
import { describe, expect, it } from 'vitest';
import { defaultTestSettings } from '../../tests/support/settings';
import { toyTask } from '../../tests/support/toy-run';
import type { OpenedEnvironment } from '../env/types';
import { TrainingError } from '../errors/training';
import { ask, askMenu, OF_A_QUESTION, settingsBetween } from './ask';
import { Session, type RunPlatform } from './session';

const OPENED: OpenedEnvironment = {
  title: 'Toy',
  tasks: {
    train: [toyTask('t0', 'q0')],
    validation: [toyTask('v0', 'q1', 2)],
    test: [{ ...toyTask('x0', 'q2', 3), answer: null, info: { box: 'me' } }, toyTask('x1', 'q3')],
  },
  start: () => {
    throw new Error('Nothing is played here.');
  },
  close: () => undefined,
};

describe('askMenu', () => {
  it('lists tasks of the test split first, each as people read it', () => {
    const { title, tasks } = askMenu(OPENED);
    expect(title).toBe('Toy');
    expect(tasks.map(({ id, split }) => [id, split])).toEqual([
      ['x0', 'test'],
      ['x1', 'test'],
      ['v0', 'validation'],
      ['t0', 'train'],
    ]);
    expect(tasks[0]).toEqual({
      ...{ id: 'x0', question: 'q2', gold: null, split: 'test', level: 3, info: { box: 'me' } },
    });
  });

  it('offers own words where the environment takes them, with what its view needs', () => {
    expect(askMenu(OPENED)).toMatchObject({ takesOwn: false, own: {} });
    const opened: OpenedEnvironment = {
      ...OPENED,
      ask: () => toyTask('own', 'q0'),
      menu: () => ({ boxes: ['me'] }),
    };
    expect(askMenu(opened)).toMatchObject({ takesOwn: true, own: { boxes: ['me'] } });
  });
});

it('between two steps a question has the settings of the run, with its own sampling and length', () => {
  const running = defaultTestSettings();
  const asked = {
    ...running,
    ...{
      seed: 7,
      maxTurns: 3,
      maxTokens: 9,
      trainDatasetSize: 5,
      evalDatasetSize: 6,
      rewardPreset: 'simple',
    },
    ...{ topK: 4, topP: 0.5, minP: 0.1, maxSeqLength: 99 },
  };
  const found = settingsBetween(running, asked);
  const changed = Object.keys(found).filter((key) => found[key] !== running[key]);
  expect(changed.sort()).toEqual([...OF_A_QUESTION].sort());
  expect(found).toMatchObject({ topK: 4, topP: 0.5, minP: 0.1, maxSeqLength: 99 });
  expect(settingsBetween(running, {})).toEqual(running);
});

describe('a request that makes no sense', () => {
  /** Anything asked of it is a failure of the test. */
  const untouched = new Proxy({} as RunPlatform, {
    get: (_, name) => {
      throw new Error(`The platform was asked for ${String(name)}.`);
    },
  });

  it.each([
    [-0.1, 0, /temperature is -0.1; give a number from 0/],
    [10.1, 0, /temperature is 10.1/],
    [NaN, 0, /temperature is NaN/],
    [1, -1, /number of the try is -1; give an integer from 0 to 65535/],
    [1, 0.5, /number of the try is 0.5/],
    [1, 65_536, /number of the try is 65536/],
  ])('temperature %d, try %d is refused before anything loads', async (temperature, draw, message) => {
    const request = { task: { kind: 'dataset', id: 'x0' }, temperature, draw } as const;
    const asking = ask(new Session(untouched), defaultTestSettings(), request, null, () => undefined);
    await expect(asking).rejects.toThrow(TrainingError);
    await expect(asking).rejects.toThrow(message);
  });
});
