/** Commands as a server runs them: by their statuses, their first lines and what they leave. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDawnGpu } from '../../scripts/runtime/dawn';
import { EXIT } from '../../scripts/runtime/exit-codes';
import { REPOSITORY } from '../../scripts/runtime/page';
import { isSoftwareAdapter } from '../../src/kernels/adapter';
import type { DeviceCheck } from '../../src/report/check/types';

let folder: string;
let software: boolean;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailgym-headless-'));
  const adapter = await (await createDawnGpu()).requestAdapter({ powerPreference: 'high-performance' });
  software = isSoftwareAdapter(adapter?.info);
});
afterAll(() => rmSync(folder, { recursive: true }));

function command(name: string, ...words: readonly string[]) {
  return new Promise<{ status: number | null; out: string; err: string }>((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', `scripts/${name}.ts`, ...words], {
      cwd: REPOSITORY,
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (err += data.toString()));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, out, err }));
  });
}

const train = (outputDir: string, ...words: readonly string[]) =>
  command(
    'train',
    '--runtime',
    'node',
    '--preset',
    'smoke',
    '--outputDir',
    join(folder, outputDir),
    ...words,
  );

test('a run whose time is over ends with a checkpoint and status 4, and the device was named first', async () => {
  const { status, out } = await train('timed', '--maxSteps', '5000', '--maxMinutes', '0.25');
  const lines = out.trim().split('\n');
  expect(lines[0]).toMatch(/^driver: WebGPU on \S/);
  expect(out).toContain('0.25 minutes are over: stopping after this step.');
  const [, step = ''] = /^Ended after step (\d+) \(stopped\)/m.exec(out) ?? [];
  expect(out).toContain(`Ended by --maxMinutes 0.25, with a checkpoint of step ${step} in `);
  expect(lines.at(-1)).toContain('--resume latest');
  expect(status).toBe(EXIT.unfinished);
  expect(readdirSync(join(folder, 'timed'))).toContain(`checkpoint-${step}`);
});

test('a finished run ends with status 0', async () => {
  expect((await train('whole', '--maxSteps', '1')).status).toBe(EXIT.done);
});

test('--require-gpu: a software device is refused with status 3 before anything is written', async () => {
  const { status, err } = await train('refused', '--maxSteps', '1', '--require-gpu');
  expect(status).toBe(software ? EXIT.noDevice : EXIT.done);
  if (!software) return;
  expect(err).toMatch(/GpuError: A graphics card was required; found only .*\(software\)/);
  expect(existsSync(join(folder, 'refused'))).toBe(false);
});

test('--adapter-name: a part of the name in any case picks a card; one that is not there is told with those that are', async () => {
  const file = join(folder, 'doctor.json');
  const { status, out, err } = await command('doctor', '--adapter-name', 'no such card', `--json=${file}`);
  expect([status, out, existsSync(file)]).toEqual([EXIT.noDevice, '', false]);
  const [, first = ''] = /found (.*?)(?:, (?!\d)|\. Give)/.exec(err) ?? [];
  expect(first).not.toBe('');
  const picked = await command('doctor', '--adapter-name', first.slice(0, 8).toUpperCase(), `--json=${file}`);
  expect(picked.status).toBe(EXIT.done);
  const check = JSON.parse(readFileSync(file, 'utf8')) as DeviceCheck;
  expect(check).toMatchObject({ ok: true, adapter: { software } });
  expect(picked.out.trim().split('\n').at(-1)).toBe('This device can be trusted with runs.');
});
