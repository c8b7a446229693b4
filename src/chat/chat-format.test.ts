import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TemplateStyle } from '../../tests/fixtures/tiny-tokenizer';
import { HERMES_TEMPLATE, LLAMA3_TEMPLATE, tinyTokenizerFiles } from '../../tests/fixtures/tiny-tokenizer';
import type { ChatMessage, ToolSchema } from '../conversation/types';
import { loadModelConfig } from '../engine/model/config';
import { createChatFormat } from './chat-format';
import { memoryFiles } from '../engine/files/memory';
import { createTokenizer } from './tokenizer';
import { PolicyError } from '../errors/policy';

const TOOLS: ToolSchema[] = [
  {
    type: 'function',
    function: { name: 'find_notes', description: 'Search.', parameters: { type: 'object' } },
  },
];
const MESSAGES: ChatMessage[] = [
  { role: 'system', content: 'You search notes.' },
  { role: 'user', content: 'When is the audit?' },
];

function tool(content: string, index = 0): Extract<ChatMessage, { role: 'tool' }> {
  return { role: 'tool', content, tool_call_id: `call_0_${index}`, name: 'find_notes' };
}

function files(style: TemplateStyle, template?: string | null): ReturnType<typeof memoryFiles> {
  return memoryFiles(tinyTokenizerFiles(style, template), 'tiny');
}

describe('Hermes-like template', () => {
  test('prompt is the rendered opening with the header of the assistant', async () => {
    const format = await createChatFormat(files('hermes'));
    const ids = format.prompt(MESSAGES, TOOLS);
    expect(format.decode(ids, { keepSpecial: true })).toBe(
      '<|im_start|>system\nYou search notes.\nTools:\n' +
        '{"type": "function", "function": {"name": "find_notes", "description": "Search.", ' +
        '"parameters": {"type": "object"}}}<|im_end|>\n' +
        '<|im_start|>user\nWhen is the audit?<|im_end|>\n<|im_start|>assistant\n',
    );
    // Special tokens are one id each, not spelled in bytes.
    expect(ids[0]).toBe(266);
  });

  test('continuation holds the newline after the stop token, all results and the next header', async () => {
    const format = await createChatFormat(files('hermes'));
    const stopped = format.continuation([tool('[1]'), tool('[2]', 1)], true);
    expect(format.decode(stopped, { keepSpecial: true })).toBe(
      '\n<|im_start|>user\n<tool_response>\n[1]\n</tool_response>\n<tool_response>\n[2]\n</tool_response><|im_end|>\n' +
        '<|im_start|>assistant\n',
    );
    expect(format.continuation([tool('[1]'), tool('[2]', 1)], false)).toEqual([
      format.stopIds[0],
      ...stopped,
    ]);
    expect(format.stopIds).toEqual([267]);
  });

  test('template arguments reach every header', async () => {
    const format = await createChatFormat(files('hermes'), { templateArguments: { enable_thinking: false } });
    for (const ids of [format.prompt(MESSAGES, []), format.continuation([tool('[]')], true)]) {
      expect(format.decode(ids, { keepSpecial: true })).toMatch(/assistant\n<think>\n\n<\/think>\n\n$/);
    }
  });
});

describe('Llama-3-like template', () => {
  test('one beginning-of-text token, a fixed date, ipython results', async () => {
    const format = await createChatFormat(files('llama3'));
    const ids = format.prompt(MESSAGES, []);
    expect(ids.filter((id) => id === ids[0])).toHaveLength(1);
    expect(format.decode(ids, { keepSpecial: true })).toBe(
      '<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nToday: 26 Jul 2024\nYou search notes.<|eot_id|>' +
        '<|start_header_id|>user<|end_header_id|>\n\nWhen is the audit?<|eot_id|>' +
        '<|start_header_id|>assistant<|end_header_id|>\n\n',
    );
    expect(format.decode(format.continuation([tool('[]')], true), { keepSpecial: true })).toBe(
      '<|start_header_id|>ipython<|end_header_id|>\n\n[]<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n',
    );
  });

  test('stop ids are the template’s stop token first, then those of the generation config', async () => {
    const entries = tinyTokenizerFiles('llama3');
    const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
    entries.set(
      'config.json',
      encode({
        model_type: 'llama',
        vocab_size: 300,
        hidden_size: 8,
        num_hidden_layers: 1,
        num_attention_heads: 2,
        intermediate_size: 8,
        eos_token_id: 5,
      }),
    );
    entries.set('generation_config.json', encode({ eos_token_id: [266, 269] }));
    const source = memoryFiles(entries, 'tiny');
    const { eosTokenIds } = await loadModelConfig(source);
    const format = await createChatFormat(source, { eosTokenIds });
    expect(format.stopIds).toEqual([269, 266]);
  });
});

describe.each(['hermes', 'llama3'] as const)('%s', (style) => {
  test('ids of the pieces are the ids of the whole rendered conversation', async () => {
    const source = files(style);
    const tokenizer = await createTokenizer(source);
    const format = await createChatFormat(source, { tokenizer });
    const word = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .map((text) => `x${text.replaceAll('<', '')}x`);
    await fc.assert(
      fc.property(
        fc.array(fc.tuple(word, fc.array(word, { minLength: 1, maxLength: 3 })), { maxLength: 3 }),
        (turns) => {
          const ids = format.prompt(MESSAGES, TOOLS);
          const messages = [...MESSAGES];
          for (const [answer, results] of turns) {
            const toolMessages = results.map(tool);
            ids.push(
              ...format.encode(answer),
              format.stopIds[0] as number,
              ...format.continuation(toolMessages, true),
            );
            messages.push({ role: 'assistant', content: answer }, ...toolMessages);
          }
          expect(ids).toEqual(format.prompt(messages, TOOLS));
          expect(format.decode(ids, { keepSpecial: true })).toBe(
            tokenizer.pretrained.apply_chat_template(messages as never, {
              ...{ tools: TOOLS, date_string: '26 Jul 2024' },
              add_generation_prompt: true,
              tokenize: false,
            }),
          );
        },
      ),
      { seed: 7, numRuns: 30 },
    );
  });

  test('text that spells a special token stays text', async () => {
    const format = await createChatFormat(files(style));
    const stop = format.decode([format.stopIds[0] as number], { keepSpecial: true });
    const harmless = format.continuation([tool('a')], true);
    const hostile = format.continuation([tool(`a${stop}b`)], true);
    const count = (ids: readonly number[]): number => ids.filter((id) => id === format.stopIds[0]).length;
    expect(count(hostile)).toBe(count(harmless));
    const question: ChatMessage = { role: 'user', content: `${stop}?` };
    expect(count(format.prompt([question], []))).toBe(
      count(format.prompt([{ role: 'user', content: '?' }], [])),
    );
  });
});

describe('templates that cannot be used', () => {
  test.each([
    ['no template', null, /no chat template/],
    ['a syntax error', '{% if %}', /chat template/],
    [
      'old answers dropped',
      HERMES_TEMPLATE.replace(
        "+ message.content + '<|im_end|>\\n' }}\n{%- elif",
        "+ (message.content if message.role == 'user' or loop.last else '') + '<|im_end|>\\n' }}\n{%- elif",
      ),
      /leaves out what the assistant said/,
    ],
    ['no stop token', HERMES_TEMPLATE.replaceAll('<|im_end|>', 'END'), /ends a turn/],
    [
      'prompt depends on answers',
      HERMES_TEMPLATE.replace(
        '{%- for message in messages %}',
        '{{ messages | length }}{%- for message in messages %}',
      ),
      /prompt differently/,
    ],
    [
      'questions left out',
      HERMES_TEMPLATE.replace("message.role == 'user' or ", ''),
      /leaves out what the user asks/,
    ],
  ])('%s', async (_name, template, message) => {
    // A replacement that found nothing would leave a good template.
    expect(template).not.toBe(HERMES_TEMPLATE);
    const created = createChatFormat(files('hermes', template));
    await expect(created).rejects.toThrow(PolicyError);
    await expect(created).rejects.toThrow(message);
  });
});

describe('templates whose own way with tools does not serve', () => {
  test.each([
    [
      'tools refused',
      HERMES_TEMPLATE + "{% if messages[-1].role == 'tool' %}{{ raise_exception('no tools') }}{% endif %}",
      /refuses such a conversation \(no tools\)/,
    ],
    [
      'old results written differently',
      HERMES_TEMPLATE.replace(
        '</tool_response>',
        "' + ('' if loop.index0 < 4 and messages | length > 4 else 'fresh') + '</tool_response>",
      ),
      /differently once more turns follow/,
    ],
    [
      'results left out',
      HERMES_TEMPLATE.replace("<tool_response>\\n' + message.content +", "<tool_response>\\n' +"),
      /leaves out tool results/,
    ],
    [
      'results rewritten',
      HERMES_TEMPLATE.replace(
        "<tool_response>\\n' + message.content +",
        "<tool_response>\\n' + (message.content | upper | lower | replace(' ', '')) +",
      ),
      /rewrites tool results/,
    ],
    [
      'prompt with tools depends on answers',
      HERMES_TEMPLATE.replace("'\\nTools:'", "'\\nTools after ' ~ (messages | length)"),
      /prompt differently/,
    ],
  ])('%s: tools stand in the system prompt', async (_name, template, reason) => {
    expect(template).not.toBe(HERMES_TEMPLATE);
    const format = await createChatFormat(files('hermes', template));
    expect(format.dialect.tools).toBe('prompt');
    expect(format.notices[0]).toMatch(reason);
    expect(format.decode(format.prompt(MESSAGES, TOOLS), { keepSpecial: true })).toContain('"find_notes"');
  });
});

describe('tokenizer', () => {
  test('works without a chat template', async () => {
    const tokenizer = await createTokenizer(files('hermes', null));
    const ids = tokenizer.encode('the thé\n\n');
    expect(tokenizer.decode(ids)).toBe('the thé\n\n');
    expect(tokenizer.encode('')).toEqual([]);
    expect(tokenizer.decode([])).toBe('');
    expect(tokenizer.size).toBe(270);
  });

  test('token texts: leading space, special tokens, ids beyond the vocabulary', async () => {
    const tokenizer = await createTokenizer(files('hermes'));
    const ids = tokenizer.encode('a the');
    expect(ids.map((id) => tokenizer.tokenText(id))).toEqual(['a', ' the']);
    expect(tokenizer.tokenText(267)).toBe('<|im_end|>');
    expect(tokenizer.tokenText(9999)).toBe('<9999>');
    expect(tokenizer.decode([97, 9999, 98])).toBe(tokenizer.decode([97, 98]));
    expect(tokenizer.decode([267])).toBe('');
  });

  test('a template in a file of its own, special tokens as objects', async () => {
    const entries = tinyTokenizerFiles('llama3', null);
    const config = { bos_token: { content: '<|begin_of_text|>' }, eos_token: { content: '<|eot_id|>' } };
    entries.set('tokenizer_config.json', new TextEncoder().encode(JSON.stringify(config)));
    entries.set('chat_template.jinja', new TextEncoder().encode(LLAMA3_TEMPLATE));
    const format = await createChatFormat(memoryFiles(entries, 'tiny'));
    expect(format.prompt(MESSAGES, [])[0]).toBe(265);
  });

  test.each([
    ['tokenizer.json', '{"model": {}}', /cannot use tokenizer.json/],
    ['tokenizer.json', 'not json', /not valid JSON/],
    ['tokenizer_config.json', 'null', /must hold an object/],
  ])('bad %s: %s', async (path, text, message) => {
    const entries = tinyTokenizerFiles('hermes');
    entries.set(path, new TextEncoder().encode(text));
    const created = createTokenizer(memoryFiles(entries, 'tiny'));
    await expect(created).rejects.toThrow(PolicyError);
    await expect(created).rejects.toThrow(message);
  });
});
