import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { schemaNear } from '../../src/env/settings';
import { resolveSettings } from '../../src/settings/resolve';
import { nodeFiles } from '../runtime/node-platform';
import { REPOSITORY } from '../runtime/page';
import { promptLines, promptReport, type PromptReport } from './show';

const model = join(REPOSITORY, 'tests/cases/08-template-ignores-tools/model');

function report(
  values: Readonly<Record<string, unknown>>,
  text: string | null = null,
): Promise<PromptReport> {
  const { settings } = resolveSettings({ values }, schemaNear(undefined));
  return promptReport(nodeFiles(), settings, null, text);
}

describe('npm run prompt', () => {
  it('shows a folder without weights: tools, stop tokens, what follows a result, notices', async () => {
    const shown = await report({ model });
    expect(shown).toMatchObject({ environment: 'mail', form: 'hermes', thinking: false, parsed: null });
    expect(shown.dialect.tools).toBe('prompt');
    for (const name of ['search_emails', 'read_email', 'return_final_answer'])
      expect(shown.prompt.text).toContain(`"name": "${name}"`);
    expect(shown.stopTokens.map(({ text }) => text)).toEqual(['<|im_end|>']);
    expect(shown.continuation?.text).toBe(
      '\n<|im_start|>user\n<tool_response>\n{"a": "result"}\n</tool_response><|im_end|>\n<|im_start|>assistant\n',
    );
    const lines = promptLines(shown).join('\n');
    expect(lines).toContain('Tools are told by the system prompt');
    expect(lines).toContain(shown.notices[0] ?? 'no notice');
    expect(lines).toContain(shown.prompt.text);
  });

  it('shows the built-in model as it is asked', async () => {
    const shown = await report({});
    expect(shown.prompt.text).toMatch(/^<\|system\|>Inbox .*<\|assistant\|>$/s);
    expect(shown.notices).toEqual([expect.stringContaining('knows them')]);
  });

  it.each([
    [
      'a call',
      '<tool_call>{"name":"search_emails","arguments":{"keywords":"a"}}</tool_call>',
      true,
      /search_emails \{"keywords":\["a"\]\} \(1 read/,
    ],
    [
      'a slip where none are read',
      '<tool_call>{"name":"search_emails","arguments":{"keywords":"a"}}</tool_call>',
      false,
      /search_emails \{"keywords":"a"\}$/m,
    ],
    ['broken JSON', '<tool_call>{"name":"read_email","argum', true, /a broken call of read_email/],
    [
      'arguments that are none',
      '<tool_call>{"name":"read_email","arguments":[1]}</tool_call>',
      true,
      /read_email: the arguments are not a JSON object/,
    ],
    ['no call', 'The budget is 5.', true, /no call/],
  ])('tells how a text is understood: %s', async (_what, text, readSlips, line) => {
    expect(promptLines(await report({ readSlips }, text)).join('\n')).toMatch(line);
  });

  it('needs a task that is there', async () => {
    const { settings } = resolveSettings({ values: {} }, schemaNear(undefined));
    await expect(promptReport(nodeFiles(), settings, 'nothing', null)).rejects.toThrow(/has no task nothing/);
  });
});
