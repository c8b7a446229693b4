import { describe, expect, it } from 'vitest';
import { openEnvironment, textTurn, turnOf } from '../../tests/support/environments';
import { Random } from '../random/philox';
import type { Settings } from '../settings/settings';
import type { EnvironmentDefinition } from './definition';
import { defineEnvironment, tool, z } from './define';
import { EnvironmentError } from './errors';
import type { Episode, Step } from './types';

type State = { count: number };
type Changes = Partial<EnvironmentDefinition<{ target: number }, State>>;

const none = z.object({});
const tools: NonNullable<Changes['tools']> = () => ({
  add: tool(
    'Adds.',
    z.object({ a: z.number().int().min(0), b: z.number().optional() }),
    ({ a, b }) => a + (b ?? 1),
  ),
  later: tool('Answers later.', none, async () => {
    await Promise.resolve();
    return { late: true };
  }),
  long: tool('Says much.', none, () => 'x'.repeat(1000)),
  list: tool('Lists.', none, () => Array.from({ length: 100 }, (_, i) => i)),
  fails: tool('Throws.', none, () => {
    throw new Error('No luck.');
  }),
  rejects: tool('Rejects.', none, () => Promise.reject(new Error('No luck later.'))),
  hangs: tool('Never answers.', none, () => new Promise(() => undefined)),
  odd: tool('Gives what JSON cannot hold.', none, () => 1n),
  nothing: tool('Gives nothing.', none, () => undefined),
  then: tool('Gives what looks like a promise.', none, () => ({ then: 'lunch' })),
  draw: tool('Draws.', none, (_, { random }) => random.uint32()),
  count: tool('Counts.', none, (_, { state }) => ++(state as unknown as State).count),
  end: tool('Ends.', z.object({ value: z.number() }), ({ value }, { finish, task }) =>
    finish({ answer: String(value), success: value === task.info['target'] }),
  ),
  endBadly: tool('Ends and throws.', none, (_, { finish }) => {
    finish({ success: true });
    throw new Error('after all');
  }),
});

async function start(changes: Changes = {}, settings: Partial<Settings> = {}, seed = 1): Promise<Episode> {
  const environment = defineEnvironment<{ target: number }, State>({
    id: 'trial',
    title: 'Trial',
    tasks: () => [{ id: 't', prompt: 'Go.', info: { target: 3 } }],
    state: () => ({ count: 0 }),
    tools,
    ...changes,
  });
  const opened = await openEnvironment(environment, { maxTurns: 5, ...settings });
  return opened.start(opened.tasks.train[0]!, new Random(seed, 'test'));
}

/** Fails when the step made anybody wait. */
function now(step: Step | Promise<Step>): Step {
  if (step instanceof Promise) throw new Error('the step was a promise');
  return step;
}

const shown = (step: Step) => step.results.map(({ content }) => content);

describe('results', () => {
  it('are text as it is and everything else as compact JSON, without a promise for a synchronous tool', async () => {
    const episode = await start();
    const step = now(
      episode.step(turnOf(['add', { a: 2 }], ['long', {}], ['nothing', {}], ['then', {}]), 5000),
    );
    expect(shown(step)).toEqual(['3', 'x'.repeat(1000), 'null', '{"then":"lunch"}']);
    expect(step.done).toBe(false);
    expect(step.results.map(({ callId, isError, truncated }) => [callId, isError, truncated])).toEqual([
      ['call_0_0', false, false],
      ['call_0_1', false, false],
      ['call_0_2', false, false],
      ['call_0_3', false, false],
    ]);
  });

  it('wait for a tool that is asynchronous, in the order of the calls', async () => {
    const episode = await start();
    const step = episode.step(turnOf(['count', {}], ['later', {}], ['count', {}]), 5000);
    expect(step).toBeInstanceOf(Promise);
    expect(shown(await step)).toEqual(['1', '{"late":true}', '2']);
  });

  it('share the budget of the turn, and every later one gets its two characters', async () => {
    const episode = await start();
    const step = now(episode.step(turnOf(['list', {}], ['long', {}], ['add', { a: 10 }]), 60));
    const [list, long, add] = shown(step);
    expect(JSON.parse(list!)).toEqual([
      0,
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      9,
      10,
      11,
      12,
      13,
      14,
      { truncated: true },
    ]);
    expect(long).toBe('xx…');
    expect(add).toBe('11');
    expect(await outcomeMetrics(episode)).toMatchObject({ tool_calls: 3, shortened_results: 2 });
  });

  it('draw the same for the same key, and other numbers for another', async () => {
    const draws = async (seed: number) =>
      shown(now((await start({}, {}, seed)).step(turnOf(['draw', {}], ['draw', {}]), 99)));
    expect(await draws(1)).toEqual(await draws(1));
    expect(await draws(1)).not.toEqual(await draws(2));
    expect(new Set(await draws(1)).size).toBe(2);
  });
});

async function outcomeMetrics(episode: Episode) {
  episode.truncate('out-of-context');
  return (await episode.outcome()).metrics;
}

describe('calls that cannot be run', () => {
  const bad: [string, Record<string, unknown> | null, string][] = [
    ['sum', {}, 'There is no tool "sum"; the tools are add, later,'],
    ['', {}, 'The call has no name; the tools are add, later,'],
    ['add', null, 'add: the arguments are not a JSON object.'],
    ['add', {}, 'add: "a" is missing; it must be a number.'],
    ['add', { a: 'two' }, 'add: "a" must be a number, not "two".'],
    ['add', { a: 1.5 }, 'add: "a" must be an integer, not 1.5.'],
    ['add', { a: -1 }, 'add: "a" must be at least 0, not -1.'],
    ['add', { a: null }, 'add: "a" must be a number, not null.'],
    ['add', { a: 1, c: 2 }, 'add: there is no argument "c"; the arguments are a, b.'],
    ['later', { x: 1 }, 'later: there is no argument "x"; it takes none.'],
  ];
  it.each(bad)('are answered in words: %s %o', async (name, args, message) => {
    const episode = await start();
    const step = now(episode.step(turnOf([name, args]), 5000));
    const { error } = JSON.parse(shown(step)[0]!) as { error: string };
    expect(error.startsWith(message)).toBe(true);
    expect(step.results[0]!.isError).toBe(true);
    expect(step.done).toBe(false);
    expect(await outcomeMetrics(episode)).toMatchObject({ bad_calls: 1, tool_errors: 0, tool_calls: 1 });
  });

  it('count null as absent where the argument may be absent', async () => {
    const step = now((await start()).step(turnOf(['add', { a: 1, b: null }]), 99));
    expect(shown(step)).toEqual(['2']);
  });

  it('end the episode when toolErrors says so', async () => {
    const episode = await start({}, { toolErrors: 'end' });
    const step = now(episode.step(turnOf(['sum', {}], ['add', { a: 1 }]), 5000));
    expect(step.done).toBe(true);
    expect(step.results).toHaveLength(1);
    expect(await episode.outcome()).toMatchObject({ stopCondition: 'bad-call', success: false });
  });

  it('get an error that is cut to the budget and stays JSON', async () => {
    const cut = async (budget: number) => shown(now((await start()).step(turnOf(['sum', {}]), budget)))[0]!;
    expect(JSON.parse(await cut(60))).toMatchObject({ truncated: true });
    expect((await cut(60)).length).toBeLessThanOrEqual(60);
    expect(await cut(2)).toBe('{}');
  });
});

describe('tools at fault', () => {
  it('that throw, reject or give what JSON cannot hold become an error, and the episode goes on', async () => {
    const episode = await start();
    const step = await episode.step(
      turnOf(['fails', {}], ['rejects', {}], ['odd', {}], ['add', { a: 1 }]),
      5000,
    );
    const errors = shown(step).map((text) => JSON.parse(text) as unknown);
    expect(errors.slice(0, 2)).toEqual([{ error: 'fails: No luck.' }, { error: 'rejects: No luck later.' }]);
    expect(errors[2]).toMatchObject({ error: expect.stringMatching(/^odd: .*BigInt/) as unknown });
    expect(errors[3]).toBe(2);
    expect(step.done).toBe(false);
    expect(await outcomeMetrics(episode)).toMatchObject({ tool_errors: 3, bad_calls: 0 });
  });

  it('that throw after finish() have not finished', async () => {
    const step = now((await start()).step(turnOf(['endBadly', {}]), 500));
    expect(step.done).toBe(false);
  });

  it('that never answer end the episode after the timeout, and hear of it', async () => {
    let signal: AbortSignal | null = null;
    let finish: (() => void) | null = null;
    const hangs = tool('Hangs.', none, (_, context) => {
      ({ signal, finish } = context);
      return new Promise(() => undefined);
    });
    const episode = await start({ tools: () => ({ hangs }) }, { toolTimeout: 0.01 });
    const step = await episode.step(turnOf(['hangs', {}], ['hangs', {}]), 5000);
    expect(shown(step)).toEqual(['{"error":"hangs: no result within 0.01 seconds."}']);
    expect(step.done).toBe(true);
    expect(signal!.aborted).toBe(true);
    finish!();
    const outcome = await episode.outcome();
    expect(outcome).toMatchObject({
      stopCondition: 'tool-timeout',
      success: false,
      metrics: { tool_errors: 1 },
    });
    expect(outcome.rewards).toEqual({ success: 0 });
  });
});

describe('the end', () => {
  it('comes when a tool finishes: later calls are not run, and the outcome is plain data', async () => {
    const episode = await start();
    const step = now(episode.step(turnOf(['end', { value: 3 }], ['count', {}]), 500));
    expect(step).toMatchObject({ done: true, results: [{ content: '{}', isError: false }] });
    const outcome = episode.outcome();
    expect(outcome).not.toBeInstanceOf(Promise);
    expect(structuredClone(outcome)).toEqual(outcome);
    expect(outcome).toMatchObject({
      stopCondition: 'answered',
      success: true,
      answer: '3',
      rewards: { success: 1 },
    });
    expect((await outcome).turns).toHaveLength(1);
  });

  it('comes with the last turn, with a turn without calls, and from outside', async () => {
    const turns = await start({}, { maxTurns: 2 });
    expect(now(turns.step(turnOf(['add', { a: 1 }]), 99)).done).toBe(false);
    expect(now(turns.step(turnOf(['add', { a: 1 }]), 99)).done).toBe(true);
    expect(await turns.outcome()).toMatchObject({
      stopCondition: 'out-of-turns',
      success: false,
      answer: null,
    });

    const text = await start();
    expect(now(text.step(textTurn('hello'), 99))).toEqual({ results: [], done: true });
    expect(await text.outcome()).toMatchObject({ stopCondition: 'unparsable', turns: [{ text: 'hello' }] });

    const outside = await start();
    outside.truncate('out-of-context');
    expect(await outside.outcome()).toMatchObject({
      stopCondition: 'out-of-context',
      rewards: { success: 0 },
    });
  });

  it('is asked for, and passed, only once', async () => {
    const episode = await start();
    expect(() => episode.outcome()).toThrow(/still running after 0 turns/);
    const pending = episode.step(turnOf(['later', {}]), 99);
    expect(() => episode.step(turnOf(['later', {}]), 99)).toThrow(/still busy/);
    await pending;
    episode.truncate('out-of-turns');
    expect(() => episode.step(textTurn('x'), 99)).toThrow(EnvironmentError);
    expect(() => episode.truncate('out-of-turns')).toThrow(/has ended \(out-of-turns\)/);
  });
});

describe('text that is the answer', () => {
  const ask = async (check: Changes['check'], withTools = false) => {
    const changes = check === undefined ? {} : { check };
    const environment = defineEnvironment<{ target: number }, State>({
      id: 'plain',
      title: 'Plain',
      tasks: () => [{ id: 't', prompt: 'Go.', answer: '42' }],
      ...(withTools ? { tools } : {}),
      ...changes,
    });
    const { start: begin, tasks } = await openEnvironment(environment, { toolTimeout: 0.01 });
    const episode = begin(tasks.train[0]!, new Random(1, 'x'));
    now(episode.step(textTurn('so 42'), 99));
    return episode.outcome();
  };
  const right: Changes['check'] = ({ text, task }) => text.endsWith(String(task.answer));

  it('is judged by the check, with tools and without', async () => {
    const expected = { stopCondition: 'answered', success: true, answer: 'so 42', rewards: { success: 1 } };
    expect(await ask(right)).toMatchObject(expected);
    expect(await ask(right, true)).toMatchObject(expected);
    expect(await ask(() => Promise.resolve({ success: false, answer: '42' }))).toMatchObject({
      success: false,
      answer: '42',
    });
  });

  it('has no verdict without a check, and no metrics of calls without tools', async () => {
    expect(await ask(undefined)).toMatchObject({
      success: null,
      answer: 'so 42',
      rewards: { success: null },
      metrics: {},
    });
  });

  it('is unscorable when the check throws, is late or gives no verdict', async () => {
    const faults = [
      await ask(() => {
        throw new Error('no judge');
      }),
      await ask(() => new Promise(() => undefined)),
      await ask(() => 'yes' as unknown as boolean),
    ];
    expect(faults.map(({ stopCondition, rewards }) => [stopCondition, rewards['success']])).toEqual(
      faults.map(() => ['unscorable', null]),
    );
    expect(faults.map((outcome) => outcome.fault)).toEqual([
      'The check of task "t": no judge',
      'The check of task "t": gave no result within 0.01 seconds',
      'The check of task "t" gave yes; it must give true, false, null or { success, answer }',
    ]);
  });
});

describe('rewards and metrics', () => {
  const finished = async (changes: Changes) => {
    const episode = await start(changes, { toolTimeout: 0.01 });
    await episode.step(turnOf(['count', {}], ['end', { value: 4 }]), 99);
    return episode.outcome();
  };

  it('see task, turns, verdict, state and metrics, and may be async or not apply', async () => {
    const outcome = await finished({
      metrics: { counted: ({ state }) => state.count, right: { value: ({ success }) => success === true } },
      rewards: {
        near: ({ answer, task }) => -Math.abs(Number(answer) - task.info.target),
        calls: async ({ metrics }) => Promise.resolve(metrics['tool_calls']! + metrics['counted']!),
        never: { label: 'Never', value: () => null },
      },
      turnValues: ({ turns }) => turns.map(() => 0.5),
    });
    expect(outcome.rewards).toEqual({ near: -1, calls: 3, never: null });
    expect(await finished({})).not.toHaveProperty('turnValues');
    expect(outcome.metrics).toMatchObject({ counted: 1, right: 0 });
    expect(outcome.turnValues).toEqual([0.5]);
    expect(outcome.fault).toBeUndefined();
  });

  const faults: [string, Changes, string][] = [
    ['NaN', { rewards: { r: () => NaN } }, 'The reward "r" of task "t" is NaN; a reward is a finite number'],
    [
      'infinite',
      { rewards: { r: async () => Promise.resolve(Infinity) } },
      'The reward "r" of task "t" is Infinity',
    ],
    ['no number', { rewards: { r: () => true as unknown as number } }, 'The reward "r" of task "t" is true'],
    [
      'thrown',
      {
        rewards: {
          r: () => {
            throw new Error('Broken.');
          },
        },
      },
      'The reward "r" of task "t": Broken',
    ],
    [
      'late',
      { rewards: { r: () => new Promise<number>(() => undefined) } },
      'The reward "r" of task "t": gave no result',
    ],
    [
      'a NaN metric',
      { rewards: { r: () => 1 }, metrics: { m: () => NaN } },
      'The metric "m" of task "t" is NaN',
    ],
    [
      'short turn values',
      { rewards: { r: () => 1 }, turnValues: () => [] },
      'The turn values of task "t" must be 1',
    ],
  ];
  it.each(faults)('make the outcome unscorable when %s', async (_, changes, fault) => {
    const outcome = await finished(changes);
    expect(outcome).toMatchObject({ stopCondition: 'unscorable', success: null, rewards: { r: null } });
    expect(outcome.fault!.startsWith(fault)).toBe(true);
    expect(Object.values(outcome.metrics).every(Number.isFinite)).toBe(true);
    expect(structuredClone(outcome)).toEqual(outcome);
  });
});
