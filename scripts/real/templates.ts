/**
 * How MailGym talks through each template of a folder (`*.jinja`; the TRL wheel's): whether tools and results get
 * through and how, in which form calls are read, and whether the whole conversation rendered at once gives the same tokens
 * as the pieces that are trained. The templates are other people's and stay where they are.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createChatFormat } from '../../src/chat/chat-format';
import type { ModelChat } from '../../src/chat/types';
import type { ChatMessage, ToolSchema } from '../../src/conversation/types';
import { MailGymError } from '../../src/errors';
import { memoryFiles } from '../../src/engine/files/memory';
import type { Row } from './report';
import { templateModel } from './template-model';

/** One row of the table. */
export interface TemplateRow {
  readonly name: string;
  /** template, prompt, or null where the template is refused. */
  readonly tools: string | null;
  readonly form: string | null;
  /** How else the conversation is put, in words; '' for plainly. */
  readonly how: string;
  /** Whether all of the tools' names, arguments and descriptions stand in the prompt, and the results in what follows. */
  readonly complete: boolean;
  /** Whether the tokens of the pieces are those of the whole, without and with thoughts; null where not tried. */
  readonly equal: { readonly plain: boolean; readonly thinking: boolean | null } | null;
  readonly reason: string;
}

const TOOLS: readonly ToolSchema[] = [
  {
    type: 'function',
    function: {
      name: 'find_notes',
      description: 'Searches the notes.',
      parameters: {
        type: 'object',
        properties: {
          keywords: { type: 'array', items: { type: 'string' }, description: 'Words to look for.' },
          limit: { type: 'integer', description: 'Most notes to return.' },
        },
        required: ['keywords'],
      },
    },
  },
];
const TOLD = ['find_notes', 'Searches the notes.', 'keywords', 'Words to look for.', 'limit'] as const;
const MESSAGES: readonly ChatMessage[] = [
  { role: 'system', content: 'You look things up in notes.' },
  { role: 'user', content: 'When is the audit?' },
];
const RESULT = '[{"id": "n7", "text": "The audit is on Friday."}]';

export async function templateRows(folder: string): Promise<TemplateRow[]> {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.jinja'))
    .sort();
  const rows: TemplateRow[] = [];
  for (const name of names)
    rows.push(await templateRow(name.replace(/\.jinja$/, ''), readFileSync(join(folder, name), 'utf8')));
  return rows;
}

export async function templateRow(name: string, template: string): Promise<TemplateRow> {
  const { files, eosTokenIds } = templateModel(template);
  const thinking = await isEqualThinking(name, template);
  const refused = { name, tools: null, form: null, how: '', complete: false, equal: null };
  let chat: ModelChat;
  try {
    chat = await createChatFormat(memoryFiles(files, name), {
      eosTokenIds,
      templateArguments: { enable_thinking: false, thinking: false },
    });
  } catch (error) {
    if (!(error instanceof MailGymError)) throw error;
    return { ...refused, reason: error.message };
  }
  const { dialect, form } = chat;
  const prompt = chat.decode(chat.prompt(MESSAGES, TOOLS), { keepSpecial: true });
  const tool = { role: 'tool', content: RESULT, tool_call_id: 'call_0_0', name: 'find_notes' } as const;
  const after = chat.decode(chat.continuation([tool], true), { keepSpecial: true });
  const escaped = JSON.stringify(RESULT).slice(1, -1);
  const how = [
    ...(dialect.system === 'user' ? ['system in user'] : []),
    ...(dialect.content === 'parts' ? ['content in parts'] : []),
    ...(dialect.calls ? ['results after calls'] : []),
    ...(dialect.arguments === 'text' ? ['arguments as text'] : []),
    ...(dialect.ids === 'nine' ? ['ids of nine'] : []),
  ].join(', ');
  return {
    ...{ name, tools: dialect.tools, form, how },
    complete:
      TOLD.every((text) => prompt.includes(text)) && (after.includes(RESULT) || after.includes(escaped)),
    equal: { plain: chat.isEqualAgain(false) === true, thinking },
    reason: chat.notices.find((notice) => notice.includes('a server that renders')) ?? '',
  };
}

/** With thinking on; null where the template has no thoughts, or is refused. */
async function isEqualThinking(name: string, template: string): Promise<boolean | null> {
  const { files, eosTokenIds } = templateModel(template);
  try {
    const chat = await createChatFormat(memoryFiles(files, name), {
      eosTokenIds,
      templateArguments: { enable_thinking: true, thinking: true },
    });
    return chat.isEqualAgain(true);
  } catch (error) {
    if (error instanceof MailGymError) return null;
    throw error;
  }
}

function table(rows: readonly TemplateRow[]): string {
  const yes = (value: boolean | null) => (value === null ? '-' : value ? 'yes' : 'no');
  const lines = rows.map(({ name, tools, form, how, complete, equal, reason }) =>
    tools === null
      ? `| ${name} | refused | | | | | ${reason.replace(/^.*?token by token: /s, '').replace(/ Training needs.*$/s, '')} |`
      : `| ${name} | ${tools} | ${form} | ${yes(complete)} | ${yes(equal?.plain ?? null)} | ${yes(equal?.thinking ?? null)} | ${how} |`,
  );
  return [
    '| template | tools told by | calls | schemas and results pass | tokens equal | with thoughts | how |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...lines.map((line) => line.replaceAll('\n', ' ')),
  ].join('\n');
}

/** So many of the wheel's 72 pass schemas and results on: all. */
const LEAST_COMPLETE = 72;

/** Templates of a folder as a part of `npm run test:real`; each refusal with its reason is a row of its own. */
export async function templatePart(folder: string): Promise<Row[]> {
  const rows = await templateRows(folder);
  console.log(table(rows));
  const complete = rows.filter((row) => row.complete);
  const refused = rows.filter((row) => row.tools === null);
  const silent = rows.filter((row) => row.tools !== null && !row.complete);
  const own = complete.filter(({ tools }) => tools === 'template').length;
  const part = `chat templates, ${rows.length}`;
  return [
    {
      ...{ part, what: 'with schemas and results passed on' },
      found: `${complete.length}, ${own} by the template itself`,
      ...{ beside: '', bound: `≥ ${LEAST_COMPLETE}`, isMet: complete.length >= LEAST_COMPLETE },
    },
    {
      ...{ part, what: 'refused without a reason' },
      found: `${refused.filter(({ reason }) => reason === '').length} of ${refused.length}`,
      ...{ beside: '', bound: '0', isMet: refused.every(({ reason }) => reason !== '') },
    },
    {
      ...{ part, what: 'accepted, and silently without tools or results' },
      found: `${silent.length}`,
      ...{ beside: silent.map(({ name }) => name).join(', '), bound: '0', isMet: silent.length === 0 },
    },
  ];
}
