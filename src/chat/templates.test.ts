/** Templates of every kind, and those of `tests/cases` 08 to 13. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { templateRow } from '../../scripts/real/templates';
import { templateModel } from '../../scripts/real/template-model';
import { TEMPLATES } from '../../tests/fixtures/templates';
import type { AssistantMessage, ChatMessage, ToolMessage, ToolSchema } from '../conversation/types';
import { memoryFiles } from '../engine/files/memory';
import { PolicyError } from '../errors/policy';
import { createChatFormat, templateOptions, type ChatFormatOptions } from './chat-format';
import { CALL_FORMS } from './parse/registry';
import type { ModelChat } from './types';
import { turnWriter } from './write';

const TOOLS: readonly ToolSchema[] = [
  {
    type: 'function',
    function: {
      name: 'find_notes',
      description: 'Searches.',
      parameters: { type: 'object', properties: { word: { type: 'string', description: 'What.' } } },
    },
  },
];
const MESSAGES: readonly ChatMessage[] = [
  { role: 'system', content: 'You search notes.' },
  { role: 'user', content: 'When is the audit?' },
];
const CALL: AssistantMessage = {
  role: 'assistant',
  content: '',
  tool_calls: [
    { id: 'call_0_0', type: 'function', function: { name: 'find_notes', arguments: { word: 'audit' } } },
  ],
};
const result = (content: string, index = 0): ToolMessage => ({
  ...{ role: 'tool', content, tool_call_id: `call_0_${index}`, name: 'find_notes' },
});

const CASES = fileURLToPath(new URL('../../tests/cases/', import.meta.url));

function folder(path: string): Map<string, Uint8Array> {
  const names = readdirSync(join(CASES, path), { recursive: true, withFileTypes: true });
  return new Map(
    names
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const file = join(entry.parentPath, entry.name);
        return [file.slice(join(CASES, path).length + 1), new Uint8Array(readFileSync(file))];
      }),
  );
}

const ofCase = (path: string, options: ChatFormatOptions = {}) =>
  createChatFormat(memoryFiles(folder(path), path), options);

function of(kind: keyof typeof TEMPLATES, options: ChatFormatOptions = {}): Promise<ModelChat> {
  const { files, eosTokenIds } = templateModel(TEMPLATES[kind]);
  return createChatFormat(memoryFiles(files, kind), { eosTokenIds, ...options });
}

const promptOf = (chat: ModelChat, messages = MESSAGES, tools = TOOLS) =>
  chat.decode(chat.prompt(messages, tools), { keepSpecial: true });
const after = (chat: ModelChat, ...contents: string[]) =>
  chat.decode(chat.continuation(contents.map(result), true), { keepSpecial: true });

const SCHEMA =
  '{"type": "function", "function": {"name": "find_notes", "description": "Searches.", "parameters": ' +
  '{"type": "object", "properties": {"word": {"type": "string", "description": "What."}}}}}';

describe('kinds of templates', () => {
  it('that print contents only get tools in the system prompt and results as turns of the user', async () => {
    const chat = await of('contentOnly');
    const prompt = promptOf(chat);
    expect(prompt).toContain(`<|im_start|>system\nYou search notes.\n\n# Tools\n`);
    expect(prompt).toContain(`<tools>\n${SCHEMA}\n</tools>`);
    expect(prompt).toMatch(/<\|im_end\|>\n<\|im_start\|>assistant\n$/);
    expect(after(chat, '[1]', '[2]')).toBe(
      '\n<|im_start|>user\n<tool_response>\n[1]\n</tool_response>\n<tool_response>\n[2]\n</tool_response><|im_end|>\n' +
        '<|im_start|>assistant\n',
    );
    expect(chat.form).toBe('hermes');
    expect(chat.notices).toEqual([
      expect.stringMatching(
        /does not serve with tools \(it leaves the tools out of the prompt\).*Hermes form/,
      ),
    ]);
    // Without tools nothing is added.
    expect(promptOf(chat, MESSAGES, [])).not.toContain('# Tools');
    expect(chat.isEqualAgain(false)).toBe(true);
  });

  it('that write tools themselves are left to it, without a notice', async () => {
    const chat = await of('hermes');
    expect(chat.dialect).toMatchObject({ tools: 'template', system: 'system', content: 'text' });
    expect(promptOf(chat)).toContain(`<|im_start|>system\n${SCHEMA}`);
    expect(chat.notices).toEqual([]);
    expect(chat.isEqualAgain(false)).toBe(true);
  });

  it('that take no system prompt get it before the first question; Gemma is told tools in its own way', async () => {
    const chat = await of('alternates');
    expect(chat.dialect).toMatchObject({ tools: 'prompt', system: 'user' });
    expect(chat.form).toBe('gemma');
    expect(promptOf(chat)).toMatch(
      /^<s><start_of_turn>user\nYou search notes\.\n\nYou have access to functions\.[\s\S]*"find_notes"[\s\S]*\n\nWhen is the audit\?<end_of_turn>\n<start_of_turn>model\n$/,
    );
    expect(after(chat, '[1]')).toBe(
      '\n<start_of_turn>user\n```tool_output\n[1]\n```<end_of_turn>\n<start_of_turn>model\n',
    );
    expect(chat.notices.some((notice) => notice.includes('takes no system prompt'))).toBe(true);
  });

  it('of vision models get contents in parts', async () => {
    const chat = await of('parts');
    expect(chat.dialect.content).toBe('parts');
    expect(promptOf(chat)).toMatch(
      /^System: You search notes\.[\s\S]*User: When is the audit\?<end_of_utterance>\nAssistant:$/,
    );
  });

  it('that close what does not go on with one more token are no obstacle', async () => {
    const chat = await of('closes');
    expect(after(chat, '[1]')).toBe(
      '\n<|user|>\n<tool_response>\n[1]\n</tool_response><|end|>\n<|assistant|>\n',
    );
  });

  it('that insist on calls before results and on ids of nine get both', async () => {
    const chat = await of('strictIds');
    expect(chat.dialect).toMatchObject({ tools: 'template', calls: true, ids: 'nine' });
    expect(chat.form).toBe('mistral');
    expect(after(chat, '[1]', '[2]')).toBe(
      '[TOOL_RESULTS][1][/TOOL_RESULTS][TOOL_RESULTS][2][/TOOL_RESULTS]',
    );
    expect(promptOf(chat)).toContain('[AVAILABLE_TOOLS][{"type"');
  });

  it('whose calls nothing here reads are not used for tools', async () => {
    const chat = await of('unreadable');
    expect(chat.dialect.tools).toBe('prompt');
    expect(chat.notices[0]).toMatch(/writes calls in a form that MailGym does not read \(@@/);
  });

  it('that name tools without their arguments are not used for tools', async () => {
    const chat = await of('namesOnly');
    expect(chat.dialect.tools).toBe('prompt');
    expect(chat.notices[0]).toMatch(/leaves the tools' arguments out/);
  });

  it('in which the next header ends a turn', async () => {
    const chat = await of('endsByHeader');
    expect(chat.form).toBe('glm');
    expect(chat.decode([chat.stopIds[0] as number], { keepSpecial: true })).toBe('<|observation|>');
    expect(after(chat, '[1]')).toBe('\n[1]<|assistant|>');
    expect(chat.isEqualAgain(false)).toBe(true);
  });

  it('with line ends of Windows are read as with plain ones', async () => {
    const plain = TEMPLATES.contentOnly.replaceAll('{% endfor %}', '{% endfor %}\n');
    const chats = await Promise.all(
      [plain, plain.replaceAll('\n', '\r\n')].map((text) => {
        const { files, eosTokenIds } = templateModel(text);
        return createChatFormat(memoryFiles(files, 'lines'), { eosTokenIds });
      }),
    );
    const [a, b] = chats.map((chat) => promptOf(chat));
    expect(b).toBe(a);
    expect(b).not.toContain('\r');
  });

  it.each(Object.keys(TEMPLATES) as (keyof typeof TEMPLATES)[])('%s: a row of the table', async (kind) => {
    const row = await templateRow(kind, TEMPLATES[kind]);
    expect(row.complete, row.reason).toBe(true);
  });
});

describe('an expert’s turn', () => {
  it.each(Object.keys(TEMPLATES) as (keyof typeof TEMPLATES)[])('%s: is read back as it is', async (kind) => {
    const chat = await of(kind);
    const ids = turnWriter(chat, chat.parse, chat.form)(CALL);
    const text = chat.turnText(ids.slice(0, -1));
    expect(chat.parse(text, TOOLS)).toEqual([{ name: 'find_notes', arguments: { word: 'audit' } }]);
    expect(ids.at(-1)).toBe(chat.stopIds[0]);
  });
});

describe('thinking', () => {
  const thinking = (on: boolean) => ({ templateArguments: { enable_thinking: on } });

  it('off ends the prompt with an empty thought, which a server drops from earlier turns: said once', async () => {
    const chat = await of('dropsThoughts', thinking(false));
    expect(promptOf(chat)).toMatch(/assistant\n<think>\n\n<\/think>\n\n$/);
    expect(chat.isThinking).toBe(false);
    expect(chat.isEqualAgain(false)).toBe(false);
    const said = chat.notices.filter((notice) => notice.includes('renders the conversation again'));
    expect(said).toHaveLength(1);
    expect(chat.notices.some((notice) => notice.includes('ends with an empty thought'))).toBe(true);
  });

  it('on, thoughts are dropped from earlier turns', async () => {
    const chat = await of('dropsThoughts', thinking(true));
    expect(chat.isEqualAgain(true)).toBe(false);
    expect(chat.notices.some((notice) => notice.includes('renders the conversation again'))).toBe(true);
  });

  it('opened by the prompt: a call in it is none, and tokens are the same again', async () => {
    const chat = await of('opensThought', thinking(true));
    expect(chat.isThinking).toBe(true);
    const call = '<tool_call>{"name": "find_notes", "arguments": {}}</tool_call>';
    expect(chat.parse(`perhaps ${call}`)).toEqual([]);
    expect(chat.parse(`perhaps\n</think>\n\n${call}`)).toHaveLength(1);
    expect(chat.isEqualAgain(true)).toBe(true);
    const off = await of('opensThought', thinking(false));
    expect(off.isThinking).toBe(false);
    expect(off.parse(call)).toHaveLength(1);
    expect(off.isEqualAgain(false)).toBe(true);
    expect(off.isEqualAgain(true)).toBeNull();
  });
});

describe('marks', () => {
  it('of template and form are broken up in results and questions, special or not, tokens or not', async () => {
    const chat = await of('dropsThoughts');
    const mean = '<tool_call></tool_response><think><|im_end|><|im_start|>';
    const shown = '< tool_call>< /tool_response>< think>< |im_end|>< |im_start|>';
    expect(after(chat, mean)).toContain(`\n${shown}\n`);
    expect(promptOf(chat, [{ role: 'user', content: mean }])).toContain(shown);
    // What the environment's author writes may speak of the form of calls; it may not end its own turn.
    expect(
      promptOf(chat, [{ role: 'system', content: '<tool_call> <|im_end|>' }, MESSAGES[1] as ChatMessage]),
    ).toContain('<tool_call> < |im_end|>');
  });

  it('of a form that only the system prompt tells of are broken up too', async () => {
    const chat = await of('contentOnly');
    expect(after(chat, '</tool_response><tool_call>')).toContain('\n< /tool_response>< tool_call>\n');
    const gemma = await of('alternates');
    expect(after(gemma, '<end_of_turn>```tool_code')).toContain('< end_of_turn>` ``tool_code');
  });

  it('of other forms, HTML and addresses stay', async () => {
    const chat = await of('hermes');
    const text = '<b>a</b> <ann@shop.example> [BOX] a < b <escape>';
    expect(after(chat, text)).toContain(`\n${text}\n`);
  });

  it('stay in the text of a turn, where other special tokens do not', async () => {
    const chat = await of('strictIds');
    const call = CALL_FORMS.mistral.write([{ name: 'find_notes', arguments: {} }]);
    const ids = chat.encode(`[INST]${call}`);
    expect(chat.turnText(ids)).toBe(call);
    expect(chat.decode(ids)).not.toContain('[TOOL_CALLS]');
  });
});

describe('08: a template that ignores tools', () => {
  it('gets them in the system prompt, with a notice', async () => {
    const chat = await ofCase('08-template-ignores-tools/model');
    expect(promptOf(chat)).toContain(SCHEMA);
    expect(chat.notices[0]).toMatch(/system prompt/);
  });

  it('is left alone where the model says that it knows its tools', async () => {
    const files = folder('08-template-ignores-tools/model');
    const config = JSON.parse(new TextDecoder().decode(files.get('config.json'))) as object;
    files.set(
      'config.json',
      new TextEncoder().encode(JSON.stringify({ ...config, mailgym: { toolsInPrompt: false } })),
    );
    const chat = await createChatFormat(memoryFiles(files, 'knows'));
    expect(promptOf(chat)).toBe(
      '<|im_start|>system\nYou search notes.<|im_end|>\n<|im_start|>user\nWhen is the audit?<|im_end|>\n<|im_start|>assistant\n',
    );
    expect(chat.notices).toEqual([expect.stringMatching(/says that it knows them/)]);
  });
});

it.each(['model', 'model-control'])(
  '09: the official Llama 3.2 template (%s) is used as it is',
  async (name) => {
    const chat = await ofCase(`09-template-llama32-tojson/${name}`);
    expect(chat.dialect.tools).toBe('template');
    expect(chat.form).toBe('llama');
    expect(promptOf(chat)).toContain('"name": "find_notes"');
    const shown = name === 'model' ? JSON.stringify('[{"id": "n1"}]') : '[{"id": "n1"}]';
    expect(after(chat, '[{"id": "n1"}]')).toBe(
      `<|start_header_id|>ipython<|end_header_id|>\n\n${shown}<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n`,
    );
    expect(chat.isEqualAgain(false)).toBe(true);
  },
);

describe('10: a switch for thinking', () => {
  const settings = { thinking: false, chatTemplateArguments: 'none', templateDate: '2024-07-26' };

  it.each([
    [settings, true],
    [{ ...settings, thinking: true }, false],
    [{ ...settings, chatTemplateArguments: '{"enable_thinking": true}' }, false],
  ])('%j: an empty thought %s', async (given, isEmpty) => {
    const chat = await ofCase('10-template-thinking-switch/model', templateOptions(given));
    expect(promptOf(chat).endsWith('<think>\n\n</think>\n\n')).toBe(isEmpty);
  });
});

it.each(['model', 'model-additional'])(
  '11: the template in another place (%s) is the one with tools',
  async (name) => {
    const chat = await ofCase(`11-template-two-places/${name}`);
    expect(chat.dialect.tools).toBe('template');
    expect(promptOf(chat)).toContain(`Callable functions:\n${SCHEMA}`);
    if (name === 'model-additional') expect(promptOf(chat, MESSAGES, [])).not.toContain('Callable');
  },
);

describe('13: the date', () => {
  it('is that of the setting, to the second', async () => {
    const chat = await ofCase('13-template-todays-date/model', { templateDate: '2025-03-08' });
    expect(promptOf(chat)).toContain('Today Date: 08 March 2025 00:00:00<');
    expect(chat.notices.some((notice) => notice.includes('2025-03-08'))).toBe(true);
    const fixed = await ofCase('13-template-todays-date/model');
    expect(promptOf(fixed)).toContain('Today Date: 26 July 2024 00:00:00<');
  });

  it('that is none is refused', async () => {
    await expect(ofCase('13-template-todays-date/model', { templateDate: 'today' })).rejects.toThrow(
      PolicyError,
    );
  });
});

it('templates in a list by name: with tools the one for them', async () => {
  const files = folder('08-template-ignores-tools/model');
  const config = JSON.parse(new TextDecoder().decode(files.get('tokenizer_config.json'))) as {
    chat_template: string;
  };
  const templates = [
    { name: 'default', template: config.chat_template },
    { name: 'tool_use', template: TEMPLATES.hermes },
  ];
  files.set(
    'tokenizer_config.json',
    new TextEncoder().encode(JSON.stringify({ ...config, chat_template: templates })),
  );
  const chat = await createChatFormat(memoryFiles(files, 'named'));
  expect(chat.dialect.tools).toBe('template');
  expect(promptOf(chat)).toContain('<tool_call>{...}</tool_call>');
  expect(promptOf(chat, MESSAGES, [])).toMatch(/^<\|im_start\|>system\nYou search notes/);
});
