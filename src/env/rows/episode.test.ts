import { describe, expect, it } from 'vitest';
import { answerTask, openRecords } from '../../../tests/support/rows';
import { Random } from '../../random/philox';

describe('an episode', () => {
  const row = { prompt: 'What is 2 + 3?', answer: 5 };
  const play = async (text: string, changes: Record<string, string>) => {
    const opened = await openRecords([row], changes);
    return answerTask(opened, opened.tasks.test[0], text);
  };

  it('is one turn without tools, told the form of the answer', async () => {
    const opened = await openRecords(
      [
        row,
        {
          ...row,
          prompt: [
            { role: 'system', content: 'Hm.' },
            { role: 'user', content: 'a' },
          ],
        },
      ],
      { answerForm: 'boxed' },
    );
    const [first, second] = opened.tasks.test.map((task) => opened.start(task, new Random(1, 'test')));
    expect(first?.tools).toEqual([]);
    expect(first?.messages).toEqual([
      { role: 'system', content: 'Put the final answer in \\boxed{}.' },
      { role: 'user', content: row.prompt },
    ]);
    expect(second?.messages[0]?.content).toBe('Hm.\n\nPut the final answer in \\boxed{}.');
    expect(first?.step({ text: '\\boxed{5}', calls: [] }, 0)).toEqual({ results: [], done: true });
  });

  it.each([
    ['auto', 'whole', undefined],
    ['none', 'boxed', undefined],
    ['Think first.', 'boxed', 'Think first.'],
  ])('with instruction %s and form %s', async (instruction, answerForm, expected) => {
    const opened = await openRecords([row], { instruction, answerForm });
    const [message] = opened.tasks.test.map((task) => opened.start(task, new Random(1, 'test')).messages[0]);
    expect(message).toEqual(
      expected === undefined ? { role: 'user', content: row.prompt } : { role: 'system', content: expected },
    );
  });

  it('rewards a right answer and its form', async () => {
    expect(await play('<think>\\boxed{4}?</think>It is \\boxed{5}.', { answerForm: 'boxed' })).toEqual({
      turns: [{ text: '<think>\\boxed{4}?</think>It is \\boxed{5}.', calls: [], results: [] }],
      stopCondition: 'answered',
      success: true,
      answer: '5',
      metrics: { answerFound: 1 },
      rewards: { right: 1, form: 1 },
    });
  });

  it('rewards only the form of a wrong answer, and nothing without one', async () => {
    expect(await play('\\boxed{4}', { answerForm: 'boxed' })).toMatchObject({
      success: false,
      rewards: { right: 0, form: 1 },
    });
    expect(await play('It is 5.', { answerForm: 'boxed' })).toMatchObject({
      stopCondition: 'unparsable',
      success: false,
      answer: null,
      metrics: { answerFound: 0 },
      rewards: { right: 0, form: 0 },
    });
    expect(await play('<think>It is 5', {})).toMatchObject({ answer: null, rewards: { right: 0, form: 0 } });
  });

  it('that is cut fails', async () => {
    const opened = await openRecords([row]);
    const episode = opened.tasks.test.map((task) => opened.start(task, new Random(1, 'test')))[0];
    episode?.truncate('out-of-context');
    expect(await episode?.outcome()).toMatchObject({
      turns: [],
      stopCondition: 'out-of-context',
      success: false,
      rewards: { right: 0, form: 0 },
    });
  });

  it('of a question that a visitor asks has a verdict only when the answer is known', async () => {
    const opened = await openRecords([row]);
    const open = await answerTask(opened, await opened.ask?.({ prompt: 'Why?' }), 'Because.');
    expect(open).toMatchObject({ success: null, answer: 'Because.', rewards: { right: null, form: 1 } });
    const known = await answerTask(
      opened,
      await opened.ask?.({ prompt: 'Why?', answer: 'because.' }),
      'Because.',
    );
    expect(known.success).toBe(true);
    expect(await opened.ask?.({ prompt: 'Why?', answer: 5 })).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
      prompt: [{ role: 'user', content: 'Why?' }],
      answer: '5',
      level: 1,
      info: {},
    });
    expect(await opened.ask?.({ prompt: 'Why?' })).toMatchObject({ answer: null });
    expect(() => opened.ask?.({ question: 'Why?' })).toThrow(
      /The question should be a list of messages, found nothing/,
    );
  });
});

it('a question without a known answer is asked under any check, and every one has an id of its own', async () => {
  const opened = await openRecords([{ prompt: 'a', answer: 5 }], { check: 'number' });
  const asked = [
    { prompt: 'Why?' },
    { prompt: 'Who?' },
    { prompt: 'Why?', answer: 5 },
    { prompt: 'Why?', answer: 6 },
  ];
  const ids = await Promise.all(asked.map(async (input) => (await opened.ask?.(input))?.id));
  expect(new Set(ids).size).toBe(4);
  expect((await opened.ask?.({ prompt: 'Why?' }))?.id).toBe(ids[0]);
});

it('a question asked with an answer that the check cannot use is refused, naming what is wrong', async () => {
  const opened = await openRecords([{ prompt: 'a', answer: 5 }], { check: 'number' });
  const refused = (code: string, where: object) =>
    expect.objectContaining({ code, params: expect.objectContaining({ where: [where] }) as object }) as Error;
  expect(() => opened.ask?.({ prompt: 'Why?', answer: 'five' })).toThrow(
    refused('environment/answer-no-number', { asked: 'answer' }),
  );
  expect(() => opened.ask?.({ prompt: 'Why?', answer: {} })).toThrow(
    refused('environment/answer-kind', { asked: 'answer' }),
  );
  expect(() => opened.ask?.({ prompt: ' ', answer: 5 })).toThrow(
    refused('environment/prompt-blank', { asked: 'question' }),
  );
});

describe('the expert', () => {
  it('knows nothing of a question whose answer nobody knows', async () => {
    const opened = await openRecords([{ prompt: 'a', answer: 5 }]);
    expect(opened.expert?.((await opened.ask?.({ prompt: 'Why?' }))!)).toBeNull();
  });

  it.each<[string, object, Record<string, string>, string | null]>([
    [
      'writes the answer in its form',
      { answer: 5 },
      { answerForm: 'tag', check: 'number' },
      '<answer>5</answer>',
    ],
    [
      'writes one of the answers',
      { answer: ['Ann', 'Lee'] },
      { answerForm: 'boxed', check: 'one-of' },
      '\\boxed{Ann}',
    ],
    [
      'gives the worked solution',
      { answer: '2 + 3 is 5.\n#### 5' },
      { answerForm: 'hashes', rowAnswerForm: 'hashes' },
      '2 + 3 is 5.\n#### 5',
    ],
    [
      'writes it anew in another form',
      { answer: 'So\n#### 5' },
      { answerForm: 'boxed', rowAnswerForm: 'hashes' },
      '\\boxed{5}',
    ],
    ['knows none that is blank', { answer: [''] }, { answerForm: 'boxed', check: 'one-of' }, null],
    ['knows no text for a pattern', { answer: '5|five' }, { check: 'pattern' }, null],
    ['knows none that its form cannot hold', { answer: 'two\nlines' }, { answerForm: 'last-line' }, null],
  ])('%s', async (_, row, changes, expected) => {
    const opened = await openRecords([{ prompt: 'a', ...row }], changes);
    const messages = opened.tasks.test.map((task) => opened.expert?.(task) ?? null)[0];
    expect(messages).toEqual(expected === null ? null : [{ role: 'assistant', content: expected }]);
  });
});
