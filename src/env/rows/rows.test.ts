import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { folder, jsonl, openRecords, openRows } from '../../../tests/support/rows';
import { settingsSchema } from '../../settings/schema';
import { valueProblem } from '../../settings/values';
import { EnvironmentError } from '../errors';
import rows from './index';
import { info } from './info';

const fixture = (name: string): Uint8Array => readFileSync(`tests/fixtures/rows/${name}.parquet`);
const numbered = (n: number): object[] =>
  Array.from({ length: n }, (_, i) => ({ prompt: `What is ${i} + 1?`, answer: i + 1 }));

describe('the table of settings', () => {
  it('joins the core table with defaults that it allows', () => {
    const { table } = settingsSchema(rows);
    for (const [key, { rule, default: value }] of Object.entries(table))
      expect(valueProblem(rule, value, key)).toBeNull();
    expect(table['maxTurns']?.default).toBe(1);
  });

  it('weighs exactly the parts there are, for every preset', () => {
    for (const weights of Object.values(info.rewardWeights)) {
      expect(Object.keys(weights)).toEqual(Object.keys(info.rewards));
    }
    expect(info.settings['rewardPreset']?.rule).toMatchObject({ choices: Object.keys(info.rewardWeights) });
  });
});

describe('rows', () => {
  it('reads text and messages, ids, levels and everything else into info', async () => {
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Which colour has grass?' },
    ];
    const { tasks } = await openRecords([
      { prompt: 'What is 1 + 1?', answer: 2, id: 7, level: 3, info: { source: 'sums' }, extra: [1] },
      { prompt: messages, answer: 'green', info: '{"difficulty": "Level 2"}' },
      { prompt: 'True?', answer: true, info: 'a note' },
    ]);
    expect(tasks.test).toEqual([
      {
        id: '7',
        prompt: [{ role: 'user', content: 'What is 1 + 1?' }],
        answer: '2',
        level: 3,
        info: { source: 'sums', extra: [1], level: 3 },
      },
      {
        id: expect.stringMatching(/^[0-9a-f]{16}$/) as unknown,
        prompt: messages,
        answer: 'green',
        level: 2,
        info: { difficulty: 'Level 2' },
      },
      expect.objectContaining({ answer: 'true', level: 1, info: { info: 'a note' } }),
    ]);
  });

  it.each([[0.37], ['hard'], [0], [-2], [null], ['Level ?']])('takes the level %j as 1', async (level) => {
    const { tasks } = await openRecords([{ prompt: 'a', answer: 'b', level }]);
    expect(tasks.test[0]?.level).toBe(1);
  });

  it.each([
    ['Level 12', 12],
    ['12', 12],
    ['Level 3 of 5', 5],
    ['Level 3 of many', 1],
    ['Level3', 1],
  ])('takes the level %j as %j', async (level, expected) => {
    const { tasks } = await openRecords([{ prompt: 'a', answer: 'b', level }]);
    expect(tasks.test[0]?.level).toBe(expected);
  });

  it.each(['user', 'assistant'] as const)(
    'takes a longer prompt by its last message, of the %s',
    async (role) => {
      const prompt = [
        { role: 'user', content: 'a' },
        { role: role === 'user' ? 'assistant' : 'user', content: 'b' },
        { role, content: 'c' },
      ];
      const opened = openRecords([{ prompt, answer: 'd' }]);
      if (role === 'user') expect((await opened).tasks.test[0]?.prompt).toEqual(prompt);
      else
        await expect(opened).rejects.toMatchObject({
          code: 'environment/prompt-end',
          params: { role: 'assistant' },
        });
    },
  );

  it('has no tasks of its own', async () => {
    await expect(openRows(folder({ 'train.jsonl': '' }, { name: 'built-in' }))).rejects.toMatchObject({
      code: 'environment/no-dataset',
    });
  });

  it('reads columns of other names, and inside objects', async () => {
    const row = { question: 'Who?', answers: { text: ['Ann', 'A. Lee'], start: [0, 4] } };
    const settings = { promptColumn: 'question', answerColumn: 'answers.text', check: 'one-of' };
    const { tasks } = await openRecords([row], settings);
    expect(tasks.test[0]).toMatchObject({ answer: '["Ann","A. Lee"]', info: { answers: row.answers } });
  });

  it.each<[string, object, object, RegExp]>([
    ['no prompt', { question: 'a', answer: 'b' }, {}, /has no "prompt".*"question", "answer".*promptColumn/],
    ['no answer', { prompt: 'a', answer: null }, {}, /has no "answer".*answerColumn/],
    ['a blank prompt', { prompt: ' ', answer: 'b' }, {}, /prompt is blank/],
    ['a prompt that is a number', { prompt: 3, answer: 'b' }, {}, /list of messages, found 3/],
    [
      'an assistant last',
      {
        prompt: [
          { role: 'user', content: 'a' },
          { role: 'assistant', content: 'b' },
        ],
        answer: 'c',
      },
      {},
      /ends with.*assistant/,
    ],
    ['an unknown role', { prompt: [{ role: 'human', content: 'a' }], answer: 'c' }, {}, /role "human"/],
    ['a list without one-of', { prompt: 'a', answer: ['b'] }, {}, /found a list.*one-of/],
    ['an object', { prompt: 'a', answer: { b: 1 } }, {}, /the keys "b"/],
    ['a blank answer', { prompt: 'a', answer: '' }, {}, /answer is blank/],
    ['an id that is a list', { prompt: 'a', answer: 'b', id: [] }, {}, /"id" should be/],
    ['a word for a number', { prompt: 'a', answer: 'five' }, { check: 'number' }, /check number.*"five"/],
    ['a text for a list', { prompt: 'a', answer: 'five' }, { check: 'one-of' }, /check one-of.*"five"/],
    ['an empty list', { prompt: 'a', answer: [] }, { check: 'one-of' }, /check one-of.*"\[\]"/],
    ['a broken pattern', { prompt: 'a', answer: '(' }, { check: 'pattern' }, /"\(" is no pattern/],
    ['a look-ahead', { prompt: 'a', answer: 'a(?=b)' }, { check: 'pattern' }, /no look-around/],
    [
      'a solution without answer',
      { prompt: 'a', answer: 'b' },
      { rowAnswerForm: 'hashes' },
      /no answer in the form hashes/,
    ],
  ])('refuses %s by line', async (_, row, changes, message) => {
    const good = {
      prompt: 'x',
      answer: { number: '1', 'one-of': ['1'] }[String((changes as { check?: string }).check)] ?? '#### 1',
    };
    const files = { 'test.jsonl': `${jsonl(good)}\n${jsonl(row)}` };
    const opened = openRows(files, changes as Record<string, string>);
    await expect(opened).rejects.toThrow(EnvironmentError);
    await expect(opened).rejects.toThrow(message);
    await expect(opened).rejects.toThrow(/^test\.jsonl line 3/);
  });

  it('refuses a line that is no JSON by its number', async () => {
    await expect(openRows({ 'train.jsonl': '\n{"prompt": }' })).rejects.toThrow(
      /^train\.jsonl line 2 is not JSON/,
    );
    await expect(openRows({ 'train.jsonl': '[]' })).rejects.toThrow(
      /line 1 should be a JSON object, but is an empty list/,
    );
  });

  it('refuses a pattern for all rows before any row', async () => {
    const opened = openRecords([{ prompt: 'a', answer: 'b' }], { check: 'pattern', pattern: '[' });
    await expect(opened).rejects.toThrow(/^The setting pattern: "\["/);
  });

  it('asks for a dataset where none is named', async () => {
    await expect(openRows(folder({}, { name: 'built-in' }))).rejects.toThrow(/setting dataset/);
  });
});

describe('ids', () => {
  it('are the same whatever stands beside a row, and number equal rows', async () => {
    const row = { prompt: 'a', answer: 'b' };
    const ids = async (records: readonly object[]) =>
      (await openRecords(records)).tasks.test.map(({ id }) => id);
    const [alone] = await ids([row]);
    expect(await ids([{ prompt: 'c', answer: 'd' }, row, row])).toEqual([
      expect.not.stringMatching(alone ?? ''),
      alone,
      `${alone}-2`,
    ]);
    expect(await ids([{ prompt: 'a', answer: 'c' }])).not.toContain(alone);
  });

  it('that rows have are kept, once in a split', async () => {
    const row = { prompt: 'a', answer: 'b', id: 0 };
    const { tasks } = await openRows({
      'train.jsonl': jsonl(row),
      'validation.jsonl': jsonl({ ...row, id: 1 }),
      'test.jsonl': jsonl(row),
    });
    expect([tasks.train[0]?.id, tasks.validation[0]?.id, tasks.test[0]?.id]).toEqual(['0', '1', 'test/0']);
    await expect(openRecords([row, row])).rejects.toThrow(
      /^test\.jsonl line 2 has the id "0", as test\.jsonl line 1/,
    );
  });
});

describe('Parquet', () => {
  it('reads nested columns, large numbers and dates, and leaves out binary ones', async () => {
    const { tasks } = await openRows(
      { 'data/test-00000-of-00001.parquet': fixture('messages') },
      { check: 'one-of' },
    );
    expect(tasks.test).toHaveLength(3);
    expect(tasks.test[1]).toEqual({
      id: '2',
      prompt: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'What is 2 + 1?' },
      ],
      answer: '["3","exactly 3"]',
      level: 2,
      info: {
        difficulty: 2,
        tags: ['sum', 'é'],
        big: String(2n ** 60n + 2n),
        day: '2024-02-02T00:00:00.000Z',
        score: 0.5,
      },
    });
  });

  it.each(['zstd', 'gzip'])('reads %s', async (codec) => {
    const { tasks } = await openRows({ 'test.parquet': fixture(codec) }, { check: 'number' });
    expect(tasks.test).toHaveLength(80);
    expect(tasks.test[1]).toMatchObject({ answer: '5', prompt: [{ content: 'What is 2 + 3?' }] });
  });

  it('says what is wrong with a file, and in which row', async () => {
    await expect(openRows({ 'test.parquet': fixture('brotli') })).rejects.toThrow(
      /^test\.parquet cannot be read.*BROTLI/,
    );
    await expect(openRows({ 'test.parquet': 'hello, world' })).rejects.toThrow(
      /^test\.parquet cannot be read/,
    );
    await expect(openRows({ 'test.parquet': fixture('messages').subarray(100) })).rejects.toThrow(
      EnvironmentError,
    );
    await expect(openRows({ 'test.parquet': fixture('messages') })).rejects.toThrow(
      /^test\.parquet row 1: answer/,
    );
  });
});

it('opens a thousand rows the same way twice', async () => {
  const files = { 'rows.jsonl': jsonl(...numbered(1000)) };
  expect((await openRows(files)).tasks).toEqual((await openRows(files)).tasks);
});
