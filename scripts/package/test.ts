/**
 * `npm run test:package`: packs the library, installs it for a project in Node and a Vite app in a temporary folder,
 * checks its types, runs it in Node, trains there where a WebGPU driver is (elsewhere the error must say what to install),
 * builds the app, and weighs what a page loads.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installProjects, pack, run, typeErrors } from './consumer';
import { PackageError } from './scripts';
import { overBudget, sizesOf } from './size';
import { createDawnGpu } from '../runtime/dawn';

const root = mkdtempSync(join(tmpdir(), 'mailgym-package-'));
try {
  const step = <T>(name: string, work: () => T): T => {
    const started = performance.now();
    const result = work();
    console.log(`${name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
    return result;
  };
  const tarball = step('pack', () => pack(root));
  step('install', () => installProjects(root, tarball));
  const project = join(root, 'node-project');
  const wrong = step('types', () => typeErrors(project));
  if (wrong.length > 0)
    throw new PackageError(`The package's types do not fit its use:\n${wrong.join('\n')}`);
  const runs = (file: string) => run(process.execPath, [join('out', file)], project).trim();
  console.log(step('run in Node', () => runs('example.js')));
  if (await hasDriver()) console.log(step('train in Node', () => runs('library.js')));
  else console.log(step('refuse to train without a driver', () => runs('without-gpu.js')));
  const app = join(root, 'vite-app');
  step('build with Vite', () =>
    run(process.execPath, [join(root, 'node_modules/vite/bin/vite.js'), 'build'], app),
  );
  const sizes = sizesOf(join(app, 'dist'));
  for (const [entry, { start, all }] of Object.entries(sizes))
    console.log(`${entry}: ${start} kB at the start, ${all} kB in all`);
  const over = overBudget(sizes);
  if (over.length > 0) throw new PackageError(over.join('\n'));
} catch (error) {
  if (!(error instanceof PackageError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(root, { recursive: true, force: true });
}

function hasDriver(): Promise<boolean> {
  return createDawnGpu().then(
    () => true,
    () => false,
  );
}
