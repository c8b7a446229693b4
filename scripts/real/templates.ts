/**
 * Reads a folder of chat templates (`*.jinja`) and prints how MailGym talks through each: whether tools and results get
 * through and how, in which form calls are read, and whether the whole conversation rendered at once gives the same tokens
 * as the pieces that are trained. The templates are other people's and stay where they are.
 *
 *   npx tsx scripts/real/templates.ts FOLDER [--json FILE]
 *
 * For the folder of a TRL wheel: `pip download trl==1.16.0 --no-deps`, unzip, `trl/chat_templates`.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createChatFormat } from '../../src/chat/chat-format';
import type { ModelChat } from '../../src/chat/types';
import type { ChatMessage, ToolSchema } from '../../src/conversation/types';
import { MailGymError } from '../../src/errors';
import { memoryFiles } from '../../src/engine/files/memory';
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

const [folder, flag, file] = process.argv.slice(2);
if (process.argv[1]?.endsWith('templates.ts') === true) {
  if (folder === undefined) {
    console.error('Give the folder of the templates: npx tsx scripts/real/templates.ts FOLDER [--json FILE]');
    process.exit(1);
  }
  const rows = await templateRows(folder);
  console.log(table(rows));
  const complete = rows.filter((row) => row.complete);
  const silent = rows.filter((row) => row.tools !== null && !row.complete);
  console.log(
    `\n${complete.length} of ${rows.length} with schemas and results (${complete.filter(({ tools }) => tools === 'template').length} by ` +
      `the template itself), ${rows.filter(({ tools }) => tools === null).length} refused, ${silent.length} silently without.`,
  );
  if (flag === '--json' && file !== undefined) writeFileSync(file, `${JSON.stringify(rows, null, 2)}\n`);
  process.exitCode = silent.length === 0 ? 0 : 1;
}
