import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { request as httpRequest } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { schemaNear } from '../../src/env/settings';
import { turnWriter } from '../../src/chat/write';
import { rollOut } from '../../src/grpo/rollout';
import { scriptedPolicy } from '../../src/grpo/scripted';
import { resolveSettings } from '../../src/settings/resolve';
import { nodeFiles } from '../runtime/node-platform';
import { addEnvironmentFile } from '../runtime/environment-file';
import { openToServe, type OpenedToServe } from './open';
import { serveEnvironment, type EnvironmentServer, type EnvironmentServerOptions } from './server';

const OPTIONS: EnvironmentServerOptions = {
  ...{ host: '127.0.0.1', port: 0, maxSessions: 3, idleMinutes: 10, maxBody: 4096 },
};

async function open(
  environment: string,
  values: Readonly<Record<string, unknown>> = {},
): Promise<OpenedToServe> {
  await addEnvironmentFile(environment);
  const given = { environment, trainDatasetSize: 8, evalDatasetSize: 4, ...values };
  const { settings } = resolveSettings({ values: given }, schemaNear(environment));
  return openToServe(nodeFiles(), settings, () => undefined);
}

/** A client of one server. */
function client({ url }: EnvironmentServer) {
  const ask = async (method: string, path: string, body?: unknown, session?: string) => {
    const response = await fetch(url + path, {
      method,
      headers: session === undefined ? {} : { 'x-session-id': session },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text() };
  };
  const json = async <T>(...args: Parameters<typeof ask>): Promise<T> => {
    const { status, text } = await ask(...args);
    expect(status, text).toBe(200);
    return JSON.parse(text) as T;
  };
  /** Refused with that status, in words that match. */
  const refused = async (status: number, words: RegExp, ...args: Parameters<typeof ask>) => {
    const answer = await ask(...args);
    expect(answer.status, answer.text).toBe(status);
    expect((JSON.parse(answer.text) as { detail: string }).detail).toMatch(words);
  };
  const call = async (session: string, name: string, input: unknown) => {
    const { status, text } = await ask('POST', '/call', { name, input }, session);
    expect(status, text).toBe(200);
    const data = /event: end\ndata: (.*)\n/.exec(text)?.[1] ?? '';
    return JSON.parse(data) as Called;
  };
  return { ask, json, refused, call };
}

interface Called {
  readonly ok: boolean;
  readonly error?: string;
  readonly output?: {
    readonly blocks: readonly { readonly text: string }[];
    readonly reward: number | null;
    readonly finished: boolean;
    readonly metadata: { readonly stop_condition: string; readonly metrics: Record<string, number> } | null;
  };
}
interface Played {
  readonly results?: readonly { readonly content: string }[];
  readonly continuation?: readonly number[] | null;
  readonly outcome: { readonly reward: number | null; readonly stop_condition: string } | null;
}

describe('the mail environment', () => {
  let mail: OpenedToServe;
  let server: EnvironmentServer;
  let now = 0;

  beforeAll(async () => {
    mail = await open('mail');
  });
  afterAll(() => mail.dispose());
  afterEach(() => server.close());
  const start = async (options: Partial<EnvironmentServerOptions> = {}) => {
    now = 0;
    server = await serveEnvironment(mail.served, { ...OPTIONS, now: () => now, ...options });
    return client(server);
  };

  test('tells its splits, tasks and tools', async () => {
    const { json } = await start();
    expect(await json('GET', '/list_environments')).toEqual(['mail']);
    expect(await json('GET', '/mail/splits')).toContainEqual({ name: 'validation', type: 'validation' });
    expect(await json('POST', '/num_tasks', { split: 'train' })).toEqual({ num_tasks: 8 });
    const { tasks } = await json<{ tasks: { id: string; index: number }[] }>('POST', '/tasks', {
      split: 'train',
    });
    expect(tasks.map(({ id }) => id)).toEqual(mail.served.tasks.train.map(({ id }) => id));
    expect(await json('POST', '/mail/task', { split: 'train', index: 5 })).toEqual({
      task: tasks[5],
      env_name: 'mail',
    });
    expect(await json('POST', '/task_range', { split: 'train', start: 6 })).toMatchObject({
      tasks: tasks.slice(6),
    });
    const { tools } = await json<{ tools: { name: string; input_schema: object }[] }>('GET', '/tools');
    expect(tools.map(({ name }) => name)).toEqual(['search_emails', 'read_email', 'return_final_answer']);
  });

  test('pays for calls what an episode that is played directly pays', async () => {
    const { json, call } = await start();
    for (const [index, task] of mail.served.tasks.train.entries()) {
      const session = `session-${index}`;
      await json('POST', '/create', { split: 'train', index }, session);
      const messages = mail.opened.expert?.(task) ?? [];
      const calls = messages
        .flatMap(({ tool_calls = [] }) => tool_calls)
        .slice(0, index === 0 ? 1 : undefined);
      const answers: Called[] = [];
      for (const { function: f } of calls) answers.push(await call(session, f.name, f.arguments));

      const { served } = mail;
      const write = turnWriter(served.chat, served.parse, served.chat.form);
      const [direct] = await rollOut(
        { ...served, policy: scriptedPolicy([messages.map((message) => write(message))]) },
        [{ task, step: 0, group: index, rollout: 0 }],
        served.options,
      );
      if (index === 0) {
        expect(answers).toMatchObject([{ ok: true, output: { reward: null, finished: false } }]);
      } else {
        expect(answers.at(-1)).toMatchObject({
          output: { reward: direct?.reward, finished: true, metadata: { metrics: direct?.outcome.metrics } },
        });
        expect(direct?.reward).toBeGreaterThan(0);
      }
      const shown =
        direct?.outcome.turns.flatMap(({ results }) => results.map(({ content }) => content)) ?? [];
      expect(answers.map(({ output }) => output?.blocks[0]?.text)).toEqual(shown.slice(0, answers.length));
      await json('POST', '/delete', {}, session);
    }
    expect(server.sessions()).toBe(0);
  });

  test('plays turns given in tokens, and ends what is left', async () => {
    const { json } = await start();
    const { chat, parse, tasks } = mail.served;
    await json('POST', '/create', { split: 'train', index: 1 }, 'a');
    const opening = await json<{ prompt_ids: number[]; messages: []; tools: [] }>(
      'GET',
      '/opening',
      undefined,
      'a',
    );
    expect(opening.prompt_ids).toEqual(chat.prompt(opening.messages, opening.tools));
    const [first] = mail.opened.expert?.(tasks.train[1] as never) ?? [];
    const ids = turnWriter(chat, parse, chat.form)(first as never);
    const turn = await json<Played>('POST', '/turn', { ids }, 'a');
    expect(turn.outcome).toBeNull();
    expect(turn.continuation).toEqual(
      chat.continuation(
        [
          {
            role: 'tool',
            content: turn.results?.[0]?.content ?? '',
            tool_call_id: 'call_0_0',
            name: 'search_emails',
          },
        ],
        true,
      ),
    );
    const { outcome } = await json<Played>('POST', '/end', {}, 'a');
    expect(outcome).toMatchObject({ stop_condition: 'out-of-context', success: false, is_truncated: true });
    expect(await json<Played>('POST', '/end', {}, 'a')).toEqual({ outcome });

    await json('POST', '/create', { split: 'train', index: 1 }, 'b');
    const stray = [...chat.encode('no call at all'), ...chat.stopIds.slice(0, 1)];
    expect(await json<Played>('POST', '/turn', { ids: stray }, 'b')).toMatchObject({
      continuation: null,
      outcome: { stop_condition: 'unparsable' },
    });
  });

  test('refuses calls that come after the end or do not fit, in words', async () => {
    const { json, refused, call } = await start();
    await json('POST', '/create', { split: 'test', index: 0 }, 'a');
    expect((await call('a', 'no_such_tool', {})).output).toMatchObject({
      finished: true,
      metadata: { stop_condition: 'bad-call' },
    });
    expect(await call('a', 'read_email', { message_id: 'x' })).toMatchObject({
      ok: false,
      error: expect.stringMatching(/has ended \(bad-call\)/) as string,
    });
    await refused(409, /has ended/, 'POST', '/turn', { ids: [1] }, 'a');
  });

  test('holds at most so many sessions, and none that is idle', async () => {
    const { json, refused, ask } = await start();
    for (const id of ['a', 'b', 'c']) await json('POST', '/create', { split: 'train', index: 0 }, id);
    await refused(429, /All 3 sessions/, 'POST', '/create', { split: 'train', index: 0 }, 'd');
    await refused(400, /has a task already/, 'POST', '/create', { split: 'train', index: 0 }, 'a');
    now = 9 * 60_000;
    expect((await ask('POST', '/ping', {}, 'a')).status).toBe(200);
    now = 11 * 60_000;
    await refused(404, /no session b here.*10 minutes/, 'GET', '/prompt', undefined, 'b');
    expect(server.sessions()).toBe(1);
    await json('GET', '/prompt', undefined, 'a');
    await json('POST', '/create', { split: 'train', index: 0 }, 'd');
  });

  test('refuses what it cannot understand, in words', async () => {
    const { refused, json } = await start();
    await refused(404, /no GET \/nowhere here/, 'GET', '/nowhere');
    await refused(404, /plays "mail"/, 'GET', '/rows/tools');
    await refused(400, /X-Session-ID is missing/, 'GET', '/prompt');
    await refused(400, /no JSON object/, 'POST', '/tasks', '{"split":');
    await refused(400, /no JSON object: it is \[\]/, 'POST', '/tasks', []);
    await refused(400, /"split" must be a text, not missing/, 'POST', '/tasks', {});
    await refused(400, /no split "dev"; the splits are train, validation, test/, 'POST', '/tasks', {
      split: 'dev',
    });
    await refused(400, /"index" must be a whole number from 0, not -1/, 'POST', '/task', {
      split: 'train',
      index: -1,
    });
    await refused(400, /no task 8 in train, which has 8/, 'POST', '/task', { split: 'train', index: 8 });
    await refused(413, /more than 4096 bytes/, 'POST', '/tasks', { split: 'x'.repeat(5000) });
    await json('POST', '/create', { split: 'train', index: 0 }, 'a');
    await refused(400, /list of token ids/, 'POST', '/turn', { ids: [1, 0.5] }, 'a');
  });

  test('answers no page, and no other name of this machine', async () => {
    await start();
    const status = (headers: Record<string, string>) =>
      new Promise((resolve, reject) => {
        httpRequest({ host: '127.0.0.1', port: server.port, path: '/health', headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
    expect(await status({})).toBe(200);
    expect(await status({ host: `localhost:${server.port}` })).toBe(200);
    expect(await status({ host: 'evil.example' })).toBe(403);
    expect(await status({ origin: 'https://evil.example' })).toBe(403);
  });

  test('a port that is taken is refused', async () => {
    await start();
    await expect(serveEnvironment(mail.served, { ...OPTIONS, port: server.port })).rejects.toThrow(
      /cannot be had: another program uses it/,
    );
  });
});

test("a user's file, with tools of its own", async () => {
  const opened = await open('docs/examples/countdown.ts', { rewardWeights: 'right=1,brief=2' });
  const server = await serveEnvironment(opened.served, OPTIONS);
  try {
    const { json, call } = client(server);
    await json(
      'POST',
      '/countdown/create',
      { env_name: 'countdown', task_spec: { split: 'test', index: 2 } },
      'a',
    );
    const [calculate, answer] = opened.opened.expert?.(opened.served.tasks.test[2] as never) ?? [];
    const given = calculate?.tool_calls?.[0]?.function.arguments;
    expect((await call('a', 'calculate', { x: 'two' })).output?.blocks[0]?.text).toMatch(/must be/);
    const { target } = opened.served.tasks.test[2]?.info as { target: number };
    expect((await call('a', 'calculate', given)).output?.blocks[0]?.text).toBe(String(target));
    const last = await call('a', 'answer', answer?.tool_calls?.[0]?.function.arguments);
    // Three turns, each -0.05, weighed twice.
    expect(last.output?.reward).toBeCloseTo(1 - 0.3, 12);
  } finally {
    await server.close();
    opened.dispose();
  }
});

test('rows: the text of a message is the answer', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mailgym-served-'));
  writeFileSync(
    join(folder, 'train.jsonl'),
    '{"prompt":"2+2?","answer":"4"}\n{"prompt":"3+3?","answer":"6"}\n',
  );
  writeFileSync(join(folder, 'test.jsonl'), '{"prompt":"1+1?","answer":"2"}\n');
  const opened = await open('rows', { dataset: folder, answerForm: 'whole' });
  const server = await serveEnvironment(opened.served, OPTIONS);
  try {
    const { json, call } = client(server);
    expect(await json('GET', '/tools')).toMatchObject({ tools: [], terminal_tool: { arg: 'text' } });
    const rewards: (number | null | undefined)[] = [];
    for (const text of ['2', '3']) {
      await json('POST', '/create', { split: 'test', index: 0 }, text);
      rewards.push((await call(text, 'final_message', { text })).output?.reward);
    }
    const [right = NaN, wrong = NaN] = rewards as number[];
    expect(right - wrong).toBeGreaterThan(0.5);
  } finally {
    await server.close();
    opened.dispose();
    rmSync(folder, { recursive: true });
  }
});
