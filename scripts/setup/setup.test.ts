import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chromiumVersion, parseVersion, planBrowser } from './browser';
import { namesSuite, planDriver } from './driver';
import { findCommand, parseOsRelease } from './system';

const BOOKWORM = { id: 'debian', codename: 'bookworm', apt: true };

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailgym-setup-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function script(name: string, text: string, mode = 0o755): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, mode);
  return path;
}

test('reads os-release: quotes, derivatives, other systems', () => {
  expect(parseOsRelease('ID=debian\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian 12"')).toEqual(BOOKWORM);
  expect(parseOsRelease('ID=linuxmint\nID_LIKE="ubuntu debian"\n')).toEqual({
    ...{ id: 'linuxmint', codename: '', apt: true },
  });
  expect(parseOsRelease("ID='fedora'\nID_LIKE=rhel").apt).toBe(false);
});

test('commands: only executable files, first name first', () => {
  script('second', 'true');
  script('first', 'true', 0o644);
  const path = ['', join(folder, 'missing'), folder].join(delimiter);
  expect(findCommand(['first', 'second'], path)).toBe(join(folder, 'second'));
  expect(findCommand(['third'], path)).toBeNull();
});

test('a browser must start and say its version', () => {
  expect(chromiumVersion(script('good', 'echo Chromium 140.0.7339.80 built on Debian'))).toBe(140);
  expect(chromiumVersion(script('broken', 'echo Chromium 140.0.1.1; exit 127'))).toBeNull();
  expect(chromiumVersion(script('stub', 'echo please install the snap'))).toBeNull();
  expect(parseVersion('Google Chrome 120.0.6099.109 ')).toBe(120);
});

test('browser: apt only on Debian with root, else Playwright', () => {
  expect(planBrowser(BOOKWORM, [])).toEqual({ kind: 'apt', prefix: [] });
  expect(planBrowser(BOOKWORM, null)).toEqual({ kind: 'playwright', withDependencies: false });
  const ubuntu = { id: 'ubuntu', codename: 'noble', apt: true };
  expect(planBrowser(ubuntu, ['sudo', '-n'])).toEqual({ kind: 'playwright', withDependencies: true });
});

test('driver: backports for bookworm alone; no root and no apt are refused with instructions', () => {
  expect(planDriver(BOOKWORM, [])).toMatchObject({ kind: 'apt', backports: 'bookworm-backports' });
  expect(planDriver({ ...BOOKWORM, codename: 'trixie' }, [])).toMatchObject({ kind: 'apt', backports: '' });
  const rootless = planDriver(BOOKWORM, null);
  expect(rootless.kind === 'refuse' && rootless.message).toContain('-t bookworm-backports libvulkan1');
  const fedora = planDriver({ id: 'fedora', codename: '', apt: false }, []);
  expect(fedora.kind === 'refuse' && fedora.message).toContain('--runtime browser');
});

test('package sources: both formats, comments ignored, whole words', () => {
  const suite = 'bookworm-backports';
  expect(namesSuite(['deb http://deb.debian.org/debian bookworm-backports main'], suite)).toBe(true);
  expect(namesSuite(['Types: deb\nSuites: bookworm bookworm-backports\n'], suite)).toBe(true);
  expect(namesSuite(['# deb http://deb.debian.org/debian bookworm-backports main'], suite)).toBe(false);
  expect(namesSuite(['deb http://deb.debian.org/debian bookworm-backports-sloppy main'], suite)).toBe(false);
  expect(namesSuite(['deb http://deb.debian.org/debian bookworm main'], suite)).toBe(false);
});
