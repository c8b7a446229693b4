/** `npm run bench`: our engine against other libraries, on one device, results compared. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readBenchCommand } from './bench/command';
import { writeDocs, writePlots } from './bench/docs';
import { machineLine } from './bench/machine';
import { nodeRunner } from './bench/node-runner';
import { measure } from './bench/parent';
import { plotsOf } from './bench/plots';
import { merge, readReport, refuseOther } from './bench/report';
import { isSound, rowLine } from './bench/table';
import type { Report, Row } from './bench/types';
import { runCommand } from './runtime/command';
import { REPOSITORY } from './runtime/page';

const USAGE = `
Our engine against other libraries, on one device, results compared.

  npm run bench -- [--only ID…] [--arch NAME] [--json FILE] [--docs NAME] [--runtime node|browser]
  npm run bench -- --only trl --model DIR --python PATH [--size QxR] [--tokens N] [--rounds N]

--only takes ids of rows, or their beginnings: matmul, step-full, grpo-step, forest, masked, decode, lora-step, memory,
dispatch, plan, cold-start, growth, rollout, trl, profile. Rows come as they are measured; a file named by --json keeps those of
earlier runs, and --docs then writes all of them into section NAME of docs/benchmarks.md. Rows of trl measure a GRPO step
against TRL on a model of yours; PATH is a Python with trl, peft and torch. Q questions x R rollouts, 4x8 when not given;
N tokens a turn (64) and rounds (3).
`;

await runCommand(USAGE, async () => {
  const { arch, only, json, docs, runtime, trl } = readBenchCommand(process.argv.slice(2));
  const before = json === null ? null : readReport(json);
  const rows: Row[] = [];
  let device = before?.device ?? 'unknown device';
  const reportNow = (): Report => {
    const date = new Date().toISOString();
    return merge(before, { device, date, runtime, arch, machine: machineLine(), rows });
  };
  const log = (line: string) => console.log(line);
  const runner =
    runtime === 'node' ? nodeRunner(trl) : await (await import('./bench/browser/runner')).browserRunner(log);
  try {
    await measure(runner, arch, only, {
      log,
      onDevice: (found) => {
        if (before !== null) refuseOther(before, found, runtime);
        device = found;
      },
      onRow: (row) => {
        rows.push({ ...row, date: new Date().toISOString() });
        log(`  ${rowLine(row)}`);
        // What was measured stays when the rest is stopped.
        if (json !== null) writeFileSync(json, `${JSON.stringify(reportNow(), null, 2)}\n`);
      },
    });
  } finally {
    await runner.close();
  }
  const report = reportNow();
  const plots = plotsOf(report.rows);
  if (json !== null) writePlots(dirname(json), plots);
  if (docs !== null) writeDocs(join(REPOSITORY, 'docs', 'benchmarks.md'), docs, report, plots);
  log(`\n${device}`);
  for (const row of rows) log(rowLine(row));
  if (rows.some((row) => !isSound(row))) process.exitCode = 1;
});
