import { MailGymError } from '../errors';
import { describe, expect, it } from 'vitest';
import { conversationOf, readConversations } from './read';

const user = { role: 'user', content: 'What is 2 + 3?' };
const answer = { role: 'assistant', content: '5' };
const tool = {
  type: 'function',
  function: { name: 'add', description: 'Adds.', parameters: { type: 'object', properties: { a: {} } } },
};
const call = (id: string | undefined, args: unknown, name = 'add') => ({
  ...(id === undefined ? {} : { id }),
  type: 'function',
  function: { name, arguments: args },
});

const read = (fields: Record<string, unknown>) => conversationOf(fields, [{ file: 'c.jsonl' }, { line: 1 }]);

describe('conversationOf', () => {
  it('reads messages and trains every assistant message', () => {
    const { messages, tools, trained } = read({
      messages: [{ role: 'system', content: 'Be brief.' }, user, answer],
    });
    expect(messages).toEqual([{ role: 'system', content: 'Be brief.' }, user, answer]);
    expect(tools).toEqual([]);
    expect(trained).toEqual([2]);
  });

  it('leaves out what weighs 0', () => {
    const messages = [user, { ...answer, weight: 0 }, user, { ...answer, weight: 1 }, user, answer];
    expect(read({ messages }).trained).toEqual([3, 5]);
  });

  it.each([
    ['an object', { a: 2, b: 3 }],
    ['JSON text', '{"a": 2, "b": 3}'],
  ])('reads arguments that are %s', (_, args) => {
    const { messages } = read({
      messages: [
        user,
        { role: 'assistant', content: null, tool_calls: [call('x', args)] },
        { role: 'tool', tool_call_id: 'x', content: '5' },
        answer,
      ],
      tools: [tool],
    });
    expect(messages[1]).toEqual({
      role: 'assistant',
      content: '',
      tool_calls: [{ id: 'x', type: 'function', function: { name: 'add', arguments: { a: 2, b: 3 } } }],
    });
    expect(messages[2]).toEqual({ role: 'tool', content: '5', tool_call_id: 'x', name: 'add' });
  });

  it('pairs results by id, whatever their order, and keeps the order of the file', () => {
    const { messages } = read({
      messages: [
        user,
        { role: 'assistant', content: '', tool_calls: [call('x', {}), call('y', {}, 'sub')] },
        { role: 'tool', tool_call_id: 'y', content: 'second' },
        { role: 'tool', tool_call_id: 'x', content: 'first' },
        answer,
      ],
    });
    expect(messages.slice(2, 4)).toEqual([
      { role: 'tool', content: 'second', tool_call_id: 'y', name: 'sub' },
      { role: 'tool', content: 'first', tool_call_id: 'x', name: 'add' },
    ]);
  });

  it('pairs results without ids in order and numbers calls without ids', () => {
    const { messages } = read({
      messages: [
        user,
        answer,
        user,
        { role: 'assistant', tool_calls: [call(undefined, ''), call(undefined, null, 'sub')] },
        { role: 'tool', name: 'add', content: 'a' },
        {
          role: 'tool',
          content: [
            { type: 'text', text: 'b' },
            { type: 'text', text: 'c' },
          ],
        },
      ],
    });
    expect(messages.slice(4)).toEqual([
      { role: 'tool', content: 'a', tool_call_id: 'call_1_0', name: 'add' },
      { role: 'tool', content: 'bc', tool_call_id: 'call_1_1', name: 'sub' },
    ]);
  });

  it.each([
    ['a list', [tool]],
    ['JSON text', JSON.stringify([tool])],
  ])('reads tools that are %s', (_, tools) => {
    expect(read({ messages: [user, answer], tools }).tools).toEqual([tool]);
  });

  it('fills what a tool may leave out', () => {
    const tools = [{ type: 'function', function: { name: 'now' } }];
    expect(read({ messages: [user, answer], tools }).tools).toEqual([
      {
        type: 'function',
        function: { name: 'now', description: '', parameters: { type: 'object', properties: {} } },
      },
    ]);
  });

  it('reads prompt and completion as text', () => {
    expect(read({ prompt: user.content, completion: '5' })).toEqual({
      messages: [user, answer],
      tools: [],
      trained: [1],
    });
  });

  it('trains only the completion, and of it what weighs 1', () => {
    const prompt = [user, answer, user];
    const completion = [{ ...answer, weight: 0 }, user, answer];
    expect(read({ prompt, completion }).trained).toEqual([5]);
  });

  it('prefers messages where both forms are there, and reads developer as system', () => {
    const messages = [{ role: 'developer', content: 'Be brief.' }, user, answer];
    const conversation = read({ messages, prompt: 'other', completion: 'other' });
    expect(conversation.messages[0]).toEqual({ role: 'system', content: 'Be brief.' });
    expect(conversation.messages).toHaveLength(3);
  });

  const assistant = (fields: object) => ({ messages: [user, { role: 'assistant', ...fields }] });
  it.each<[string, Record<string, unknown>, RegExp]>([
    ['neither form', { question: 'a', answer: 'b' }, /neither.*"question", "answer"/],
    ['a prompt alone', { prompt: 'a' }, /neither/],
    ['no messages', { messages: [] }, /an empty list/],
    ['messages of another kind', { messages: 'hello' }, /list of messages, found "hello"/],
    ['a message that is text', { messages: ['hello'] }, /message 1 should be an object/],
    ['an unknown role', { messages: [{ role: 'human', content: 'a' }] }, /role "human"/],
    ['content of another kind', { messages: [{ role: 'user', content: 7 }] }, /message 1.*found 7/],
    ['an image', { messages: [{ role: 'user', content: [{ type: 'image_url' }] }] }, /part 1.*"image_url"/],
    ['silence', assistant({ content: ' ' }), /message 2 says and calls nothing/],
    ['calls of another kind', assistant({ tool_calls: {} }), /"tool_calls" should be a list/],
    [
      'a flat call',
      assistant({ tool_calls: [{ name: 'add', arguments: '{}' }] }),
      /the keys "name", "arguments"/,
    ],
    ['a call without name', assistant({ tool_calls: [call('x', {}, '')] }), /call 1 names no function/],
    ['arguments cut short', assistant({ tool_calls: [call('x', '{"a": ')] }), /"add".*not JSON/],
    [
      'arguments in a list',
      assistant({ tool_calls: [call('x', '[1]')] }),
      /object or its JSON text, found a list/,
    ],
    ['equal call ids', assistant({ tool_calls: [call('x', {}), call('x', {})] }), /two calls with the id x/],
    [
      'a call id of another kind',
      assistant({ tool_calls: [{ ...call('x', {}), id: 1 }] }),
      /"id" should be text/,
    ],
    ['half a weight', assistant({ content: 'a', weight: 0.5 }), /0 or 1, found 0.5/],
    ['nothing that trains', assistant({ content: 'a', weight: 0 }), /no assistant message that trains/],
    ['an assistant first', { messages: [answer, user] }, /begins with a message of the role assistant/],
    ['a result without call', { messages: [user, { role: 'tool', content: 'a' }] }, /no call waits/],
    ['outdated functions', { messages: [user, answer], functions: [tool] }, /outdated "functions"/],
    ['an outdated call', assistant({ content: 'a', function_call: {} }), /outdated "function_call"/],
    ['tools of another kind', { messages: [user, answer], tools: 3 }, /"tools" should be a list.*found 3/],
    ['tools cut short', { messages: [user, answer], tools: '[' }, /"tools" is a text that is not JSON/],
    ['a flat tool', { messages: [user, answer], tools: [{ name: 'add' }] }, /tool 1.*the keys "name"/],
    ['two tools of one name', { messages: [user, answer], tools: [tool, tool] }, /two tools are named "add"/],
    ['an empty completion', { prompt: 'a', completion: '' }, /says and calls nothing/],
    ['a completion of another kind', { prompt: 'a', completion: 4 }, /completion should be text.*found 4/],
  ])('refuses %s', (_, fields, message) => {
    expect(() => read(fields)).toThrow(message);
    expect(() => read(fields)).toThrow(/^c\.jsonl line 1/);
    expect(() => read(fields)).toThrow(MailGymError);
  });

  it('refuses results that do not fit their calls', () => {
    const results = (...rest: object[]) => ({
      messages: [user, { role: 'assistant', tool_calls: [call('x', {}), call('y', {}, 'sub')] }, ...rest],
    });
    const x = { role: 'tool', tool_call_id: 'x', content: '1' };
    expect(() => read(results({ ...x, tool_call_id: 'z' }))).toThrow(/call "z", but only x, y waits/);
    expect(() => read(results(x, x))).toThrow(/message 4.*only y waits/);
    expect(() => read(results({ role: 'tool', name: 'sub', content: '1' }))).toThrow(
      /named "sub".*call x of "add"/,
    );
    expect(() => read(results(x, answer))).toThrow(/message 4.*call y of sub has no result/);
    expect(read(results()).trained).toEqual([1]);
  });
});

describe('readConversations', () => {
  const good = JSON.stringify({ messages: [user, answer] });

  it('skips blank lines, and takes CRLF and a byte-order mark', () => {
    const { conversations } = readConversations(`\uFEFF${good}\r\n\r\n${good}`, { file: 'c.jsonl' });
    expect(conversations).toHaveLength(2);
  });

  it('refuses a bad line by its number', () => {
    const text = `${good}\n\n{"messages": }\n`;
    expect(() => readConversations(text, { file: 'c.jsonl' })).toThrow(/^c\.jsonl line 3 is not JSON/);
    expect(() => readConversations(`${good}\n[1]`, { file: 'c.jsonl' })).toThrow(
      /line 2.*object, but is a list/,
    );
  });

  it('counts bad lines when asked to', () => {
    const text = `${good}\n{"messages": 1}\n${good}\nnull`;
    const { conversations, problems } = readConversations(text, { file: 'c.jsonl', badLines: 'count' });
    expect(conversations).toHaveLength(2);
    expect(problems).toEqual([
      expect.stringMatching(/^c\.jsonl line 2, /),
      expect.stringMatching(/line 4 .*null/),
    ]);
  });

  it.each(['', '\n\n', '{}'])('refuses a file without any conversation: %j', (text) => {
    expect(() => readConversations(text, { file: 'c.jsonl', badLines: 'count' })).toThrow(/no conversation/);
  });
});
