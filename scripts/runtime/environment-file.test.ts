import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { loadEnvironment } from '../../src/env/load';
import { CommandError, readCommand } from './command';
import { environmentText } from './environment-file';
import { inputPath } from './paths';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailgym-environment-'));
  vi.stubEnv('INIT_CWD', folder);
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

const SIZED = `import { count, defineEnvironment } from 'mailgym';
export default defineEnvironment({
  id: 'sized', title: 'Sized',
  settings: { largest: { label: 'Largest', description: 'Largest.', default: 9, rule: count(1, 99) } },
  tasks: () => [{ id: 'a', prompt: 'Go.' }],
  check: () => true,
});`;

test('a file decides which settings there are, wherever npm was called', async () => {
  writeFileSync(join(folder, 'sized.ts'), SIZED);
  const { settings } = await readCommand(['--environment', './sized.ts', '--largest=12'], []);
  expect(settings).toMatchObject({ environment: './sized.ts', largest: 12, dataset: 'built-in' });
  expect((await loadEnvironment('./sized.ts')).title).toBe('Sized');
  expect(await environmentText('./sized.ts')).toBe(SIZED);
  expect(await environmentText('mail')).toBeNull();
  await expect(readCommand(['--set', 'environment=./sized.ts', '--largest=100'], [])).rejects.toThrow(
    /largest is '?100'?; allowed/,
  );
});

test('a configuration file may name it, and paths of the present folder count too', async () => {
  copyFileSync('docs/examples/countdown.ts', join(folder, 'own.ts'));
  writeFileSync(join(folder, 'run.json'), JSON.stringify({ environment: 'own.ts', maxSteps: 3 }));
  const { settings } = await readCommand(['--config', join(folder, 'run.json')], []);
  expect(settings).toMatchObject({ environment: 'own.ts', maxSteps: 3 });
  expect(inputPath('package.json')).toBe(join(process.cwd(), 'package.json'));
  expect(inputPath('none.ts')).toBe(join(folder, 'none.ts'));
});

test.each([
  [
    'none.ts',
    null,
    /environment is 'none.ts', but that is neither a built-in environment \(mail, .*\) nor a file/,
  ],
  ['throws.ts', "\nthrow new Error('No luck.');", /throws.ts:2 cannot be loaded: No luck/],
  ['empty.ts', 'export const x = 1;', /empty.ts .*defineEnvironment/],
  ['imports.ts', "import 'lodash';", /imports.ts:1 imports "lodash"/],
])('%s is refused in words', async (name, text, message) => {
  if (text !== null) writeFileSync(join(folder, name), text);
  const refused = readCommand(['--environment', name], []);
  await expect(refused).rejects.toThrow(message);
  await expect(refused).rejects.toThrow(CommandError);
});
