/** `npm run verify`: loss, log-probs and adapter gradients of a given batch, for independent checks. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isModelFile } from '../src/engine/files/hub-name';
import { openModelFilesNode } from '../src/engine/files/open-node';
import { verifyModel } from '../src/run/verify';
import { WEIGHT_FORMATS, type WeightFormat } from '../src/settings/choices';
import type { NamedFile } from '../src/env/types';
import { CommandError, ownOptions, readRuntime, runCommand } from './runtime/command';
import { inputPath, outputPath } from './runtime/paths';
import { ensureDriver } from './setup/driver';

const USAGE = `
Loss, log-probs and adapter gradients of a given batch, by the production path; for independent checks.

  npm run verify -- --model DIR|FILE.gguf --adapter DIR --batch FILE --out DIR
                    [--baseWeights f32|f16|int8|int4] [--runtime node|browser]
`;

/** Where the page finds the folder of a GGUF file. */
const MOUNT = 'verified';

await runCommand(USAGE, async () => {
  const names = ['model', 'adapter', 'batch', 'out', 'runtime', 'baseWeights'];
  const options = ownOptions('verify', process.argv.slice(2), names);
  const needed = (name: string): string => {
    const value = options[name];
    if (value === undefined) throw new CommandError(`verify needs --${name}.`);
    return value;
  };
  const batch = inputPath(needed('batch'));
  if (!existsSync(batch) || isFolder(batch)) throw new CommandError(`There is no file ${batch}.`);
  const model = inputPath(needed('model'));
  if (!isFolder(model) && !(isModelFile(model) && existsSync(model))) {
    throw new CommandError(`There is no folder and no GGUF file ${model}.`);
  }
  const baseWeights = weightFormat(options['baseWeights']);
  const files: NamedFile[] = [
    ...folder(inputPath(needed('adapter')), 'adapter/'),
    { path: 'batch.json', bytes: new Uint8Array(readFileSync(batch)) },
  ];
  const out = outputPath(needed('out'));
  const runtime = readRuntime(options['runtime'], 'node');
  const verify = runtime === 'node' ? verifyHere : verifyInPage;
  const results = await verify(model, files, baseWeights).catch(blameFiles);
  mkdirSync(out, { recursive: true });
  for (const { path, bytes } of results) writeFileSync(join(out, path), bytes);
  console.log(`Written: ${results.map(({ path }) => resolve(out, path)).join(', ')}`);
});

function weightFormat(name = 'f32'): WeightFormat {
  const found = WEIGHT_FORMATS.find((format) => format === name);
  if (found !== undefined) return found;
  throw new CommandError(`baseWeights is '${name}'; allowed: one of ${WEIGHT_FORMATS.join(', ')}.`);
}

/** Model, adapter and batch are all that a policy or a batch can be wrong about here. */
function blameFiles(error: unknown): never {
  const { name, message } = error as Error;
  if (name !== 'PolicyError' && name !== 'TrainingError') throw error;
  throw new CommandError(message, { cause: error });
}

async function verifyHere(
  model: string,
  files: readonly NamedFile[],
  baseWeights: WeightFormat,
): Promise<readonly NamedFile[]> {
  const webgpu = await ensureDriver(console.log);
  const results = await verifyModel(webgpu, {
    model: await openModelFilesNode(model, ''),
    files: new Map(files.map(({ path, bytes }) => [path, bytes])),
    baseWeights,
  });
  return [...results].map(([path, bytes]) => ({ path, bytes }));
}

/** A GGUF file may be large: the page fetches it from the site that serves it. */
async function verifyInPage(
  model: string,
  files: readonly NamedFile[],
  baseWeights: WeightFormat,
): Promise<readonly NamedFile[]> {
  const isFile = !isFolder(model);
  const mounts = new Map(isFile ? [[`models/${MOUNT}`, dirname(resolve(model))]] : []);
  const { HeadlessPage } = await import('./runtime/headless-page');
  const page = await HeadlessPage.open(mounts, console.log);
  try {
    return isFile
      ? await page.verify(files, { model: `${MOUNT}/${basename(model)}`, baseWeights })
      : await page.verify([...files, ...folder(model, 'model/')], { baseWeights });
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
