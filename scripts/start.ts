/** `npm start [-- --port N]`: serves the built page on this machine and prints its address. */
import { parseCommandLine } from '../src/settings/arguments';
import { DIST, ensurePage } from './runtime/page';
import { serve, ServeError } from './serve';

try {
  const { options } = parseCommandLine(process.argv.slice(2), ['port']);
  const port = Number(options['port'] ?? 5173);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new ServeError(`port is '${options['port']}'; allowed: an integer from 0 to 65535.`);
  }
  await ensurePage(console.log);
  const site = await serve({ root: DIST, port });
  console.log(`MailGym: ${site.url}  (Ctrl-C ends)`);
} catch (error) {
  if (!(error instanceof Error)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
