/** `npm run recorded`: makes the runs that come with the page, by `npm run train` itself. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandError, ownOptions, runCommand } from './runtime/command';
import { REPOSITORY } from './runtime/page';
import { MANIFEST_FILE, packRun, RECORDED_FOLDER, RECORDINGS, type RecordedRun } from './recorded/pack';

const USAGE = `
Makes the recorded runs that come with the page: trains each of them (preset quick, on Dawn in Node, some minutes in all)
and writes them to public/recorded, and their list to src/ui/recorded. Needs no options. docs/page.md tells what they are for.
`;

await runCommand(USAGE, () => {
  ownOptions('recorded', process.argv.slice(2), []);
  const runs: RecordedRun[] = [];
  for (const { id, flags } of RECORDINGS) {
    const folder = mkdtempSync(join(tmpdir(), `mailgym-recorded-${id}-`));
    try {
      const options = ['--runtime', 'node', '--preset', 'quick', '--keepTrajectories', '24', ...flags];
      console.log(`npm run train -- ${options.join(' ')}`);
      const started = Date.now();
      const command = ['run', '-s', 'train', '--', ...options, '--outputDir', folder];
      const { status, stdout } = spawnSync('npm', command, {
        cwd: REPOSITORY,
        encoding: 'utf8',
        maxBuffer: 2 ** 28,
      });
      if (status !== 0) throw new CommandError(`npm run train ended with status ${status}:\n${stdout}`);
      const file = join(REPOSITORY, RECORDED_FOLDER, `${id}.zip`);
      writeFileSync(file, packRun(folder, id));
      const driver = /^driver: (.*)$/m.exec(stdout)?.[1] ?? '';
      const machine = [cpus()[0]?.model.trim(), `${cpus().length} cores`, driver].filter(Boolean).join(', ');
      runs.push({
        id,
        bytes: statSync(file).size,
        started,
        ended: Date.now(),
        machine,
        command: options.join(' '),
      });
      console.log(`${file}: ${statSync(file).size} bytes`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  writeFileSync(join(REPOSITORY, MANIFEST_FILE), `${JSON.stringify(runs, null, 2)}\n`);
  return Promise.resolve();
});
