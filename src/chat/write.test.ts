import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { AssistantMessage, ToolSchema } from '../conversation/types';
import { CALL_FORMS, TOOL_CALL_FORMS, parserFor } from './parse/registry';
import { TrainingError } from '../errors/training';
import { turnWriter } from './write';

const message = (name: string, args: Record<string, unknown>, content = ''): AssistantMessage => ({
  role: 'assistant',
  content,
  tool_calls: [{ id: 'call_0_0', type: 'function', function: { name, arguments: args } }],
});

/** Characters are tokens, two numbers up; 0 stops. */
const textOf = (ids: readonly number[]) => ids.map((id) => String.fromCodePoint(id - 2)).join('');
const chat = (assistantText: string | null) => ({
  stopIds: [0, 1],
  encode: (text: string) => [...text].map((char) => (char.codePointAt(0) ?? 0) + 2),
  assistantText: () => assistantText,
  turnText: textOf,
});
const text = (ids: readonly number[]) => textOf(ids.slice(0, -1));

const TOOLS: readonly ToolSchema[] = [
  {
    type: 'function',
    function: {
      name: 'guess',
      description: 'Guesses.',
      parameters: {
        type: 'object',
        properties: {
          n: { type: 'integer' },
          text: { type: 'string' },
          list: { type: 'array', items: { type: 'string' } },
          deep: { type: 'object' },
          yes: { type: 'boolean' },
        },
      },
    },
  },
];

describe('an assistant’s turn', () => {
  const call = message('guess', { n: 3 });

  it.each(TOOL_CALL_FORMS)(
    'is written in the form %s where the template knows no calls, and read back',
    (form) => {
      const parse = parserFor(form);
      const ids = turnWriter(chat(''), parse, form)(call);
      expect(ids.at(-1)).toBe(0);
      expect(parse(text(ids), TOOLS)).toEqual([{ name: 'guess', arguments: { n: 3 } }]);
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

  it.each(TOOL_CALL_FORMS)('in the form %s is read back whatever its arguments are, or refused', (form) => {
    const value = fc.oneof(
      fc.record({ text: fc.string({ unit: 'grapheme' }), n: fc.integer(), yes: fc.boolean() }),
      fc.record({
        list: fc.array(fc.string()),
        deep: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })),
      }),
      fc.record({ text: fc.constantFrom(...MEAN) }),
    );
    let written = 0;
    fc.assert(
      fc.property(value, (args) => {
        const parse = parserFor(form);
        const plain = JSON.parse(JSON.stringify(args)) as Record<string, unknown>;
        let ids: number[];
        try {
          ids = turnWriter(chat(null), parse, form)(message('guess', plain));
        } catch (error) {
          if (error instanceof TrainingError) return;
          throw error;
        }
        written++;
        expect(parse(text(ids), TOOLS)).toEqual([{ name: 'guess', arguments: plain }]);
      }),
      { seed: 11, numRuns: 200 },
    );
    // Forms that write text as it stands cannot write every text; they must write most.
    expect(written).toBeGreaterThan(ESCAPES_NOTHING.has(form) ? 100 : 190);
  });

  it.each(TOOL_CALL_FORMS.filter((form) => form !== 'bare'))('in the form %s holds several calls', (form) => {
    const calls = [1, 2, 3].map((n) => ({ name: 'guess', arguments: { n, text: `a${n}` } }));
    expect(parserFor(form)(CALL_FORMS[form].write(calls), TOOLS)).toEqual(calls);
  });

  it('whose argument spells the stop token is refused: the turn would end there', () => {
    const stops = { ...chat(null), stopIds: ['~'.charCodeAt(0) + 2] };
    const write = turnWriter(stops, parserFor('hermes'), 'hermes');
    expect(() => write(message('guess', { text: 'a~b' }))).toThrow(TrainingError);
    expect(write(message('guess', { text: 'ab' })).at(-1)).toBe('~'.charCodeAt(0) + 2);
  });
});

/** Texts that a careless reader takes for marks. */
const MEAN = [
  ...[
    '</tool_call>',
    '<tool_call>',
    '</think>',
    '<think>',
    '}',
    '"]}',
    '<escape>',
    '</parameter>',
    "it's",
    '\n',
  ],
  ...[
    '<|python_tag|>',
    '[TOOL_CALLS]',
    '{"name":"x","arguments":{}}',
    '\\',
    'a; b',
    '</function>',
    '<|tool_call_end|>',
  ],
];
const ESCAPES_NOTHING: ReadonlySet<string> = new Set(['xml', 'glm', 'function-gemma', 'gemma4']);
