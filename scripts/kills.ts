/** `npm run test:kills`: kills runs and sweeps at random moments, lets them go on, and compares with undisturbed ones. */
import { killedSweep } from './kills/sweep';
import { killSeries } from './kills/series';
import { CommandError, ownOptions, runCommand } from './runtime/command';
import { EXIT } from './runtime/exit-codes';
import { outputPath, repositoryPath } from './runtime/paths';
import { readWhole } from './runs/numbers';

const USAGE = `
Kills runs at random moments (SIGKILL to the whole process group), resumes them until they end, and compares metrics, adapter,
optimiser and evaluations with those of a run that nobody disturbed.

  npm run test:kills -- [--node N] [--browser N] [--sweep] [--seed N] [--work DIR]

--node 100 kills runs on Dawn a hundred times in all, up to six times a run; --browser 25 the same in headless Chromium.
--sweep makes a sweep of eight runs in two shards, kills one in the middle, and compares the report byte for byte. Ends with
status 1 where anything differs; the folder of what differs stays in --work (outputs/kills).
`;

await runCommand(USAGE, async () => {
  const options = ownOptions(
    'test:kills',
    process.argv.slice(2),
    ['node', 'browser', 'seed', 'work'],
    [],
    ['sweep'],
  );
  const whole = (name: string, absent: number): number => readWhole(name, options[name], absent, 0);
  const isSweep = options['sweep'] !== undefined;
  const counts = { node: whole('node', 0), browser: whole('browser', 0) };
  if (!isSweep && counts.node + counts.browser === 0)
    throw new CommandError('Nothing to kill. Give --node N, --browser N or --sweep.');
  const seed = whole('seed', 1);
  const work = options['work'] === undefined ? repositoryPath('outputs/kills') : outputPath(options['work']);
  const log = (line: string): void => console.log(line);
  const told: string[] = [];
  let differs = false;
  for (const runtime of ['node', 'browser'] as const) {
    if (counts[runtime] === 0) continue;
    const { kills, runs, differing } = await killSeries({ runtime, kills: counts[runtime], seed, work }, log);
    differs ||= differing.length > 0;
    told.push(
      `${runtime}: ${kills} kills in ${runs} runs, seed ${seed}: ${runs - differing.length} equal, ${differing.length} differing`,
    );
  }
  if (isSweep) {
    const differing = await killedSweep(work, seed, log);
    differs ||= differing.length > 0;
    told.push(
      `sweep: ${differing.length === 0 ? 'report equal byte for byte' : `report differs in ${differing.join(', ')}`}`,
    );
  }
  for (const line of told) log(line);
  if (differs) process.exitCode = EXIT.failed;
});
