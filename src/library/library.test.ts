/** What the calls refuse before anything is opened, and what a signal does; tests/gpu/library.test.ts trains. */
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import * as door from '../index';
import {
  ask,
  checkSettings,
  defineEnvironment,
  evaluate,
  exportAdapter,
  MailGymError,
  MemoryStore,
  openEngine,
  presetSettings,
  resolveSettings,
  tool,
  train,
  z,
  type AskAnswer,
  type AskOptions,
  type Engine,
  type Environment,
  type EvaluateOptions,
  type EvaluationReport,
  type PlatformOptions,
  type RunEvent,
  type TrainablePolicy,
  type TrainOptions,
  type TrainSummary,
} from '../index';
import { abortable } from './signal';

const guess = defineEnvironment({
  id: 'guess',
  title: 'Guess',
  settings: { most: { label: 'Most', description: 'Largest.', default: 9, rule: door.count(1, 99) } },
  tasks: () => [{ id: 'one', prompt: 'Guess.', info: { number: 3 } }],
  tools: (task) => ({
    guess: tool('Guesses.', z.object({ number: z.number() }), ({ number }, { finish }) =>
      finish({ success: number === task.info.number }),
    ),
  }),
});

/** A platform on which nothing may be opened. */
const touched: string[] = [];
const platform: PlatformOptions = {
  webgpu: {} as GPU,
  modelFiles: (model) => {
    touched.push(model);
    return Promise.reject(new door.PolicyError(`No model ${model} here.`));
  },
};
beforeEach(() => touched.splice(0));

describe('arguments', () => {
  const environment = guess;
  const wrong: [name: string, call: () => Promise<unknown>, code: string, message: RegExp][] = [
    [
      'an unknown environment',
      () => train({ environment: 'gess', platform }),
      'environment/unknown',
      /no environment "gess"\. There are mail/,
    ],
    [
      'no environment',
      () => evaluate({ platform } as unknown as EvaluateOptions),
      'environment/choice',
      /environment is undefined\. Give what defineEnvironment made/,
    ],
    [
      'an unknown setting',
      () => train({ environment, platform, settings: { maxStep: 3 } }),
      'settings',
      /no setting 'maxStep'; did you mean maxSteps/,
    ],
    [
      'a value out of range',
      () => evaluate({ environment, platform, settings: { most: 100 } }),
      'settings',
      /most is 100; allowed: an integer from 1 to 99/,
    ],
    [
      "another environment's setting",
      () => ask({ environment, platform, task: 'one', settings: { searchLimit: 3 } }),
      'settings',
      /no setting 'searchLimit'/,
    ],
    [
      'an unknown preset',
      () => train({ environment, platform, preset: 'quickest' }),
      'settings',
      /no preset 'quickest'; there are default/,
    ],
    [
      'both a folder and a store',
      () => train({ environment, platform, outputDir: 'a', store: new MemoryStore() }),
      'settings',
      /Both outputDir \(a\) and store/,
    ],
    [
      'a folder in the settings and a store',
      () => train({ environment, platform, settings: { outputDir: 'a' }, store: new MemoryStore() }),
      'settings',
      /Both outputDir \(a\) and store/,
    ],
    [
      'two folders',
      () => train({ environment, platform, settings: { outputDir: 'a' }, outputDir: 'b' }),
      'settings',
      /settings\.outputDir is "a", but the call is for "b"/,
    ],
    [
      'to resume nowhere',
      () => train({ environment, platform, settings: { resume: 'latest' } }),
      'settings',
      /resume is latest, but neither outputDir nor store/,
    ],
    [
      'two models',
      () => train({ environment, platform, model: 'a', settings: { model: 'b' } }),
      'settings',
      /settings\.model is "b", but the call is for "a"/,
    ],
    [
      'an unknown split',
      () => evaluate({ environment, platform, split: 'dev' as 'test' }),
      'settings',
      /split is 'dev'; allowed: one of train, validation, test/,
    ],
    [
      'a question of nothing',
      () => ask({ environment, platform } satisfies AskOptions),
      'settings',
      /Neither task nor text is given/,
    ],
    [
      'a question of two',
      () => ask({ environment, platform, task: 'one', text: 'What?' }),
      'settings',
      /Both task and text are given/,
    ],
    [
      'a task that is none',
      () => ask({ environment, platform, task: { id: '', prompt: 'x' } }),
      'environment/task-field',
      /The task asked: id is/,
    ],
    [
      'bytes that are no adapter',
      () => evaluate({ environment, platform, adapter: new Uint8Array(3) }),
      'storage/zip',
      /the adapter cannot be unpacked as a zip/,
    ],
    [
      'a folder that is no adapter',
      () => evaluate({ environment, platform, adapter: 'nowhere' }),
      'policy/no-adapter-folder',
      /nowhere is no adapter folder/,
    ],
    [
      'an engine of others',
      () => train({ environment, engine: { model: 'm', baseWeights: 'f32' } as Engine }),
      'gpu/engine-gone',
      /none that openEngine opened/,
    ],
    [
      'an engine and a model',
      () => train({ environment, model: 'm', engine: { model: 'm', baseWeights: 'f32' } as Engine }),
      'settings',
      /Both engine and model are given/,
    ],
    [
      "an engine and another model's settings",
      () =>
        train({
          environment,
          settings: { baseWeights: 'int8' },
          engine: { model: 'm', baseWeights: 'f32' } as Engine,
        }),
      'settings',
      /settings\.baseWeights is "int8", but the call is for "f32"/,
    ],
  ];

  it.each(wrong)('%s is refused, and nothing is opened', async (_, call, code, message) => {
    const error: unknown = await call().then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(MailGymError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string });
    expect(touched).toEqual([]);
  });

  it('sound ones reach the model, which may be missing', async () => {
    const calls = [
      train({ environment, platform, model: 'a' }),
      evaluate({ environment, platform, settings: { model: 'a' } }),
      ask({ environment, platform, model: 'a', task: { id: 'own', prompt: 'Guess.' } }),
      openEngine({ platform, model: 'a' }),
    ];
    // Together: one that fails while another is waited for is no failure of the test.
    await Promise.all(calls.map((call) => expect(call).rejects.toThrow('No model a here.')));
    expect(touched).toEqual(['a', 'a', 'a', 'a']);
    await expect(train({ environment, platform })).rejects.toThrow('No model mailgym-tiny here.');
  });

  it('settings are those of the environment', () => {
    expect(resolveSettings({ values: { most: 4, seed: undefined } }, guess).settings['most']).toBe(4);
    expect(() => resolveSettings({ values: { most: 4 } })).toThrow(/no setting 'most'/);
    expect(() => checkSettings(presetSettings('default'))).not.toThrow();
    expect(() => checkSettings({ ...presetSettings('default'), most: 4 })).toThrow(/no setting 'most'/);
  });

  it('an adapter becomes the same zip from files and from a summary', () => {
    const files = new Map([['adapter_config.json', Uint8Array.of(1, 2)]]);
    expect(exportAdapter({ files, path: 'final' })).toEqual(exportAdapter(files));
    expect([...exportAdapter(files).subarray(0, 2)]).toEqual([0x50, 0x4b]);
  });
});

describe('a signal', () => {
  it('given before is answered before anything is opened', async () => {
    const signal = AbortSignal.abort(new RangeError('enough'));
    const calls = [
      train({ environment: guess, platform, signal }),
      evaluate({ environment: guess, platform, signal }),
      ask({ environment: guess, platform, signal, task: 'one' }),
      openEngine({ platform, signal }),
    ];
    for (const call of calls) await expect(call).rejects.toThrow('enough');
    expect(touched).toEqual([]);
  });

  it('ends a call that still loads', async () => {
    let loading: () => void = () => undefined;
    const slow: PlatformOptions = {
      ...platform,
      modelFiles: () => {
        loading();
        return new Promise(() => undefined);
      },
    };
    for (const call of [
      (signal: AbortSignal) => train({ environment: guess, platform: slow, signal }),
      (signal: AbortSignal) => openEngine({ platform: slow, signal }),
    ]) {
      const abort = new AbortController();
      const started = new Promise<void>((done) => (loading = done));
      const ending = call(abort.signal);
      await Promise.race([started, ending]);
      abort.abort(new RangeError('enough'));
      await expect(ending).rejects.toThrow('enough');
    }
  });

  it('is left to work that has begun', async () => {
    const abort = new AbortController();
    const work = abortable(abort.signal, async (begun) => {
      begun();
      abort.abort();
      await Promise.resolve();
      return 'saved';
    });
    expect(await work).toBe('saved');
    expect(await abortable(undefined, () => Promise.resolve(1))).toBe(1);
  });
});

describe('in a browser', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('names need a baseUrl, and the error says what to do', async () => {
    const { host } = await import('../run/platform/browser');
    await expect(host.modelFiles('mailgym-tiny', null)).rejects.toThrow(
      /no baseUrl says where models are.*node_modules\/mailgym\/public\/models\/mailgym-tiny/,
    );
    await expect(host.taskSource('mailgym-office', null)).rejects.toThrow(/no baseUrl says where datasets/);
    const files = await host.modelFiles('mailgym-tiny', 'https://a.example/b/');
    expect(files.origin).toBe('https://a.example/b/models/mailgym-tiny/');
    await expect(host.adapterFiles('final')).rejects.toThrow(/names no adapter of a run/);
    const seen: unknown[] = [];
    vi.stubGlobal('fetch', (url: unknown) => {
      seen.push(url);
      return Promise.resolve(new Response('{}'));
    });
    await (await host.taskSource('mine', 'https://a.example/b')).read('x y.jsonl');
    expect(seen).toEqual(['https://a.example/b/datasets/mine/x%20y.jsonl']);
  });
});

describe('types', () => {
  it('are as documented', () => {
    expectTypeOf(train).toEqualTypeOf<(options: TrainOptions) => Promise<TrainSummary>>();
    expectTypeOf(evaluate).toEqualTypeOf<(options: EvaluateOptions) => Promise<EvaluationReport>>();
    expectTypeOf(ask).toEqualTypeOf<(options: AskOptions) => Promise<AskAnswer>>();
    expectTypeOf(openEngine).returns.resolves.toEqualTypeOf<Engine>();
    expectTypeOf<Engine['policy']>().returns.toEqualTypeOf<TrainablePolicy>();
    expectTypeOf(guess).toEqualTypeOf<Environment>();
    expectTypeOf<TrainOptions['environment']>().toEqualTypeOf<string | Environment>();
    expectTypeOf<NonNullable<TrainOptions['onEvent']>>().parameter(0).toEqualTypeOf<RunEvent>();
    expectTypeOf<TrainSummary['adapter']['files']>().toEqualTypeOf<ReadonlyMap<string, Uint8Array>>();
    expectTypeOf<{ environment: string }>().toExtend<TrainOptions>();
    expectTypeOf<{ settings: { maxSteps: number } }>().not.toExtend<TrainOptions>();
    expectTypeOf<{ environment: string; settings: { maxSteps: string } }>().not.toExtend<TrainOptions>();
  });
});
