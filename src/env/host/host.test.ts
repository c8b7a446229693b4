import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { NO_SOURCE, settingsOf, turnOf } from '../../../tests/support/environments';
import { Random } from '../../random/philox';
import type { Settings } from '../../settings/settings';
import { EnvironmentError } from '../errors';
import type { Episode } from '../types';
import { importEnvironment } from './guest-import';
import { hostEnvironment, openHost, type HostedOpened } from './host-environment';
import { loadEnvironmentFile, threadTransport } from './node';
import { prepareModule } from './prepare';

const COUNTDOWN = fileURLToPath(new URL('../../../docs/examples/countdown.ts', import.meta.url));

const open: HostedOpened[] = [];
afterEach(() => open.splice(0).forEach((opened) => opened.close()));

const load = async (text: string, loadSeconds = 60) =>
  hostEnvironment(await openHost({ transport: threadTransport(), name: 'user.ts', text, loadSeconds }));

async function start(text: string, changes: Partial<Settings> = {}) {
  const environment = await load(text);
  const settings = settingsOf(environment, { maxTurns: 4, ...changes });
  const opened = await environment.open(NO_SOURCE, { settings, hints: {} });
  open.push(opened);
  return { opened, episode: (key = 1) => opened.start(opened.tasks.train[0]!, new Random(key, 'host')) };
}

/** A file with these lines inside tools(), and more of a definition. */
const file = (tools: string, more = '') => `import { defineEnvironment, tool, z } from 'mailgym';
const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));
const none = z.object({});
export default defineEnvironment({
  id: 'user', title: 'User',
  tasks: () => [{ id: 'a', prompt: 'Go.' }, { id: 'b', prompt: 'Go.' }],
  tools: () => ({
    end: tool('Ends.', none, (_, { finish }) => finish({ success: true, answer: 'yes' })),
    draw: tool('Draws.', none, (_, { random, state }) => (state.drawn = [...(state.drawn as number[] ?? []), random.integer(1000)])),
    ${tools}
  }),
  ${more}
});`;

const contents = async (episode: Episode, ...calls: string[]) => {
  const step = await episode.step(turnOf(...calls.map((name) => [name, {}] as const)), 1000);
  return step.results.map(({ content }) => content);
};
const end = async (episode: Episode) => {
  await contents(episode, 'end');
  return episode.outcome();
};

describe('a file', () => {
  it('plays as the same environment does without a host', async () => {
    const environment = await loadEnvironmentFile(COUNTDOWN);
    const inside = await importEnvironment(
      await prepareModule('countdown.ts', await readFile(COUNTDOWN, 'utf8'), false),
    );
    expect({ ...environment, open: null }).toEqual({ ...inside, open: null });
    const settings = settingsOf(environment);
    const hosted = await environment.open(NO_SOURCE, { settings, hints: {} });
    open.push(hosted);
    const own = await inside.open(NO_SOURCE, { settings, hints: {} });
    expect(hosted.tasks).toEqual(own.tasks);
    expect(hosted.hash).toMatch(/^[0-9a-f]{64}$/);
    const task = hosted.tasks.train[2]!;
    const expert = hosted.expert!(task)!;
    expect(expert).toEqual(own.expert!(task));
    const outcomes = [hosted, own].map(async (opened) => {
      const episode = opened.start(structuredClone(task), new Random(3, 'x'));
      const played: unknown[] = [episode.messages, episode.tools];
      for (const { tool_calls = [] } of expert) {
        const turn = turnOf(...tool_calls.map(({ function: call }) => [call.name, call.arguments] as const));
        played.push(await episode.step(turn, 500));
      }
      return [...played, await episode.outcome()];
    });
    const [ours, theirs] = await Promise.all(outcomes);
    expect(ours).toEqual(theirs);
    expect(ours!.at(-1)).toMatchObject({ success: true, rewards: { right: 1, brief: -0.1 } });
  });

  it('draws what it would draw without a host', async () => {
    const { opened, episode } = await start(file(''));
    const inside = await importEnvironment(await prepareModule('user.ts', file(''), false));
    const own = await inside.open(NO_SOURCE, { settings: settingsOf(inside, { maxTurns: 4 }), hints: {} });
    const theirs = own.start(opened.tasks.train[0]!, new Random(1, 'host'));
    expect(await contents(episode(), 'draw', 'draw')).toEqual(await contents(theirs, 'draw', 'draw'));
    expect(await contents(episode(1), 'draw')).not.toEqual(await contents(episode(2), 'draw'));
  });

  it('has another hash when a comment changes', async () => {
    const text = await readFile(COUNTDOWN, 'utf8');
    const hashes = [text, text, `${text}// more`].map(async (one) => (await start(one)).opened.hash);
    const [first, same, other] = await Promise.all(hashes);
    expect(first).toBe(same);
    expect(other).not.toBe(first);
  });

  const faults: [string, string, RegExp][] = [
    [
      'throws while loading',
      "const a: number = 1;\n\nthrow new Error('No luck.');",
      /^user\.ts:3 cannot be loaded: No luck\.$/,
    ],
    ['is no TypeScript', 'const a = ;', /^user\.ts cannot be read: .*\(1:11\)\.$/],
    [
      'has no default export',
      'export const a = 1;',
      /^user\.ts has no default export\. Write export default defineEnvironment/,
    ],
    [
      'exports something else',
      'export default 5;',
      /^user\.ts has a default export that is no environment\./,
    ],
    [
      'imports a neighbour',
      "\nimport { a } from './a';\nexport default a;",
      /^user\.ts:2 imports "\.\/a"\..*may import "mailgym" and node: modules only/,
    ],
    ['imports what it computes', 'export default await import(`a${1}`);', /^user\.ts:1 imports "a\*"/],
    [
      'names what the package does not have',
      "import { nope } from 'mailgym';\nexport default nope();",
      /^user\.ts.*cannot be loaded: .*nope/,
    ],
    [
      'defines what cannot work',
      "import { defineEnvironment } from 'mailgym';\nexport default defineEnvironment({ id: '' } as never);",
      /^user\.ts:2 cannot be loaded: An environment has the id ""/,
    ],
  ];
  it.each(faults)('that %s is refused in words', async (_, text, message) => {
    const loading = load(text);
    await expect(loading).rejects.toThrow(EnvironmentError);
    await expect(loading).rejects.toThrow(message);
  });

  it('that never ends loading, or making its tasks, is given up', async () => {
    await expect(load('for (;;) {}', 0.2)).rejects.toThrow(
      /^user\.ts did not load: no (word|answer) within 0\.2 seconds\.$/,
    );
    await expect(load('await new Promise(() => setInterval(() => 0, 9));', 0.2)).rejects.toThrow(
      /no answer within 0\.2/,
    );
    const endless = await load(
      file('').replace('tasks: () =>', 'tasks: function* () { for (;;); }, was: () =>'),
      2,
    );
    const opening = endless.open(NO_SOURCE, { settings: settingsOf(endless), hints: {} });
    await expect(opening).rejects.toThrow(
      /^user\.ts did not (load|finish making its tasks): no (word|answer) within 2 seconds\.$/,
    );
  });

  it('with two tools of one name is refused when its tasks are opened', async () => {
    const twice = file("go: tool('First.', none, () => 1), go: tool('Second.', none, () => 2),");
    await expect(start(twice)).rejects.toThrow(
      /made the tool “First.”, but did not return it. Two tools of one name/,
    );
  });

  it('makes a task for a visitor, whose thread is the file’s', async () => {
    const { opened } = await start(
      file('', "ask: ({ question }) => ({ id: 'asked', prompt: String(question) }),"),
    );
    const task = await opened.ask!({ question: 'How?' });
    const episode = opened.start(task, new Random(1, 'x'));
    expect(episode.messages).toEqual([{ role: 'user', content: 'How?' }]);
    expect(await end(episode)).toMatchObject({ success: true });
    await expect(opened.ask!({ question: '' })).rejects.toThrow(/prompt is empty/);
    expect(() => opened.start({ ...task, id: 'other' }, new Random(1, 'x'))).toThrow(
      /"other" is none of user\.ts/,
    );
  });
});

describe('a tool', () => {
  it('that throws becomes an error result', async () => {
    const { episode } = await start(
      file("fails: tool('Fails.', none, () => { throw new Error('No luck.'); }),"),
    );
    const one = episode();
    expect(await contents(one, 'fails')).toEqual(['{"error":"fails: No luck."}']);
    expect(await end(one)).toMatchObject({
      stopCondition: 'answered',
      success: true,
      metrics: { tool_errors: 1 },
    });
  });

  it('that never answers is cut, and says the same as one that loops for ever', async () => {
    const text = file(`
      hangs: tool('Hangs.', none, () => new Promise(() => undefined)),
      loops: tool('Loops.', none, () => { for (;;); }),`);
    const { episode } = await start(text, { toolTimeout: 1 });
    const outcomes = ['hangs', 'loops'].map(async (name) => {
      const one = episode();
      await contents(one, 'draw');
      expect(await contents(one, 'draw', name, 'draw')).toEqual([
        expect.stringMatching(/^\[\d+,\d+\]$/),
        `{"error":"${name}: no result within 1 seconds."}`,
      ]);
      return one.outcome();
    });
    for (const outcome of await Promise.all(outcomes)) {
      expect(outcome).toMatchObject({
        stopCondition: 'tool-timeout',
        success: false,
        rewards: { success: 0 },
        metrics: { tool_calls: 3, tool_errors: 1 },
      });
    }
  });

  it('that loops for ever leaves the episodes beside it as they would have been', async () => {
    const text = file(`
      slow: tool('Waits.', none, async () => { await wait(30); return 'waited'; }),
      loops: tool('Loops.', none, () => { for (;;); }),
      loopsLater: tool('Loops after a while.', none, async () => { await wait(5); for (;;); }),`);
    const { episode } = await start(text, { toolTimeout: 1 });
    const play = async (key: number, bad: string | null) => {
      const one = episode(key);
      const shown = [await contents(one, 'draw', 'slow')];
      if (bad !== null) await contents(one, bad);
      else shown.push(await contents(one, 'slow', 'draw'), await contents(one, 'end'));
      return [shown, await one.outcome()] as const;
    };
    const undisturbed = await Promise.all([play(1, null), play(2, null)]);
    const disturbed = await Promise.all([
      play(1, null),
      play(7, 'loops'),
      play(2, null),
      play(8, 'loopsLater'),
    ]);
    expect([disturbed[0], disturbed[2]]).toEqual(undisturbed);
    for (const [, outcome] of [disturbed[1], disturbed[3]])
      expect(outcome.stopCondition).toBe('tool-timeout');
  });

  it('that ends its thread is told to the policy, and nothing else ends', async () => {
    const text = file(`
      leaves: tool('Leaves.', none, () => process.exit(3)),
      bursts: tool('Throws where nobody catches.', none, () => new Promise(() => setTimeout(() => { throw new Error('burst'); }))),`);
    const { episode } = await start(text);
    const shown = await Promise.all(['leaves', 'bursts'].map((name) => contents(episode(), name)));
    expect(shown).toEqual([
      ['{"error":"leaves: it ended its thread: its thread ended with code 3."}'],
      ['{"error":"bursts: it ended its thread: burst."}'],
    ]);
    expect(await end(episode())).toMatchObject({ success: true });
  });

  it('may take any time: the same episodes give the same bytes', async () => {
    const random =
      "random: tool('Waits.', none, async (_, { random }) => { await wait(Math.random() * 20); return random.uint32(); }),";
    const play = async () => {
      const { episode } = await start(file(random));
      const keys = [1, 2, 3, 4, 5, 6];
      return Promise.all(
        keys.map(async (key) => {
          const one = episode(key);
          return [await contents(one, 'random', 'draw'), await contents(one, 'random'), await end(one)];
        }),
      );
    };
    expect(JSON.stringify(await play())).toBe(JSON.stringify(await play()));
  });
});

describe('a reward', () => {
  it('that is NaN, throws or loops for ever leaves the outcome unscorable, with the reason', async () => {
    const outcome = async (reward: string) => {
      const { episode } = await start(
        file('', `rewards: { good: ({ turns }) => turns.length, bad: ${reward} },`),
        {
          toolTimeout: 1,
        },
      );
      return [await end(episode()), await end(episode())] as const;
    };
    const bad = [
      ['() => NaN', /^The reward "bad" of task "a" is NaN; a reward is a finite number/],
      ["() => { throw new Error('broken'); }", /^The reward "bad" of task "a": broken$/],
      ['() => { for (;;); }', /^Its check, rewards or metrics, of task "a": no word within 1 seconds\.$/],
    ] as const;
    for (const [reward, fault] of bad) {
      for (const one of await outcome(reward)) {
        expect(one).toMatchObject({ stopCondition: 'unscorable', success: null, rewards: { bad: null } });
        expect(one.turns).toHaveLength(1);
        expect(one.fault).toMatch(fault);
      }
    }
  });
});

describe('the host', () => {
  it('is closed by its signal, and says so afterwards', async () => {
    const environment = await load(file(''));
    const abort = new AbortController();
    const options = { settings: settingsOf(environment), hints: {}, signal: abort.signal };
    const opened = await environment.open(NO_SOURCE, options);
    const episode = opened.start(opened.tasks.train[0]!, new Random(1, 'x'));
    abort.abort();
    await expect(contents(episode, 'draw')).rejects.toThrow(/environment of user\.ts has been closed/);
  });

  it('gives the file neither environment variables nor arguments', async () => {
    const { episode } = await start(
      file("look: tool('Looks.', none, () => [process.env, process.argv.slice(2)]),"),
    );
    expect(await contents(episode(), 'look')).toEqual(['[{},[]]']);
  });
});
