/** Puts a bundle's folder together. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { CommandError } from '../runtime/command-error';
import { REPOSITORY } from '../runtime/page';
import { findCommand, SetupError, type Log } from '../setup/system';
import { launcher } from './launcher';
import { bundleScripts, writeOnnxRuntimeStandIn } from './scripts';

/** Most megabytes (10^6 bytes) that a packed bundle may take. */
export const MOST_PACKED_MB = 40;
/** By it a folder is known to be a bundle, which may be made again in its place. */
const LAUNCHER = 'mailgym';

/** @throws CommandError where something else lies in the folder */
export function assertReplaceable(out: string): void {
  if (!existsSync(out) || readdirSync(out).length === 0) return;
  if (existsSync(join(out, LAUNCHER)) && existsSync(join(out, 'lib/commands/doctor.js'))) return;
  throw new CommandError(
    `${out} is neither empty nor an earlier bundle, which would be replaced. Give --out an empty or new folder.`,
  );
}

/** @throws SetupError where this machine lacks what goes in */
export async function writeBundle(out: string, log: Log): Promise<void> {
  const folder = resolve(out);
  const dawn = `${process.platform}-${process.platform === 'darwin' ? 'universal' : process.arch}`;
  const webgpu = join(REPOSITORY, 'node_modules/webgpu');
  if (process.platform === 'win32')
    throw new SetupError(
      'A bundle is made on Linux or macOS, for the same system; Windows has no shell to start it with.',
    );
  if (!existsSync(join(webgpu, 'dist', dawn)))
    throw new SetupError(
      `The package webgpu has no Dawn for ${dawn}. Run npm ci, or make the bundle on another system.`,
    );
  rmSync(folder, { recursive: true, force: true });
  const commands = join(folder, 'lib/commands');
  mkdirSync(commands, { recursive: true });
  log('scripts of the commands');
  await bundleScripts(commands);
  log(`Node ${process.versions.node}`);
  copyNode(join(folder, 'bin'));
  log('Dawn');
  const target = join(folder, 'node_modules/webgpu');
  cpSync(join(webgpu, 'dist', dawn), join(target, 'dist', dawn), { recursive: true });
  for (const name of ['package.json', 'index.js', 'LICENSE.md'])
    copyFileSync(join(webgpu, name), join(target, name));
  writeOnnxRuntimeStandIn(join(folder, 'node_modules'));
  log('model and data');
  for (const name of ['models/mailgym-tiny', 'datasets/mailgym-office'])
    cpSync(join(REPOSITORY, 'public', name), join(folder, 'public', name), { recursive: true });
  copyFileSync(join(REPOSITORY, 'LICENSE'), join(folder, 'LICENSE'));
  const manifest = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as Manifest;
  const { name, version, license, type, dependencies, devDependencies } = manifest;
  // Benchmarks tell the versions of what they compare; scripts and models are found beside this file.
  const own = { name, version, license, type, private: true, dependencies, devDependencies };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(own, null, 2)}\n`);
  writeFileSync(join(folder, LAUNCHER), launcher(version));
  chmodSync(join(folder, LAUNCHER), 0o755);
}

interface Manifest extends Readonly<Record<'name' | 'version' | 'license' | 'type', string>> {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** The Node that runs this, without its symbols where the machine can take them off. */
function copyNode(bin: string): void {
  mkdirSync(bin, { recursive: true });
  const node = join(bin, 'node');
  copyFileSync(process.execPath, node);
  chmodSync(node, 0o755);
  const strip = process.platform === 'linux' ? findCommand(['strip']) : null;
  if (strip !== null) spawnSync(strip, [node], { stdio: 'ignore' });
  const { status, stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  if (status !== 0 || stdout.trim() !== process.version)
    throw new SetupError(
      `The copy of Node (${process.execPath}) does not run by itself: it probably needs libraries beside it. Make the bundle ` +
        'with a Node from nodejs.org.',
    );
}

/**
 * Packs a bundle beside its folder and answers file and size in bytes.
 * @throws SetupError without tar and xz
 */
export function packBundle(out: string): { readonly file: string; readonly bytes: number } {
  const folder = resolve(out);
  const file = `${folder}.tar.xz`;
  const { status, stderr } = spawnSync('tar', ['-C', folder, '--owner=0', '--group=0', '-cJf', file, '.'], {
    encoding: 'utf8',
    env: { ...process.env, XZ_OPT: '-6 -T0' },
  });
  if (status !== 0)
    throw new SetupError(
      `Packing needs tar and xz, and ended with ${status ?? 'no status'}: ${stderr ?? ''}. Install xz-utils.`,
    );
  return { file, bytes: readFileSync(file).byteLength };
}
