/**
 * Questions about your own mail, made by rule.
 *
 *   npm run questions -- --mail PATH… --out FILE [--seed N] [--count N] [--split thread|time] [--hold-out NAME]…
 *
 * Exit status: 0 done, 1 no mail or nothing to ask about, 2 the command itself is wrong, 130 stopped by Ctrl-C.
 */
import { runQuestions } from './questions/command';

const stop = new AbortController();
// A second Ctrl-C ends the process at once.
process.once('SIGINT', () => stop.abort());
process.exitCode = await runQuestions(
  process.argv.slice(2),
  { info: console.log, error: console.error },
  stop.signal,
);
