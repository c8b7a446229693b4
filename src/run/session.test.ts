/** What a session keeps of tasks; tests/gpu/ask.test.ts has the engine on its device. */
import { describe, expect, it } from 'vitest';
import { info } from '../env/rows/info';
import { presetSettings } from '../env/settings';
import type { Environment, OpenOptions, TaskSource } from '../env/types';
import { PolicyError } from '../errors/policy';
import type { Settings } from '../settings/settings';
import { Session, type RunPlatform } from './session';

/** A session over an environment of nothing, with a log of all that it opens and closes. */
function stub() {
  const log: string[] = [];
  const opened: { source: TaskSource; options: OpenOptions }[] = [];
  let failing: string | null = null;
  const environment: Environment = {
    ...info,
    open: (source, options) => {
      const number = opened.push({ source, options });
      log.push(`open ${number}`);
      if (failing !== null) return Promise.reject(new RangeError(failing));
      return Promise.resolve({
        title: `opened ${number}`,
        tasks: { train: [], validation: [], test: [] },
        start: () => {
          throw new Error('Nothing is played here.');
        },
        close: () => log.push(`close ${number}`),
      });
    },
  };
  const platform: RunPlatform = {
    webgpu: {} as GPU,
    tuning: { read: () => Promise.resolve(null), write: () => Promise.resolve() },
    modelFiles: (model) => {
      log.push(`model ${model}`);
      return Promise.reject(new PolicyError(`no model ${model}`));
    },
    environment: () => Promise.resolve(environment),
    taskSource: (dataset, id) => {
      log.push(`source ${dataset} of ${id}`);
      return Promise.resolve({ ...Session.noFiles, name: dataset });
    },
    readText: () => Promise.resolve(''),
    now: () => 0,
  };
  const session = new Session(platform);
  const settings: Settings = { ...presetSettings('default', 'rows'), dataset: 'a' };
  return {
    ...{ log, opened, session, platform, environment, settings },
    fail: (message: string | null) => (failing = message),
    open: (changes: Partial<Settings> = {}, hints = {}) =>
      session.environment(Object.assign({ ...settings }, changes), hints),
  };
}

describe('the environment of a session', () => {
  it('is opened once with files, settings and hints, and kept while nothing it depends on changes', async () => {
    const { log, open, opened, environment } = stub();
    const first = await open({}, { promptStyle: 'compact' });
    expect(first.environment).toBe(environment);
    // What only the trainer, the sampler or the files of a run depend on.
    const same: Partial<Settings> = {
      ...{
        learningRate: 0.5,
        maxSteps: 3,
        temperature: 0.3,
        maxSeqLength: 99,
        outputDir: 'x',
        model: 'other',
      },
      ...{ mode: 'rollout', baseWeights: 'int8', loraR: 2 },
    };
    expect(await open(same, { promptStyle: 'compact' })).toBe(first);
    expect(log).toEqual(['source a of rows', 'open 1']);
    expect(opened[0]).toMatchObject({
      ...{
        source: { name: 'a' },
        options: { hints: { promptStyle: 'compact' }, settings: { dataset: 'a' } },
      },
    });
  });

  it.each<[string, Partial<Settings>, object]>([
    ['dataset', { dataset: 'b' }, {}],
    ['seed', { seed: 5 }, {}],
    ['maxTurns', { maxTurns: 9 }, {}],
    ['maxTokens', { maxTokens: 9 }, {}],
    ['trainDatasetSize', { trainDatasetSize: 9 }, {}],
    ['evalDatasetSize', { evalDatasetSize: 9 }, {}],
    ['an own setting', { rewardPreset: 'seed' }, {}],
    ['another environment', { environment: 'other' }, {}],
    ["the model's wishes", {}, { searchLimit: 3 }],
  ])('is opened anew for another %s, the one before being closed first', async (_what, changes, hints) => {
    const { log, open } = stub();
    const first = await open();
    const second = await open(changes, hints);
    expect(second).not.toBe(first);
    expect(log.filter((line) => !line.startsWith('source'))).toEqual(['open 1', 'close 1', 'open 2']);
    expect(await open(changes, hints)).toBe(second);
  });

  it('asks for no files where tasks are built in, and says what to do when some are read all the same', async () => {
    const { log, open, opened } = stub();
    await open({ dataset: 'built-in' });
    expect(log).toEqual(['open 1']);
    expect(opened[0]?.source).toBe(Session.noFiles);
    await expect(Session.noFiles.read('tasks.jsonl')).rejects.toThrow(/needs tasks.jsonl.*Set dataset/);
    expect(await Session.noFiles.list()).toEqual([]);
  });

  it('is opened again after it failed, after new files, and after dispose', async () => {
    const { log, open, fail, session } = stub();
    fail('broken files');
    await expect(open()).rejects.toThrow(/broken files/);
    fail(null);
    await open();
    session.forgetTasks();
    await open();
    session.dispose();
    session.dispose();
    await open();
    expect(log.filter((line) => !line.startsWith('source'))).toEqual([
      ...['open 1', 'open 2', 'close 2', 'open 3', 'close 3', 'open 4'],
    ]);
  });
});

describe('an environment that is held', () => {
  it('stays open while the session opens another or is disposed, until the last lets go', async () => {
    const { log, open, session } = stub();
    const closed = () => log.filter((line) => line.startsWith('close'));
    const first = await open();
    const [one, other] = [session.hold(first), session.hold(first)];
    await open({ seed: 5 });
    session.dispose();
    expect(closed()).toEqual(['close 2']);
    one();
    one();
    expect(closed()).toEqual(['close 2']);
    other();
    expect(closed()).toEqual(['close 2', 'close 1']);
  });

  it('stays with the session when it is let go, and closes with it', async () => {
    const { log, open, session } = stub();
    const first = await open();
    session.hold(first)();
    expect(await open()).toBe(first);
    expect(log).not.toContain('close 1');
    session.forgetTasks();
    expect(log).toContain('close 1');
  });
});

it('tells two environments of one id and one table apart', async () => {
  const { platform, environment, settings, log } = stub();
  let offered = environment;
  const session = new Session({ ...platform, environment: () => Promise.resolve(offered) });
  const first = await session.environment(settings, {});
  offered = { ...environment };
  const second = await session.environment(settings, {});
  expect([first.environment, second.environment]).toEqual([environment, offered]);
  expect(second.environment).toBe(offered);
  expect(log.filter((line) => !line.startsWith('source'))).toEqual(['open 1', 'close 1', 'open 2']);
});

describe('the engine of a session', () => {
  it('is not held after it failed to open, and tried again', async () => {
    const { session, settings, log } = stub();
    for (let i = 0; i < 2; i++) {
      const opening = session.engine(
        settings,
        () => undefined,
        () => undefined,
      );
      await expect(opening).rejects.toThrow(PolicyError);
      expect(session.holds(settings)).toBe(false);
    }
    expect(log).toEqual([`model ${settings.model}`, `model ${settings.model}`]);
  });
});
