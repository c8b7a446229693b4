import { expect, test } from 'vitest';
import type { AskAnswer } from '../../src/run/types';
import { CommandError } from '../runtime/command-error';
import { answerLines, turnLines, voteLine } from './lines';
import { readAskOptions } from './options';

const noLines = () => Promise.reject(new Error('The standard input was read.'));
const own = (input: object) => ({ kind: 'own', input });

test('tasks come by id, in words, from lines and as JSON', async () => {
  const argv = ['--task', 'a', '--text=One?', '--text', '--two?', '--task=b', '--temperature', '0.5'];
  const { tasks, temperature, draws, adapter } = await readAskOptions(argv, noLines);
  expect(tasks).toEqual([
    { kind: 'dataset', id: 'a' },
    { kind: 'dataset', id: 'b' },
    own({ text: 'One?' }),
    own({ text: '--two?' }),
  ]);
  expect([temperature, draws, adapter]).toEqual([0.5, 1, null]);
  const lines = () => Promise.resolve(['x', 'y']);
  expect((await readAskOptions(['-', '--input', '{"day": 1}'], lines)).tasks).toEqual([
    own({ day: 1, text: 'x' }),
    own({ day: 1, text: 'y' }),
  ]);
  expect((await readAskOptions(['--input', '{"day": 1}'], noLines)).tasks).toEqual([own({ day: 1 })]);
});

test.each([
  [[], /Nothing is asked. Give --task ID/],
  [['--text'], /--text needs a value/],
  [['--input', '[1]'], /input is '\[1\]'; give a JSON object/],
  [['--input', '{'], /which is not JSON/],
  [['--task', 'a', '--draws', '1.5'], /draws is '1.5'; allowed: a whole number from 1 to 1000/],
  [['--task', 'a', '--temperature', '11'], /temperature is '11'; allowed: a number from 0 to 10/],
  [['--task', 'a', '--runtime', 'browser'], /ask answers in Node only/],
])('%j is refused', async (argv, message) => {
  const refused = readAskOptions(argv, noLines);
  await expect(refused).rejects.toThrow(message);
  await expect(refused).rejects.toThrow(CommandError);
});

test('a conversation in lines', () => {
  const result = { callId: 'call_0_0', name: 'add', content: '3', isError: false, truncated: false };
  expect(turnLines({ text: ' add(1, 2)\n', calls: [], results: [result] }, 1)).toEqual([
    'turn 2: add(1, 2)',
    '  add → 3',
  ]);
  const answer = {
    ...{ answer: '3', gold: '4', correct: false, reward: 0.25, endReason: 'answered', seconds: 1 },
  } as AskAnswer;
  expect(answerLines(answer)).toEqual([
    'answer: 3 (known: 4)',
    'wrong, reward 0.250, ended as answered, 1.0 s',
  ]);
  const unknown = { ...answer, answer: null, gold: null, correct: null, reward: null };
  expect(answerLines(unknown)).toEqual(['answer: (none)', 'no verdict, ended as answered, 1.0 s']);
});

test('tries vote, and one without an answer agrees with none', () => {
  const vote = (...answers: (string | null)[]) => voteLine(answers.map((answer) => ({ answer })));
  expect(vote('$5', null, ' $5', '$6')).toBe('2 of 4 tries agree on: $5');
  expect(vote(null, null)).toBe('None of 2 tries gives an answer.');
});
