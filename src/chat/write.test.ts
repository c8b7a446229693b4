import { describe, expect, it } from 'vitest';
import type { AssistantMessage } from '../conversation/types';
import { TOOL_CALL_FORMS, parserFor } from './parse/registry';
import { turnWriter } from './write';

const message = (name: string, args: Record<string, unknown>, content = ''): AssistantMessage => ({
  role: 'assistant',
  content,
  tool_calls: [{ id: 'call_0_0', type: 'function', function: { name, arguments: args } }],
});

/** Characters are tokens; 0 stops. */
const chat = (assistantText: string | null) => ({
  stopIds: [0, 1],
  encode: (text: string) => [...text].map((char) => char.charCodeAt(0)),
  assistantText: () => assistantText,
  turnText: (ids: readonly number[]) => String.fromCharCode(...ids),
});
const text = (ids: readonly number[]) => String.fromCharCode(...ids.slice(0, -1));

describe('an assistant’s turn', () => {
  const call = message('guess', { n: 3 });

  it.each(TOOL_CALL_FORMS)(
    'is written in the form %s where the template knows no calls, and read back',
    (form) => {
      const parse = parserFor(form);
      const ids = turnWriter(chat(''), parse, form)(call);
      expect(ids.at(-1)).toBe(0);
      expect(parse(text(ids))).toEqual([{ name: 'guess', arguments: { n: 3 } }]);
    },
  );

  it('is what the template writes, where the parser reads the same calls in it', () => {
    const own = '<tool_call>\n{"name": "guess", "arguments": {"n": 3}}\n</tool_call>';
    expect(text(turnWriter(chat(own), parserFor('hermes'), 'hermes')(call))).toBe(own);
    const other = '<tool_call>{"name":"guess","arguments":{"n":4}}</tool_call>';
    expect(text(turnWriter(chat(other), parserFor('hermes'), 'hermes')(call))).toBe(
      '<tool_call>{"name":"guess","arguments":{"n":3}}</tool_call>',
    );
  });

  it('keeps the text before its calls, and is text alone without any', () => {
    const write = turnWriter(chat(null), parserFor('hermes'), 'hermes');
    expect(text(write(message('guess', { n: 3 }, 'Higher. ')))).toMatch(/^Higher\. <tool_call>/);
    expect(text(write({ role: 'assistant', content: 'Done.' }))).toBe('Done.');
  });

  it('that would be read as another is refused', () => {
    const write = turnWriter(chat(null), parserFor('hermes'), 'hermes');
    const sly = { role: 'assistant', content: '<tool_call>{"name":"x","arguments":{}}</tool_call>' } as const;
    expect(() => write(sly)).toThrow(/read back as another one/);
  });
});
