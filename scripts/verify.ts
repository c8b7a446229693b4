/** `npm run verify`: loss, log-probs and adapter gradients of a given batch, for independent checks. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { verifyFiles } from '../src/run/verify';
import type { NamedFile } from '../src/env/types';
import { CommandError, ownOptions, readRuntime, runCommand } from './runtime/command';
import { HeadlessPage } from './runtime/headless-page';
import { inputPath, outputPath } from './runtime/paths';
import { ensureDriver } from './setup/driver';

const USAGE = `
Loss, log-probs and adapter gradients of a given batch, by the production path; for independent checks.

  npm run verify -- --model DIR --adapter DIR --batch FILE --out DIR [--runtime node|browser]
`;

await runCommand(USAGE, async () => {
  const names = ['model', 'adapter', 'batch', 'out', 'runtime'];
  const options = ownOptions('verify', process.argv.slice(2), names);
  const needed = (name: string): string => {
    const value = options[name];
    if (value === undefined) throw new CommandError(`verify needs --${name}.`);
    return value;
  };
  const batch = inputPath(needed('batch'));
  if (!existsSync(batch) || isFolder(batch)) throw new CommandError(`There is no file ${batch}.`);
  const files: NamedFile[] = [
    ...folder(inputPath(needed('model')), 'model/'),
    ...folder(inputPath(needed('adapter')), 'adapter/'),
    { path: 'batch.json', bytes: new Uint8Array(readFileSync(batch)) },
  ];
  const out = outputPath(needed('out'));
  const results = await verify(files, readRuntime(options['runtime'], 'node')).catch(blameFiles);
  mkdirSync(out, { recursive: true });
  for (const { path, bytes } of results) writeFileSync(join(out, path), bytes);
  console.log(`Written: ${results.map(({ path }) => resolve(out, path)).join(', ')}`);
});

/** Model, adapter and batch are all that a policy or a batch can be wrong about here. */
function blameFiles(error: unknown): never {
  const { name, message } = error as Error;
  if (name !== 'PolicyError' && name !== 'TrainingError') throw error;
  throw new CommandError(message, { cause: error });
}

async function verify(
  files: readonly NamedFile[],
  runtime: 'node' | 'browser',
): Promise<readonly NamedFile[]> {
  if (runtime === 'node') {
    const webgpu = await ensureDriver(console.log);
    const results = await verifyFiles(webgpu, new Map(files.map(({ path, bytes }) => [path, bytes])));
    return [...results].map(([path, bytes]) => ({ path, bytes }));
  }
  const page = await HeadlessPage.open(new Map(), console.log);
  try {
    return await page.verify(files);
  } finally {
    await page.close();
  }
}

function folder(path: string, prefix: string): NamedFile[] {
  if (!isFolder(path)) throw new CommandError(`There is no folder ${path}.`);
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => ({ path: prefix + name, bytes: new Uint8Array(readFileSync(join(path, name))) }));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
