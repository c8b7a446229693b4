import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConversations } from '../conversation/read';
import type { JsonObject } from '../conversation/types';
import { MailGymError } from '../errors';
import { parseTraces } from './trace-reader';
import { traceLine, traceOf, type TraceContext, type TraceInput } from './traces';

const tools = [{ type: 'function', function: { name: 'add', description: '', parameters: {} } }] as const;
const input: TraceInput = {
  opening: {
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: '2 + 3?' },
    ],
    tools,
  },
  task: { id: 't1', answer: '5', level: 2 },
  group: 4,
  rollout: 1,
  ids: [5, 6, 7, 8, 9],
  source: Uint8Array.of(0, 0, 1, 2, 1),
  logprobs: Float32Array.of(0, 0, -0.1, 0, -1 / 3),
  lossMask: Uint8Array.of(0, 0, 1, 0, 1),
  tokenAdvantages: Float32Array.of(0, 0, 0.7, 0, 0.7),
  advantage: 0.7,
  reward: 1.1,
  outcome: {
    turns: [
      {
        text: 'Let me see. <call>add(2, 3)</call>',
        calls: [{ id: 'call_0_0', name: 'add', arguments: { a: 2, b: 3 } }],
        results: [
          { callId: 'call_0_0', name: 'add', content: '5', isError: false, truncated: false, data: { x: 1 } },
        ],
      },
      { text: '5', calls: [], results: [] },
    ],
    stopCondition: 'answered',
    success: true,
    answer: '5',
    metrics: { turns: 2 },
    rewards: { right: 1, form: 1, brief: null, extra: 3 },
  },
  truncated: false,
  kept: true,
};
const context: TraceContext = {
  step: 3,
  env: 'sums',
  model: 'mailgym-tiny',
  rewardWeights: { right: 1, form: 0.1, brief: 2 },
};

describe('traceOf', () => {
  it("writes the conversation in OpenAI's form, with the policy's own text beside its calls", () => {
    expect(traceOf(input, context)).toMatchObject({
      id: '3-4-1',
      task: { id: 't1', level: 2, answer: '5' },
      tools,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: '2 + 3?' },
        {
          role: 'assistant',
          content: '',
          tool_calls: [
            { id: 'call_0_0', type: 'function', function: { name: 'add', arguments: { a: 2, b: 3 } } },
          ],
          text: 'Let me see. <call>add(2, 3)</call>',
        },
        { role: 'tool', content: '5', tool_call_id: 'call_0_0', name: 'add' },
        { role: 'assistant', content: '5' },
      ],
      rewards: {
        right: { score: 1, weight: 1 },
        form: { score: 1, weight: 0.1 },
        brief: null,
        extra: { score: 3, weight: 0 },
      },
      stop_condition: 'answered',
      success: true,
    });
  });

  it('writes tokens with log-probs only where they were sampled', () => {
    expect(traceOf(input, context)).toMatchObject({
      token_ids: [5, 6, 7, 8, 9],
      loss_mask: [0, 0, 1, 0, 1],
      logprobs: [null, null, -0.100000001, null, -0.333333343],
      advantages: [0, 0, 0.699999988, 0, 0.699999988],
    });
  });

  it('loses no bit of a 32-bit float', () => {
    fc.assert(
      fc.property(fc.float32Array({ noNaN: true, noDefaultInfinity: true }), (values) => {
        const n = values.length;
        const trace = traceOf(
          {
            ...input,
            ids: Array<number>(n).fill(1),
            source: new Uint8Array(n).fill(1),
            logprobs: values,
            lossMask: new Uint8Array(n),
            tokenAdvantages: values,
          },
          context,
        );
        const read = parseTraces(JSON.stringify(trace), 'r')[0];
        // JSON has no negative zero.
        const expected = values.map((value) => value + 0);
        expect(Float32Array.from(read?.logprobs ?? [], (value) => value ?? NaN)).toEqual(expected);
        expect(Float32Array.from(read?.advantages ?? [])).toEqual(expected);
      }),
    );
  });
});

describe('parseTraces', () => {
  const trace = traceOf(input, context);

  it('reads what traceLine writes', () => {
    const text = traceLine(input, context) + traceLine({ ...input, rollout: 2 }, context);
    expect(parseTraces(text, 'rollouts.jsonl')).toEqual([trace, { ...trace, id: '3-4-2', rollout: 2 }]);
    expect(text.split('\n')).toHaveLength(3);
  });

  it('is conversations to warm start on', () => {
    const { conversations } = readConversations(traceLine(input, context), { file: 'rollouts.jsonl' });
    expect(conversations).toEqual([
      {
        messages: trace.messages.map((message) =>
          'text' in message ? { ...message, text: undefined } : message,
        ),
        tools,
        trained: [2, 4],
      },
    ]);
  });

  it.each<[JsonObject, RegExp]>([
    [{ version: 2 }, /"version" should be 1.*found 2/],
    [{ step: -1 }, /"step" should be a whole number from 0, found -1/],
    [{ env: null }, /"env" should be text, found null/],
    [{ task: { id: 't' } }, /"task" should be an object with id/],
    [{ tools: [1] }, /"tools"/],
    [{ messages: [{ role: 'user' }] }, /"messages"/],
    [{ rewards: { right: 1 } }, /"rewards" should be an object of \{score, weight\}/],
    [{ metrics: { turns: null } }, /"metrics"/],
    [{ success: 1 }, /"success" should be true, false or null, found 1/],
    [{ loss_mask: [0, 0, 2, 0, 1] }, /"loss_mask" should be a list of 0 and 1/],
    [{ token_ids: [1.5, 2, 3, 4, 5] }, /"token_ids"/],
    [{ advantages: [0, null, 0, 0, 0] }, /"advantages" should be a list of numbers/],
    [
      { logprobs: [] },
      /one entry a token, but token_ids has 5, loss_mask has 5, logprobs has 0, advantages has 5/,
    ],
    [{ token_ids: [1] }, /token_ids has 1/],
  ])('refuses %j by line', (changes, message) => {
    const text = `${JSON.stringify(trace)}\n${JSON.stringify({ ...trace, ...changes })}\n`;
    const read = () => parseTraces(text, 'rollouts.jsonl');
    expect(read).toThrow(message);
    expect(read).toThrow(/^rollouts\.jsonl line 2/);
    expect(read).toThrow(MailGymError);
  });

  it('refuses a line cut short', () => {
    const text = traceLine(input, context).slice(0, -20);
    expect(() => parseTraces(text, 'rollouts.jsonl')).toThrow(/^rollouts\.jsonl line 1 is not JSON/);
  });
});
