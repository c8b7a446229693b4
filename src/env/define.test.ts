import { describe, expect, expectTypeOf, it } from 'vitest';
import { NO_SOURCE, openEnvironment, settingsOf } from '../../tests/support/environments';
import { Random } from '../random/philox';
import { choice, count, defineEnvironment, onOff, tool, z } from './define';
import { EnvironmentError } from './errors';
import type { EnvironmentDefinition } from './definition';

const minimal = { id: 'small', title: 'Small', tasks: () => [{ id: 'a', prompt: 'Say a.' }] };
const define = (changes: Partial<EnvironmentDefinition>) => defineEnvironment({ ...minimal, ...changes });

describe('types', () => {
  it('follow from the schema, the tasks, the state and the settings', () => {
    defineEnvironment({
      id: 'typed',
      title: 'Typed',
      settings: {
        largest: { label: 'Largest', description: 'Largest number.', default: 20, rule: count(1, 99) },
        hints: { label: 'Hints', description: 'Whether to hint.', default: true, rule: onOff },
        style: { label: 'Style', description: 'Kind.', default: 'plain', rule: choice('plain', 'odd') },
      },
      tasks: ({ settings, random, split }) => {
        expectTypeOf(settings.largest).toEqualTypeOf<number>();
        expectTypeOf(settings.hints).toEqualTypeOf<boolean>();
        expectTypeOf(settings.style).toEqualTypeOf<string>();
        expectTypeOf(settings.seed).toEqualTypeOf<number>();
        expectTypeOf(random).toEqualTypeOf<Random>();
        return [{ id: split, prompt: 'x', info: { target: 5 } }];
      },
      state: (task) => ({ tries: task.info.target }),
      tools: (task, { settings, state }) => ({
        guess: tool(
          'Guesses.',
          z.object({ value: z.number().int(), why: z.string().optional() }),
          (args, context) => {
            expectTypeOf(args).toEqualTypeOf<{ value: number; why?: string | undefined }>();
            expectTypeOf(task.info.target).toEqualTypeOf<number>();
            expectTypeOf(context.task.info.target).toEqualTypeOf<number>();
            expectTypeOf(context.state.tries).toEqualTypeOf<number>();
            expectTypeOf(settings.largest).toEqualTypeOf<number>();
            expectTypeOf(state.tries).toEqualTypeOf<number>();
            expectTypeOf(context.signal).toEqualTypeOf<AbortSignal>();
            context.finish({ success: args.value === task.info.target });
          },
        ),
      }),
      rewards: {
        right: ({ success, state, task }) => {
          expectTypeOf(success).toEqualTypeOf<boolean | null>();
          expectTypeOf(state.tries).toEqualTypeOf<number>();
          expectTypeOf(task.info.target).toEqualTypeOf<number>();
          return success ? 1 : 0;
        },
      },
    });
  });
});

describe('what is said of an environment', () => {
  it('names settings, metrics, rewards and weights, as plain data', () => {
    const { open, ...info } = define({
      tools: () => ({ go: tool('Goes.', z.object({}), () => 1) }),
      settings: {
        largest: { label: 'Largest', description: 'Largest number.', default: 20, rule: count(1, 99) },
      },
      metrics: { longWay: ({ turns }) => turns.length > 3 },
      rewards: { right: () => 1, brief_answer: () => 0, very__brief: () => 0 },
    } as Partial<EnvironmentDefinition>);
    expect(open).toBeTypeOf('function');
    expect(structuredClone(info)).toEqual(info);
    expect(Object.keys(info.settings)).toEqual(['largest', 'toolErrors', 'toolTimeout', 'rewardPreset']);
    expect(info.settings['largest']).toMatchObject({
      label: 'Largest',
      default: 20,
      group: 'Task',
      unit: '',
    });
    expect(info.settings['rewardPreset']).toMatchObject({
      default: 'default',
      rule: { choices: ['default'] },
    });
    expect(info.settings['toolErrors']).toMatchObject({ label: 'Bad tool calls', default: 'message' });
    expect(Object.keys(info.metrics)).toEqual([
      'tool_calls',
      'bad_calls',
      'tool_errors',
      'shortened_results',
      'longWay',
    ]);
    expect(info.metrics['longWay']).toMatchObject({ label: 'long way', inSteps: 'longWay' });
    expect(info.rewards).toEqual({
      right: { label: 'right' },
      brief_answer: { label: 'brief answer' },
      very__brief: { label: 'very brief' },
    });
    expect(info.rewardWeights).toEqual({ default: { right: 1, brief_answer: 1, very__brief: 1 } });
  });

  it('pays for success where no reward is named', () => {
    expect(define({}).rewards).toEqual({ success: { label: 'Success' } });
    expect(Object.keys(define({}).settings)).toEqual(['toolTimeout', 'rewardPreset']);
  });

  const refusals: [string, Partial<EnvironmentDefinition>, RegExp][] = [
    ['an id with spaces', { id: 'a b' }, /id "a b".*letters, digits/],
    ['no title', { title: ' ' }, /has no title/],
    [
      'a reward that weights name but nobody defines',
      { rewardWeights: { x: { nope: 1 } } },
      /"nope".*has success/,
    ],
    ['a weight that is no number', { rewardWeights: { x: { success: NaN } } }, /"success" by NaN/],
    [
      'a metric of a built-in name',
      { metrics: { bad_calls: () => 1 }, tools: () => ({}) },
      /metric "bad_calls"/,
    ],
    ['a reward that no setting could name', { rewards: { 'a=b': () => 1 } }, /reward named "a=b"/],
    ['a metric that no column could head', { metrics: { 'a b': () => 1 } }, /metric named "a b"/],
  ];
  it.each(refusals)('refuses %s', (_, changes, message) => {
    expect(() => define(changes)).toThrow(EnvironmentError);
    expect(() => define(changes)).toThrow(message);
  });

  it('refuses settings of taken names and defaults that their rule does not allow', () => {
    const withSetting = (name: string, value: number) =>
      defineEnvironment({
        ...minimal,
        settings: { [name]: { label: 'x', description: 'x', default: value, rule: count(1, 9) } },
      });
    expect(() => withSetting('seed', 1)).toThrow(/setting "seed", but every run has one/);
    expect(() => withSetting('toolTimeout', 1)).toThrow(/setting "toolTimeout"/);
    expect(() => withSetting('size', 10)).toThrow(
      /default of its setting "size" is 10; allowed: an integer from 1 to 9/,
    );
  });
});

describe('tasks', () => {
  it('are taken lazily from generators that never end, by the size of the split', async () => {
    let taken = 0;
    const { tasks } = await openEnvironment(
      define({
        tasks: function* ({ split, random }) {
          for (;;) yield { id: `${split}-${taken++}`, prompt: `${random.integer(1000)}` };
        },
      }),
    );
    expect([tasks.train.length, tasks.validation.length, tasks.test.length]).toEqual([8, 4, 4]);
    expect(taken).toBe(16);
  });

  it('follow from the seed for training, and are the same for every seed otherwise', async () => {
    const environment = define({
      tasks: async function* ({ random }) {
        for (let i = 0; ; i++) yield await Promise.resolve({ id: `${i}`, prompt: `${random.uint32()}` });
      },
    });
    const [one, again, other] = [
      await openEnvironment(environment, { seed: 1 }),
      await openEnvironment(environment, { seed: 1 }),
      await openEnvironment(environment, { seed: 2 }),
    ];
    expect(again.tasks).toEqual(one.tasks);
    expect(other.tasks.train).not.toEqual(one.tasks.train);
    expect(other.tasks.test).toEqual(one.tasks.test);
    expect(one.tasks.test).not.toEqual(one.tasks.validation);
  });

  it('get a user message and defaults', async () => {
    const { tasks } = await openEnvironment(define({}));
    expect(tasks.train).toEqual([
      { id: 'a', prompt: [{ role: 'user', content: 'Say a.' }], answer: null, level: 1, info: {} },
    ]);
  });

  it('may be conversations', async () => {
    const prompt = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Say a.' },
    ] as const;
    const { tasks } = await openEnvironment(define({ tasks: () => [{ id: 'a', prompt }] }));
    expect(tasks.train[0]?.prompt).toEqual(prompt);
  });

  const faults: [string, unknown, RegExp][] = [
    ['no iterable', 5, /tasks\(\) gave number 5/],
    ['null', null, /tasks\(\) gave null/],
    ['an object', {}, /tasks\(\) gave an object/],
    ['nothing', [], /gave none/],
    ['no id', [{ prompt: 'x' }], /split train, task 1: id is missing/],
    ['two of one id', [minimal.tasks()[0], minimal.tasks()[0]], /two tasks have the id "a"/],
    ['no prompt', [{ id: 'a' }], /task 1 \("a"\): prompt is missing/],
    ['an answer that is no text', [{ id: 'a', prompt: 'x', answer: 5 }], /answer is number 5/],
    ['a level below 1', [{ id: 'a', prompt: 'x', level: 0 }], /level is number 0/],
    [
      'info that no thread could be sent',
      [{ id: 'a', prompt: 'x', info: { f: () => 1 } }],
      /info is an object/,
    ],
  ];
  it.each(faults)('are refused with %s', async (_, given, message) => {
    const opening = openEnvironment(define({ tasks: () => given as [] }));
    await expect(opening).rejects.toThrow(EnvironmentError);
    await expect(opening).rejects.toThrow(message);
  });

  it('stop being taken when the signal is aborted', async () => {
    const abort = new AbortController();
    const environment = define({
      tasks: function* () {
        for (let i = 0; ; i++) {
          if (i === 2) abort.abort(new Error('enough'));
          yield { id: `${i}`, prompt: 'x' };
        }
      },
    });
    const options = { settings: settingsOf(environment), hints: {}, signal: abort.signal };
    await expect(environment.open(NO_SOURCE, options)).rejects.toThrow('enough');
  });
});

describe('an opened environment', () => {
  it('puts the system message before the prompt', async () => {
    const { start, tasks } = await openEnvironment(define({ system: ({ task }) => `For ${task.id}.` }));
    const task = tasks.train[0]!;
    expect(start(task, new Random(1, 'x')).messages).toEqual([
      { role: 'system', content: 'For a.' },
      { role: 'user', content: 'Say a.' },
    ]);
  });

  it('leaves the prompt alone without a system message, and refuses one that is no text', async () => {
    const opening = async (system: unknown) => {
      const { start, tasks } = await openEnvironment(define({ system: system as string }));
      return () => start(tasks.train[0]!, new Random(1, 'x')).messages;
    };
    const prompt = [{ role: 'user', content: 'Say a.' }];
    expect((await opening(''))()).toEqual(prompt);
    expect((await opening(() => undefined))()).toEqual(prompt);
    expect(await opening(() => 5)).toThrow(
      expect.objectContaining({
        code: 'environment/system-no-text',
        params: { environment: 'small', type: 'number', task: 'a' },
      }) as Error,
    );
  });

  it('writes the turns of an expert as messages with calls', async () => {
    const { expert, tasks } = await openEnvironment(
      define({
        expert: () => [
          { name: 'look', arguments: { at: 1 } },
          [
            { name: 'look', arguments: { at: 2 } },
            { name: 'look', arguments: { at: 3 } },
          ],
          'done',
        ],
      }),
    );
    const call = (id: string, at: number) => ({
      id,
      type: 'function',
      function: { name: 'look', arguments: { at } },
    });
    expect(expert?.(tasks.train[0]!)).toEqual([
      { role: 'assistant', content: '', tool_calls: [call('call_0_0', 1)] },
      { role: 'assistant', content: '', tool_calls: [call('call_1_0', 2), call('call_1_1', 3)] },
      { role: 'assistant', content: 'done' },
    ]);
  });

  it('makes a task of what a visitor asks, or says why not', async () => {
    const { ask } = await openEnvironment(
      define({ ask: ({ question }) => ({ id: 'asked', prompt: String(question) }) }),
    );
    expect((await ask?.({ question: 'How many?' }))?.prompt).toEqual([
      { role: 'user', content: 'How many?' },
    ]);
    expect(() => ask?.({ question: '' })).toThrow(/the task asked for \("asked"\): prompt is empty/);
  });

  it('refuses tools of one name, of odd names, and what is no tool', async () => {
    const make = (text: string) => tool(text, z.object({}), () => null);
    const start = async (tools: () => unknown) => {
      const opened = await openEnvironment(
        define({ tools: tools as EnvironmentDefinition['tools'] & object }),
      );
      return () => opened.start(opened.tasks.train[0]!, new Random(1, 'x'));
    };
    const second = { go: make('Second.') };
    expect(await start(() => second)).not.toThrow();
    // As in an object literal in a file whose types nobody checks.
    const twice = () =>
      Object.fromEntries([
        ['go', make('First.')],
        ['go', make('Third.')],
      ]);
    expect(await start(twice)).toThrow(
      /made the tool “First.”, but did not return it. Two tools of one name\?/,
    );
    expect(await start(() => ({ 'go there': make('Goes.') }))).toThrow(/a tool named "go there"/);
    expect(await start(() => ({ go: () => 1 }))).toThrow(/"go" is no tool/);
    const whole = make('Goes.');
    const { schema, run, parameters } = whole;
    const noTools = [null, 'go', 5, {}, { schema, run }, { schema, parameters }, { run, parameters }];
    for (const value of noTools) {
      expect(await start(() => ({ go: value }))).toThrow(
        expect.objectContaining({ code: 'environment/no-tool-made' }) as Error,
      );
    }
    for (const value of [null, undefined, 'go']) {
      expect(await start(() => value)).toThrow(
        expect.objectContaining({ code: 'environment/tools-no-object' }) as Error,
      );
    }
    expect(await start(() => ({}))).toThrow(/gives task "a" no tool/);
  });
});
