/** `npm start`: serves the built page on this machine and prints its address. */
import { ownOptions, runCommand } from './runtime/command';
import { DIST, ensurePage } from './runtime/page';
import { serve, ServeError } from './serve';

const USAGE = `
Serves the page on this machine and prints its address; builds it first where it is missing or out of date.

  npm start [-- --port N]     5173 unless told otherwise; 0 takes any free port
`;

await runCommand(USAGE, async () => {
  const options = ownOptions('start', process.argv.slice(2), ['port']);
  const port = Number(options['port'] ?? 5173);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new ServeError(`port is '${options['port']}'; allowed: an integer from 0 to 65535.`);
  }
  await ensurePage(console.log);
  const site = await serve({ root: DIST, port });
  console.log(`MailGym: ${site.url}  (Ctrl-C ends)`);
});
