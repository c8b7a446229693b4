/** A user's file through the commands, each a process of its own, in a folder outside the repository. */
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openForResume } from '../../src/run/folder/open-folder';
import { damageOf } from '../../src/run/folder/checksum';
import { INDEX_FILE } from '../../src/report/run-files';
import { openFsStore } from '../../src/run/stores/fs-store-node';
import { FAULTY, TWICE } from '../support/faulty-environment';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailgym-user-file-'));
  await cp(join(REPOSITORY, 'docs/examples/countdown.ts'), join(folder, 'countdown.ts'));
  await writeFile(join(folder, 'faulty.ts'), FAULTY);
  await writeFile(join(folder, 'twice.ts'), TWICE);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** As npm runs it: in the repository, with the caller's folder in INIT_CWD. */
function command(script: string, ...args: readonly string[]): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const words = ['--import', 'tsx', join(REPOSITORY, 'scripts', `${script}.ts`), ...args];
    const child = spawn(process.execPath, words, {
      cwd: REPOSITORY,
      env: { ...process.env, INIT_CWD: folder },
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data: Buffer) => (text += data.toString()));
    }
    child.on('error', reject);
    child.on('close', (status) => resolve({ status: status ?? -1, text }));
  });
}

const train = (environment: string, outputDir: string, ...more: readonly string[]) =>
  command(
    'train',
    ...['--runtime', 'node', '--environment', environment, '--preset', 'smoke'],
    ...['--outputDir', join(folder, outputDir), ...more],
  );

/** Every file that the run's index names, whole. */
async function expectIntact(outputDir: string): Promise<void> {
  const store = await openFsStore(join(folder, outputDir));
  const { folder: run } = await openForResume(store, outputDir);
  expect(run.files.size).toBeGreaterThan(5);
  for (const [path, record] of run.files) {
    const bytes = await store.read(path);
    expect(bytes, path).not.toBeNull();
    // Without a record it is a file whose end only its lines tell.
    if (record !== null) expect(await damageOf(bytes ?? new Uint8Array(), record), path).toBeNull();
  }
}

describe('a file of the user', () => {
  it('trains, is measured and asked, and a resumed run finds it again, and its changes', async () => {
    expect((await readFile(join(folder, 'countdown.ts'), 'utf8')).trimEnd().split('\n').length).toBeLessThan(
      31,
    );
    const trained = await train('./countdown.ts', 'run');
    expect(trained).toMatchObject({ status: 0 });
    expect(trained.text).toContain('Ended after step 2');
    const config = JSON.parse(await readFile(join(folder, 'run/config.json'), 'utf8')) as object;
    expect(config).toMatchObject({ environment: './countdown.ts', dataset: 'built-in' });
    await expectIntact('run');

    const adapter = join(folder, 'run/final');
    const asked = await command(
      'ask',
      ...['--environment=./countdown.ts', '--task', 'test-0', '--preset', 'smoke', '--adapter', adapter],
    );
    expect(asked).toMatchObject({ status: 0 });
    expect(asked.text).toMatch(/test-0\nturn 1: .*\n[^]*(right|wrong), reward/);

    const measured = await command(
      'evaluate',
      ...['--environment', './countdown.ts', '--runtime', 'node', '--preset', 'smoke', '--evalDatasetSize=1'],
      ...['--adapter', adapter],
    );
    expect(measured).toMatchObject({ status: 0 });
    expect(measured.text).toContain('1 validation questions');

    const resumed = await train('./countdown.ts', 'run', '--resume', 'latest');
    expect(resumed.text).toContain('Resumed from checkpoint-2');
    const text = await readFile(join(folder, 'countdown.ts'), 'utf8');
    await writeFile(join(folder, 'countdown.ts'), text.replace('-0.05', '-0.06'));
    const changed = await train('./countdown.ts', 'run', '--resume', 'latest');
    expect(changed.status).toBe(1);
    expect(changed.text).toContain('The environment ./countdown.ts has changed since the run');
    await expectIntact('run');
  });

  it('with tools that throw or hang and a reward that is NaN: told in words, the run goes on', async () => {
    const trained = await train('./faulty.ts', 'faulty', '--toolTimeout', '1', '--batchSize', '4');
    expect(trained).toMatchObject({ status: 0 });
    expect(trained.text).toContain(
      'warning: The reward "odd" of task "nan" is NaN; a reward is a finite number',
    );
    expect(trained.text).toContain('Ended after step 2');
    await expectIntact('faulty');
    const asked = await command(
      'ask',
      ...['--environment', './faulty.ts', '--task', 'throws', '--task', 'hangs', '--task', 'waits'],
      ...['--task', 'nan'],
      ...['--preset', 'smoke', '--toolTimeout', '1', '--seed', '42'],
    );
    expect(asked.text).toContain('search_emails → {"error":"search_emails: Not today."}');
    // Once for the loop, once for the promise.
    const late = asked.text.split('search_emails → {"error":"search_emails: no result within 1 seconds."}');
    expect(late).toHaveLength(3);
    expect(asked.text).toContain('ended as tool-timeout');
    expect(asked.text).toContain('no verdict, reward 0.000, ended as unscorable');
  });

  it('with two tools of one name: refused in words, the files of the run before untouched', async () => {
    const before = await readFile(join(folder, 'faulty', INDEX_FILE), 'utf8');
    const refused = await train('./twice.ts', 'faulty');
    expect(refused.status).toBe(1);
    expect(refused.text).toMatch(/made the tool “Searches.”, but did not return it. Two tools of one name\?/);
    expect(await readFile(join(folder, 'faulty', INDEX_FILE), 'utf8')).toEqual(before);
    await expectIntact('faulty');
  });
});
