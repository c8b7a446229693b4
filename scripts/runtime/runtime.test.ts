import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MailGymError } from '../../src/errors';
import { SettingsError } from '../../src/settings/values';
import { presetSettings } from '../../src/env/settings';
import { asksForHelp, CommandError, ownOptions, readCommand } from './command';
import { fromPage } from './headless-page';
import { newestChange } from './page';
import { pagePath, pageSettings } from './page-settings';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailgym-runtime-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

test('command: file, environment and flags together; options apart', async () => {
  const config = join(folder, 'run.json');
  writeFileSync(config, '{"preset": "quick", "beta": 0.5, "maxSteps": 9}');
  vi.stubEnv('MAX_STEPS', '7');
  const command = await readCommand(
    ['--config', config, '--runtime', 'node', '--split', 'test', '--set', 'seed=3'],
    ['split'],
  );
  expect(command).toMatchObject({ runtime: 'node', preset: 'quick', options: { split: 'test' } });
  const { numGenerations } = presetSettings('quick');
  expect(numGenerations).not.toBe(presetSettings('default').numGenerations);
  expect(command.settings).toMatchObject({ beta: 0.5, maxSteps: 7, seed: 3, numGenerations });
});

test('command: what cannot be carried out is refused', async () => {
  await expect(readCommand(['--runtime', 'deno'], [])).rejects.toThrow(
    /runtime is 'deno'; allowed: one of browser, node/,
  );
  await expect(readCommand(['masked'], [])).rejects.toThrow(CommandError);
  await expect(readCommand(['--config', join(folder, 'none.json')], [])).rejects.toThrow(/cannot be read/);
  await expect(readCommand(['--maxSteps', '-1'], [])).rejects.toThrow(SettingsError);
  writeFileSync(join(folder, 'bad.json'), '{');
  await expect(readCommand(['--config', join(folder, 'bad.json')], [])).rejects.toThrow(/is not JSON/);
});

test('command: without settings, other options are refused; help comes before all of that', () => {
  expect(ownOptions('start', ['--port', '8'], ['port'])).toEqual({ port: '8' });
  expect(() => ownOptions('bench', ['--prot', '8'], ['arch'], ['only'])).toThrow(
    '--prot is no option of bench; it has --only, --arch.',
  );
  expect(() => ownOptions('start', ['8'], ['port'])).toThrow('8 is no option of start');
  expect([['--help'], ['--port', '8', '-h'], ['--port', 'help']].map(asksForHelp)).toEqual([
    true,
    true,
    false,
  ]);
});

test("errors of the page keep their name and lose Playwright's frame", () => {
  const wrapped = new Error(
    'page.evaluate: PolicyError: model: there is no x.\nSecond line.\n    at f (a.js:1:2)\n    at g',
  );
  const plain = fromPage(wrapped) as Error;
  expect([plain.name, plain.message]).toEqual(['PolicyError', 'model: there is no x.\nSecond line.']);
  expect(plain).toMatchObject({ code: 'policy', cause: wrapped });
  expect(plain).toBeInstanceOf(MailGymError);
  const odd = new Error('Target closed');
  expect(fromPage(odd)).toBe(odd);
});

test('folders become served names, names and addresses stay', () => {
  const model = join(folder, 'my model');
  mkdirSync(model);
  writeFileSync(join(model, 'config.json'), '{}');
  const settings = { ...presetSettings('default'), model, outputDir: '/abs/../x:y' };
  const { inside, mounts } = pageSettings(settings);
  expect(inside).toMatchObject({ model: 'my_model', dataset: 'mailgym-office', outputDir: 'abs/x_y' });
  expect([...mounts]).toEqual([['models/my_model', model]]);
  expect(pageSettings({ ...settings, model: 'https://a.b/c' }).inside.model).toBe('https://a.b/c');
});

test('output paths stay inside the page', () => {
  expect(pagePath('outputs/grpo_masked')).toBe('outputs/grpo_masked');
  expect(pagePath('../..')).toBe('run');
  expect(pagePath('./a//b\\c')).toBe('a/b/c');
});

test('newest change: files, nested folders, absence', () => {
  const inner = join(folder, 'inner');
  mkdirSync(inner);
  writeFileSync(join(inner, 'a'), '');
  utimesSync(join(inner, 'a'), 2000, 2000);
  utimesSync(inner, 1000, 1000);
  utimesSync(folder, 1000, 1000);
  expect(newestChange(folder)).toBe(2_000_000);
  utimesSync(inner, 3000, 3000);
  expect(newestChange(folder)).toBe(3_000_000);
  expect(newestChange(join(folder, 'none'))).toBe(0);
});
