/** `npm run ask`: puts tasks to one model, which is loaded once, and prints the conversations. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { ask } from '../src/run/ask';
import { adapterOnDisk } from '../src/run/platform/adapter-node';
import { Session } from '../src/run/session';
import type { AskAnswer, AskedTask, AskEvent } from '../src/run/types';
import { answerLines, turnLines, voteLine } from './ask/lines';
import { readAskOptions, type AskOptions } from './ask/options';
import { runCommand } from './runtime/command';
import { nodePlatform } from './runtime/node-platform';

const USAGE = `
Puts tasks to one model and prints the conversations: turns, tool results, answer, and whether that is right.

  npm run ask -- [--environment ID|FILE] (--task ID | --text "…" | --input JSON | -) … [--adapter DIR]
                 [--temperature T] [--draws N] [--json FILE] [--preset NAME] [--config FILE]
                 [--set key=value …] [--key value …]

--task and --text may be given several times, and - asks every line of the standard input; the model is loaded once.
--input is what the environment's ask() takes, and --text adds its words to it. Without --temperature the model always
writes the most likely token. npm run evaluate prints the ids of tasks; docs/settings.md lists settings.
`;

await runCommand(USAGE, async () => {
  const options = await readAskOptions(process.argv.slice(2), inputLines);
  const adapter = options.adapter === null ? null : await adapterOnDisk(options.adapter);
  const session = new Session(await nodePlatform(console.log));
  const answers: object[] = [];
  try {
    for (const task of options.tasks) {
      const tries: AskAnswer[] = [];
      for (let draw = 0; draw < options.draws; draw++) {
        const answer = await tell(session, options, task, draw, adapter);
        tries.push(answer);
        answers.push({ task, draw, ...withoutTokens(answer) });
      }
      if (options.draws > 1) console.log(voteLine(tries));
    }
  } finally {
    session.dispose();
  }
  if (options.json === null) return;
  writeFileSync(options.json, `${JSON.stringify(answers, null, 2)}\n`);
  console.log(`Written to ${resolve(options.json)}`);
});

async function tell(
  session: Session,
  { command, temperature, draws }: AskOptions,
  task: AskedTask,
  draw: number,
  adapter: ReadonlyMap<string, Uint8Array> | null,
): Promise<AskAnswer> {
  const name = task.kind === 'dataset' ? task.id : String(task.input['text'] ?? JSON.stringify(task.input));
  console.log(`${draws > 1 ? `[${draw + 1}/${draws}] ` : ''}${name}`);
  let turns = 0;
  const follow = (event: AskEvent): void => {
    if (event.kind === 'turn') for (const line of turnLines(event.turn, turns++)) console.log(line);
    else if (event.kind === 'warning') console.warn(`warning: ${event.message}`);
  };
  const request = { task, temperature, draw };
  const answer = await ask(session, command.settings, request, adapter, follow);
  for (const line of answerLines(answer)) console.log(line);
  return answer;
}

/** Probabilities and masks of single tokens are the page's. */
function withoutTokens({ view, ...answer }: AskAnswer): object {
  return { ...answer, question: view.question };
}

async function inputLines(): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() !== '') lines.push(line);
  }
  return lines;
}
