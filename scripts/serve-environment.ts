/** `npm run serve-environment`: lets other trainers play an environment, over HTTP. */
import { once } from 'node:events';
import { serveEnvironment } from './serve-environment/server';
import { openToServe } from './serve-environment/open';
import { CommandError, readCommand, runCommand } from './runtime/command';
import { nodeFiles } from './runtime/node-platform';

const DEFAULTS = {
  host: '127.0.0.1',
  port: 0,
  'max-sessions': 1024,
  'idle-minutes': 30,
  'max-body': 1048576,
};

const USAGE = `
Serves an environment over HTTP by the Open Reward Standard: tasks, sessions, tools, rewards. TRL takes it as
OpenRewardSpec("http://127.0.0.1:PORT"). Loads no weights and needs no GPU. docs/environments.md lists the addresses.

  npm run serve-environment -- [--environment ID|FILE] [--dataset DIR] [--model DIR] [--port ${DEFAULTS.port}] [--host ${DEFAULTS.host}]
                               [--max-sessions ${DEFAULTS['max-sessions']}] [--idle-minutes ${DEFAULTS['idle-minutes']}] [--max-body BYTES]
                               [--preset NAME] [--config FILE] [--set key=value …] [--key value …]

The model's chat template and form of calls decide what prompts, calls and results are in tokens. Only programs of this
machine are answered; with another --host whoever reaches it may play. Ctrl-C or SIGTERM ends it. docs/settings.md lists
settings.
`;

await runCommand(USAGE, async () => {
  const { options, settings } = await readCommand(process.argv.slice(2), Object.keys(DEFAULTS));
  const opened = await openToServe(nodeFiles(), settings, (message) => console.warn(`warning: ${message}`));
  try {
    const server = await serveEnvironment(opened.served, {
      host: options['host'] ?? DEFAULTS.host,
      port: number(options, 'port', 0, 65_535),
      maxSessions: number(options, 'max-sessions', 1, 1e6),
      idleMinutes: number(options, 'idle-minutes', 1, 1e6),
      maxBody: number(options, 'max-body', 1024, 2 ** 30),
    });
    const { train, validation, test } = opened.served.tasks;
    console.log(
      `${opened.served.id}: ${train.length} training, ${validation.length} validation and ${test.length} test tasks.`,
    );
    console.log(`Serving at ${server.url}`);
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    await server.close();
    console.log('Ended.');
  } finally {
    opened.dispose();
  }
});

/** @throws CommandError */
function number(
  options: Readonly<Record<string, string | undefined>>,
  name: keyof typeof DEFAULTS,
  least: number,
  most: number,
): number {
  const given = options[name];
  const value = Number(given ?? DEFAULTS[name]);
  if (Number.isInteger(value) && value >= least && value <= most && given !== '') return value;
  throw new CommandError(`${name} is '${given ?? ''}'; allowed: a whole number from ${least} to ${most}.`);
}
