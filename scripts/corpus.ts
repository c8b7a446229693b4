/**
 * What the importers make of real mail, and datasets from it.
 *
 *   npm run corpus -- inspect PATH… [--json]
 *   npm run corpus -- build --mail PATH… --questions FILE --out DIR [--name NAME] [--licence TEXT]
 *
 * Exit status: 0 done, 1 no mail or no questions to work with, 2 the command itself is wrong.
 */
import { runCorpus } from './corpus/command';

// `… | head` closes the pipe; what it did not want needs no trace of a fault, and the work goes on.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const terminal = process.stderr.isTTY;
const clear = terminal ? '\r\x1b[2K' : '';
process.exitCode = await runCorpus(process.argv.slice(2), {
  info: (line) => {
    if (terminal) process.stderr.write(clear);
    console.log(line);
  },
  error: (line) => console.error(`${clear}${line}`),
  ...(terminal ? { progress: (line: string) => process.stderr.write(`${clear}${line}`) } : {}),
});
