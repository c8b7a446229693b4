/** `npm run compare`: trains the modes from one start under several seeds, measures them, and writes the report. */
import { join, resolve } from 'node:path';
import { LearningData } from './compare/data';
import { gather } from './compare/gather';
import { readOptions } from './compare/options';
import { writeReport } from './compare/report';
import { planRuns } from './compare/runs';
import { makeTrial } from './compare/trials';
import { runCommand } from './runtime/command';
import { deviceRecord, finishRuns } from './runs/finish';

const USAGE = `
Compares the modes from one start: trains them under several seeds, measures the results, and writes the report.

  npm run compare -- [--environment ID|FILE] [--seeds N | --seeds 42,43,44] [--modes masked,rollout,simple] [--steps N] [--jobs N]
                     [--work DIR] [--out DIR] [--report-only] [--test-questions N] [--other-seed N | --other-dataset DIR]
                     [--seed-reward-steps N] [--seed-reward-advantage KIND] [--device TEXT] [--set key=value …]
  npm run compare -- --trial NAME [--note TEXT] [--seeds …] [--from DIR,DIR] [--set key=value …]

--work keeps the runs: the same command goes on where it was stopped. --trial measures a variation of the settings. Of
another environment than mail, runs go to outputs/compare-NAME and the report to report/ there.
`;

await runCommand(USAGE, async () => {
  const options = await readOptions(process.argv.slice(2));
  const data = new LearningData(options.out);
  const log = (line: string) => console.log(line);
  const device = () => deviceRecord(options.jobs, options.device);
  // Found out before hours of training.
  data.readTrials();
  if (options.trial !== null) {
    const trial = await makeTrial(options, options.trial, device, log);
    data.writeTrial(trial);
    log(`Noted ${trial.name} in ${join(options.out, 'trials.json')}; --report-only puts it into the page.`);
    return;
  }
  if (!options.reportOnly) await finishRuns(planRuns(options), await device(), log);
  await gather(options, data, log);
  writeReport(options.out, data.read(options.settings.environment));
  log(`Written: ${resolve(options.out, 'README.md')}`);
});
