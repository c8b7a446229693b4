/**
 * Our engine against other libraries, on one device, results compared.
 *
 *   npm run bench -- [--only ID…] [--arch NAME] [--json FILE] [--docs NAME] [--runtime node|browser]
 */
import { writeFileSync } from 'node:fs';
import { readBenchCommand } from './bench/command';
import { machineLine } from './bench/machine';
import { measureInNode } from './bench/parent';
import { isSound, rowLine } from './bench/table';
import type { Report } from './bench/types';
import { runCommand } from './runtime/command';

await runCommand(async () => {
  const { arch, only, json, runtime } = readBenchCommand(process.argv.slice(2));
  const measured = await measureInNode(arch, only, console.log);
  const report: Report = {
    device: measured.device,
    date: new Date().toISOString(),
    runtime,
    arch,
    machine: machineLine(),
    rows: measured.rows,
  };
  if (json !== null) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
  console.log(`\n${report.device}`);
  for (const row of report.rows) console.log(rowLine(row));
  const broken = report.rows.filter((row) => !isSound(row));
  if (broken.length > 0) process.exitCode = 1;
});
