import { PreTrainedTokenizer } from '@huggingface/transformers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderCall } from '../../src/chat/parse/hermes';
import { buildDataset } from '../dataset/build';
import { encoderOf, learnTokenizer, tokenizerConfigJson, tokenizerJson } from './files';
import { splitter } from './bpe';

const { emails, questions } = buildDataset({
  name: 'small',
  title: '',
  seed: 3,
  inboxes: { train: 2, validation: 0, test: 0 },
});
const texts = [...emails.map(({ body }) => body), ...questions.train.map(({ question }) => question)];
const learnt = learnTokenizer(texts, 700, 2);
const encoder = encoderOf(learnt);
const theirs = new PreTrainedTokenizer(
  JSON.parse(tokenizerJson(learnt)) as object,
  JSON.parse(tokenizerConfigJson(learnt, 1024)) as object,
);
const encode = (text: string): number[] => theirs.encode(text, { add_special_tokens: false });

describe('the tokenizer', () => {
  it('is learnt deterministically and has dense ids', () => {
    expect(tokenizerJson(learnTokenizer(texts, 700, 2))).toBe(tokenizerJson(learnt));
    const ids = Object.values(learnt.model.vocab).sort((a, b) => a - b);
    expect(ids).toEqual(ids.map((_, i) => i));
  });

  it('encodes as transformers.js does, and decodes to the same text', () => {
    const call = renderCall('search_emails', { keywords: ['Falcon'], from_addr: 'ann.marlow@acme.example' });
    for (const text of [
      ...texts.slice(0, 60),
      `<|user|>Who?<|end|><|assistant|>${call}<|end|>`,
      'Ünï \\n 😀\n\n"x"',
    ]) {
      expect(encoder.encode(text)).toEqual(encode(text));
      expect(theirs.decode(encode(text))).toBe(text);
    }
  });

  it('round-trips any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), (text) => {
        expect(encode(text)).toEqual(encoder.encode(text));
        expect(theirs.decode(encode(text))).toBe(text);
      }),
      { seed: 11, numRuns: 40 },
    );
  }, 60_000);

  it('writes values alike in text and in JSON, and two digits as one token', () => {
    for (const value of ['K2741', '$4350', '14 May', '14:30', 'Paula Reed', 'B27']) {
      const alone = encoder.encode(value);
      expect(encoder.encode(`on ${value}.`).slice(2, -1), value).toEqual(alone);
      expect(encoder.encode(`"answer":"${value}"`).slice(-1 - alone.length, -1), value).toEqual(alone);
    }
    expect(encoder.encode('07')).toHaveLength(1);
  });

  it('does not merge across its pieces', () => {
    const pieces = (text: string): string[] => splitter([])(text).map(({ piece }) => piece);
    expect(pieces('is on 14 May, room B273. \\n$5')).toEqual(
      ['is', ' on', ' ', '14', ' ', 'May', ',', ' room', ' ', 'B', '27', '3', '.', ' ', '\\n', '$', '5'],
    ); // prettier-ignore
  });
});

describe('the chat template', () => {
  const opening = [
    { role: 'system', content: 'Inbox a@b.c. Today 2025-01-02.' },
    { role: 'user', content: 'Who?' },
  ];
  const args = { keywords: ['Falcon', "don't"], from_addr: 'a@b.c' };
  const called = {
    role: 'assistant',
    content: '',
    tool_calls: [{ id: 'call_0_0', type: 'function', function: { name: 'search_emails', arguments: args } }],
  };
  const answered = {
    role: 'tool',
    content: '[{"message_id":"m1"}]',
    tool_call_id: 'call_0_0',
    name: 'search_emails',
  };
  const render = (messages: object[], add_generation_prompt: boolean): string =>
    theirs.apply_chat_template(messages as never, {
      tokenize: false,
      add_generation_prompt,
      tools: [],
    }) as string;

  it('renders calls as the agent writes them, and raw text as it is', () => {
    const text = renderCall('search_emails', args);
    const expected =
      '<|system|>Inbox a@b.c. Today 2025-01-02.<|end|><|user|>Who?<|end|>' +
      `<|assistant|>${text}<|end|><|tool|>[{"message_id":"m1"}]<|end|><|assistant|>`;
    expect(render([...opening, called, answered], true)).toBe(expected);
    expect(render([...opening, { role: 'assistant', content: text }, answered], true)).toBe(expected);
  });

  it('only ever appends', () => {
    const messages = [...opening, called, answered, { role: 'assistant', content: 'x' }];
    for (let n = 2; n < messages.length; n++) {
      const next = messages[n] as { role: string };
      const before = render(messages.slice(0, n), next.role === 'assistant');
      expect(render(messages.slice(0, n + 1), false).startsWith(before)).toBe(true);
    }
  });
});
