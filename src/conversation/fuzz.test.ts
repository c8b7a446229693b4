import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MailGymError } from '../errors';
import { readConversations } from './read';

const call = { id: 'x', type: 'function', function: { name: 'add', arguments: '{}' } };
const tool = { type: 'function', function: { name: 'add' } };

describe('on arbitrary input', () => {
  const json = fc.jsonValue({ maxDepth: 3 });
  const sometimes = (value: unknown) => fc.oneof({ weight: 3, arbitrary: fc.constant(value) }, json);
  const message = fc.record(
    {
      role: fc.oneof(fc.constantFrom('system', 'user', 'assistant', 'assistant', 'tool'), json),
      content: fc.oneof(fc.string(), json),
      tool_calls: fc.oneof(fc.array(fc.oneof(sometimes(call), json), { maxLength: 3 }), json),
      tool_call_id: sometimes('x'),
      name: sometimes('add'),
      weight: sometimes(1),
    },
    { requiredKeys: [] },
  );
  const messages = fc.oneof(fc.array(message, { maxLength: 6 }), json);
  const line = fc.oneof(
    fc.record(
      { messages, prompt: messages, completion: messages, tools: sometimes([tool]) },
      { requiredKeys: [] },
    ),
    json,
  );

  it('throws nothing but its own errors, and answers what trains', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            line.map((value) => JSON.stringify(value)),
            fc.string(),
          ),
        ),
        (lines) => {
          let result;
          try {
            result = readConversations(lines.join('\n'), { file: 'c.jsonl', badLines: 'count' });
          } catch (error) {
            if (error instanceof MailGymError) return;
            throw error;
          }
          for (const { messages: all, trained } of result.conversations) {
            expect(trained.length).toBeGreaterThan(0);
            for (const index of trained) expect(all[index]?.role).toBe('assistant');
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
