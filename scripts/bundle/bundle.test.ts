import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { assertReplaceable } from './folder';
import { launcher } from './launcher';
import { COMMANDS, isOutside } from './scripts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailgym bundle-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A bundle whose Node tells what it was started with. */
function standIn(): void {
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'lib/commands'), { recursive: true });
  const told = `#!/bin/sh\nprintf '%s|' "$MAILGYM_BUNDLE" "$@"\n`;
  for (const [name, text] of [
    ['mailgym', launcher('1.2.3')],
    ['bin/node', told],
  ] as const) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  writeFileSync(join(folder, 'lib/commands/doctor.js'), '');
}

const run = (program: string, words: readonly string[], path = process.env['PATH'] ?? '') =>
  spawnSync(program, words, { cwd: tmpdir(), encoding: 'utf8', env: { PATH: path } });

test.each(COMMANDS)('the launcher starts %s with its own Node, from anywhere, words as they are', (name) => {
  standIn();
  const words = [name, '--set', 'a=b c', '--flag'];
  const told = ['1', join(folder, `lib/commands/${name}.js`), ...words.slice(1), ''].join('|');
  expect(run(join(folder, 'mailgym'), words).stdout).toBe(told);
  expect(run('mailgym', words, `${folder}${delimiter}/bin${delimiter}/usr/bin`).stdout).toBe(told);
});

test('the launcher refuses other commands with those it has', () => {
  standIn();
  for (const words of [[], ['start'], ['--help']]) {
    const { status, stderr } = run(join(folder, 'mailgym'), words);
    expect([status, stderr]).toEqual([
      2,
      'usage: ./mailgym doctor|train|evaluate|bench|verify|sweep [--help] [OPTION …]\n',
    ]);
  }
});

test('only an empty folder or an earlier bundle is replaced', () => {
  expect(() => assertReplaceable(join(folder, 'new'))).not.toThrow();
  expect(() => assertReplaceable(folder)).not.toThrow();
  symlinkSync('/', join(folder, 'something'));
  expect(() => assertReplaceable(folder)).toThrow(/neither empty nor an earlier bundle/);
  standIn();
  expect(() => assertReplaceable(folder)).not.toThrow();
});

test('what stays outside of the scripts: Node, Dawn, and what a bundle does without', () => {
  expect(['node:fs', 'fs/promises', 'webgpu', 'vite', 'onnxruntime-web/webgpu'].every(isOutside)).toBe(true);
  expect(['./webgpu', 'webgpu-utils', '@tensorflow/tfjs', 'onnxruntime-common'].some(isOutside)).toBe(false);
});
