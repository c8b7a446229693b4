import fc from 'fast-check';
import { expect, it } from 'vitest';
import { answerTask, openRows } from '../../../tests/support/rows';
import { EnvironmentError } from '../errors';
import { ANSWER_FORMS, CHECKS } from './settings';

const json = fc.jsonValue({ maxDepth: 2 });
const value = fc.oneof(
  json,
  fc.string(),
  fc.integer().map(String),
  fc.constantFrom('#### 5', '(', '5', ['5'], 5),
);
const row = fc.record(
  { prompt: fc.oneof(fc.string(), json), answer: value, info: json, id: json, level: json },
  { requiredKeys: ['prompt', 'answer'] },
);
const settings = fc.record({
  check: fc.constantFrom(...CHECKS),
  answerForm: fc.constantFrom(...ANSWER_FORMS),
  rowAnswerForm: fc.constantFrom(...ANSWER_FORMS),
  pattern: fc.constantFrom('row', '{answer}$'),
  ignoreCase: fc.boolean(),
});
const oneRow = fc.oneof(
  row.map((fields) => JSON.stringify(fields)),
  fc.string(),
);

it('any rows open or are refused in words; any text is judged, and the expert is right', async () => {
  await fc.assert(
    fc.asyncProperty(oneRow, settings, fc.string(), async (line, changes, text) => {
      let opened;
      try {
        opened = await openRows({ 'test.jsonl': line }, changes);
      } catch (error) {
        if (error instanceof EnvironmentError) return;
        throw error;
      }
      for (const task of opened.tasks.test) {
        const { success, rewards, answer } = await answerTask(opened, task, text);
        expect(rewards).toEqual({ right: Number(success), form: Number(answer !== null) });
        const [message] = opened.expert?.(task) ?? [];
        if (message !== undefined)
          expect((await answerTask(opened, task, message.content)).success).toBe(true);
      }
    }),
    { numRuns: 1000 },
  );
});

it('any bytes are Parquet or refused in words', async () => {
  const magic = [80, 65, 82, 49];
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      const file = Uint8Array.from([...magic, ...bytes, ...magic]);
      await expect(openRows({ 'test.parquet': file })).rejects.toThrow(EnvironmentError);
    }),
    { numRuns: 300 },
  );
});
