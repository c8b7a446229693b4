/** `npm run evaluate`: measures an adapter, or the bare model, without training. */
import { sourcesOf } from '../src/settings/reach';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FileMap } from '../src/formats/files';
import { adapterOnDisk } from '../src/run/platform/adapter-node';
import { Session } from '../src/run/session';
import { evaluateAdapter } from '../src/run/evaluate';
import { deviceName } from '../src/run/probe';
import { accuracyText, triesText } from '../src/report/evaluation';
import type { EvaluationReport } from '../src/run/types';
import { CommandError, readCommand, runCommand, type Command } from './runtime/command';
import { ConsoleReport } from './runtime/console';
import { assertBrowserDevice, DEVICE_USAGE } from './runtime/device-options';
import { nodePlatform } from './runtime/node-platform';
import { inputPath, outputPath } from './runtime/paths';
import { pageSettings } from './runtime/page-settings';

type Split = 'validation' | 'test';

const USAGE = `
Measures an adapter, or the bare model, without training.

  npm run evaluate -- [--model DIR] [--adapter DIR] [--split validation|test] [--json FILE] [--preset NAME]
                      [--config FILE] [--runtime browser|node] [--set key=value …] [--key value …]
                      ${DEVICE_USAGE}

Prints accuracy sampled at evalTemperature and greedy, each with its 95 % interval; with evalTries above 1 also pass@k and
how far the tries agree. --json keeps every answer with its turns. docs/settings.md lists settings.
`;

await runCommand(USAGE, async () => {
  const command = await readCommand(process.argv.slice(2), ['adapter', 'split', 'json']);
  const split = splitOf(command.options['split'] ?? 'validation');
  const folder = command.options['adapter'];
  const adapter = folder === undefined ? null : await adapterOnDisk(inputPath(folder));
  const report = await evaluate(command, split, adapter);
  printReport(report);
  const { json } = command.options;
  if (json !== undefined) {
    const file = outputPath(json);
    writeFileSync(file, `${JSON.stringify({ ...report, rubric: report.metrics }, null, 2)}\n`);
    console.log(`Written to ${resolve(file)}`);
  }
});

async function evaluate(
  { runtime, settings }: Command,
  split: Split,
  adapter: FileMap | null,
): Promise<EvaluationReport> {
  const progress = new ConsoleReport();
  if (runtime === 'node') {
    const platform = await nodePlatform(console.log);
    const session = new Session(platform);
    try {
      return await evaluateAdapter(session, settings, split, adapter, (event) => progress.follow(event));
    } finally {
      session.dispose();
    }
  }
  const { inside, mounts } = pageSettings(settings);
  const { HeadlessPage } = await import('./runtime/headless-page');
  const page = await HeadlessPage.open(mounts, console.log, sourcesOf(settings));
  try {
    const files = adapter === null ? null : [...adapter].map(([path, bytes]) => ({ path, bytes }));
    const device = await page.probe();
    assertBrowserDevice(device);
    console.log(`device: ${deviceName(device)}, in Chromium`);
    await page.openEnvironment(settings.environment);
    return await page.evaluate(inside, split, files, (event) => progress.follow(event));
  } finally {
    await page.close();
  }
}

function splitOf(name: string): Split {
  if (name === 'validation' || name === 'test') return name;
  throw new CommandError(`split is '${name}'; allowed: one of validation, test.`);
}

function printReport(report: EvaluationReport): void {
  for (const row of report.perQuestion) {
    const mark = (right: boolean | null) => (right === null ? 'no verdict' : right ? 'right' : 'wrong');
    console.log(
      `${row.id} | ${row.question} | gold "${row.gold ?? ''}" | sampled ${mark(row.sampledCorrect)} "${row.sampled ?? ''}" | ` +
        `greedy ${mark(row.greedyCorrect)} "${row.greedy ?? ''}" | reward ${row.reward.toFixed(2)}`,
    );
  }
  console.log(
    `${report.questions} ${report.split} questions: ` +
      `sampled accuracy ${accuracyText(report.sampledAccuracy, report.accuracyInterval, 1)}, ` +
      `greedy ${accuracyText(report.greedyAccuracy, report.greedyAccuracyInterval, 1)}, ` +
      `mean reward ${report.reward.toFixed(3)}`,
  );
  const tries = triesText(report, 1);
  if (tries !== null) console.log(`${report.sampled.tries} tries at each: ${tries}`);
}
