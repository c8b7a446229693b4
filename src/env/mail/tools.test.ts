import { describe, expect, it } from 'vitest';
import { checkArguments, isToolName, TOOL_SCHEMAS, type ToolName } from './tools';

type Args = Record<string, unknown>;

const GOOD: readonly [ToolName, Args, unknown][] = [
  ['search_emails', { keywords: ['a'] }, { name: 'search_emails', query: { keywords: ['a'] } }],
  [
    'search_emails',
    {
      keywords: ['a', 'b c'],
      from_addr: 'x@y',
      to_addr: 'z@y',
      sent_after: '2024-02-29',
      sent_before: '2025-01-01',
      max_results: 10,
    },
    {
      name: 'search_emails',
      query: {
        keywords: ['a', 'b c'],
        fromAddr: 'x@y',
        toAddr: 'z@y',
        sentAfter: '2024-02-29',
        sentBefore: '2025-01-01',
        maxResults: 10,
      },
    },
  ],
  [
    'search_emails',
    { keywords: ['a'], from_addr: '', sent_after: null, max_results: null },
    { name: 'search_emails', query: { keywords: ['a'] } },
  ],
  ['read_email', { message_id: 'm1' }, { name: 'read_email', id: 'm1' }],
  [
    'return_final_answer',
    { answer: 'x', source_message_ids: ['m1', 'm2'] },
    { name: 'return_final_answer', answer: 'x', sources: ['m1', 'm2'], sourceCount: 2 },
  ],
  [
    'return_final_answer',
    { answer: 'x', source_message_ids: 'm1' },
    { name: 'return_final_answer', answer: 'x', sources: [], sourceCount: 0 },
  ],
  [
    'return_final_answer',
    { answer: 'x' },
    { name: 'return_final_answer', answer: 'x', sources: [], sourceCount: 0 },
  ],
  [
    'return_final_answer',
    { answer: 'x', source_message_ids: [7, 'm1'] },
    { name: 'return_final_answer', answer: 'x', sources: ['m1'], sourceCount: 2 },
  ],
];

const BAD: readonly [ToolName, Args, RegExp][] = [
  ['search_emails', {}, /"keywords" is missing/],
  ['search_emails', { keywords: 'budget' }, /list of strings, not "budget"/],
  ['search_emails', { keywords: [] }, /at least one/],
  ['search_emails', { keywords: [1] }, /list of strings/],
  ['search_emails', { keywords: null }, /list of strings, not null/],
  ['search_emails', { keywords: ['a'], max_results: 11 }, /1 to 10, not 11/],
  ['search_emails', { keywords: ['a'], max_results: 0 }, /1 to 10/],
  ['search_emails', { keywords: ['a'], max_results: 2.5 }, /integer/],
  ['search_emails', { keywords: ['a'], max_results: '5' }, /integer/],
  ['search_emails', { keywords: ['a'], sent_after: 'yesterday' }, /date YYYY-MM-DD, not "yesterday"/],
  ['search_emails', { keywords: ['a'], sent_before: '2025-02-30' }, /date/],
  ['search_emails', { keywords: ['a'], sent_before: '2025-2-3' }, /date/],
  ['search_emails', { keywords: ['a'], from_addr: ['x@y'] }, /"from_addr" must be a string/],
  ['search_emails', { keywords: ['a'], inbox: 'other@y' }, /no argument "inbox"/],
  ['search_emails', { keywords: ['a'], constructor: 'x' }, /no argument "constructor"/],
  ['read_email', { message_id: 5 }, /string, not 5/],
  ['read_email', { message_id: null }, /string, not null/],
  ['read_email', { id: 'm1' }, /"message_id" is missing/],
  ['read_email', { message_id: true }, /^read_email: "message_id" must be a string, not true\.$/],
  ['read_email', { message_id: { id: 1 } }, /not an object\.$/],
  ['read_email', { message_id: ['m1'] }, /not this list\.$/],
  ['read_email', { message_id: [] }, /not an empty list\.$/],
  ['search_emails', { keywords: 'k'.repeat(41) }, /not "k{40}"\.$/],
  ['search_emails', { keywords: ['a'], ['x'.repeat(41)]: 1 }, /no argument "x{40}"\.$/],
  ['return_final_answer', { source_message_ids: [] }, /"answer" is missing/],
  ['return_final_answer', { answer: 42, source_message_ids: [] }, /string, not 42/],
];

describe('checkArguments', () => {
  it.each(GOOD)('accepts %s %j', (name, args, call) => {
    expect(checkArguments(name, args)).toEqual({ ok: true, call });
  });

  it.each(BAD)('refuses %s %j', (name, args, message) => {
    const checked = checkArguments(name, args);
    expect(checked.ok).toBe(false);
    expect(checked.ok ? '' : checked.error).toMatch(message);
  });
});

describe('TOOL_SCHEMAS', () => {
  it('lists exactly the tools with their required arguments', () => {
    expect(TOOL_SCHEMAS.map((tool) => [tool.function.name, tool.function.parameters['required']])).toEqual([
      ['search_emails', ['keywords']],
      ['read_email', ['message_id']],
      ['return_final_answer', ['answer', 'source_message_ids']],
    ]);
  });

  it('says the kind of every argument, and the bounds that are checked', () => {
    const [search] = TOOL_SCHEMAS;
    const { properties } = search?.function.parameters as { properties: Record<string, object> };
    expect(properties).toMatchObject({
      keywords: { type: 'array', items: { type: 'string' }, minItems: 1 },
      from_addr: { type: 'string' },
      to_addr: { type: 'string' },
      sent_after: { type: 'string', format: 'date' },
      sent_before: { type: 'string', format: 'date' },
      max_results: { type: 'integer', minimum: 1, maximum: 10 },
    });
  });

  it('knows tool names without being fooled by object members', () => {
    expect(isToolName('read_email')).toBe(true);
    expect(isToolName('toString')).toBe(false);
    expect(isToolName('')).toBe(false);
  });
});
