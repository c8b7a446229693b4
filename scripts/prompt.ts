/** `npm run prompt`: shows what a model is shown, without loading its weights. */
import { readFileSync } from 'node:fs';
import { promptLines, promptReport } from './prompt/show';
import { CommandError, readCommand, runCommand } from './runtime/command';
import { nodeFiles } from './runtime/node-platform';

const USAGE = `
Shows the prompt of a task as a model sees it with its tools, its stop tokens, what follows a tool result, and what there
is to know of its chat template. Loads no weights and needs no GPU. docs/models.md explains what it says.

  npm run prompt -- [--model DIR] [--environment ID|FILE] [--task ID] [--text FILE] [--json]
                    [--preset NAME] [--config FILE] [--set key=value …] [--key value …]

--text FILE also shows how the text of an assistant's turn in that file is understood, - for the standard input.
--json prints all of it as JSON. docs/settings.md lists settings, among them thinking, chatTemplateArguments and templateDate.
`;

await runCommand(USAGE, async () => {
  const argv = process.argv.slice(2);
  const command = await readCommand(
    argv.filter((word) => word !== '--json'),
    ['text', 'task'],
  );
  const { text, task = null } = command.options;
  const report = await promptReport(
    nodeFiles(),
    command.settings,
    task,
    text === undefined ? null : readTurn(text),
  );
  console.log(argv.includes('--json') ? JSON.stringify(report, null, 2) : promptLines(report).join('\n'));
});

function readTurn(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new CommandError(`${path} cannot be read: ${(error as Error).message}`);
  }
}
