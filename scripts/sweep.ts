/** `npm run sweep`: trains every combination of settings under several seeds, and writes what can be said of them. */
import { resolve } from 'node:path';
import { runCommand } from './runtime/command';
import { EXIT } from './runtime/exit-codes';
import { readOptions } from './sweep/options';
import { runSweep } from './sweep/run';

const USAGE = `
Trains every combination of the given values under several seeds, measures the results, and writes a report.

  npm run sweep -- --set key=a,b,… [--set key=a,b,…] [--seeds N | --seeds 42,43,44] [--shard i/n] [--work DIR] [--out DIR]
                   [--jobs N] [--test-questions N] [--device TEXT] [--report-only] [--preset NAME] [--key value …]

A setting whose value is a list or a text keeps its commas; its alternatives are given by --set again. The same command goes
on where it was stopped or killed. --shard 1/2 and --shard 2/2 on two machines, with one --work folder that both can write,
make half of the runs each; whoever finishes the last run writes the report: DIR/report/index.html, and data.json beside it.
Adapters are measured on --test-questions tasks of the test split (432; 0: none). docs/sweep.md tells what the report says.
`;

await runCommand(USAGE, async () => {
  const options = await readOptions(process.argv.slice(2));
  const result = await runSweep(options, (line) => console.log(line));
  if ('report' in result) {
    console.log(`Written: ${resolve(result.report)}`);
    return;
  }
  const { missing } = result;
  const { index, of } = options.shard;
  console.log(
    `Shard ${index}/${of} is done. The report waits for ${missing.length}: ${missing.slice(0, 5).join('; ')}${missing.length > 5 ? '; …' : ''}.`,
  );
  process.exitCode = EXIT.done;
});
