/**
 * Tries a bundle where there is nothing else: `npx tsx scripts/bundle/empty-root.ts DIR [COMMAND [OPTION …]]…`, several commands
 * parted by `--then`. In a root of its own lie a shell, the C library, the Vulkan loader and Mesa's software driver with what
 * these name, and the bundle, read-only; there is no network. Without a command: doctor, verify, train, evaluate, bench.
 * Where the system does not allow such a root, that is said, and nothing is tried.
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { LAVAPIPE_MANIFESTS } from '../runtime/dawn';
import { REPOSITORY } from '../runtime/page';
import { findCommand } from '../setup/system';

const CASE = 'tests/golden/llama-grpo';
const TRIED: readonly (readonly string[])[] = [
  ['doctor'],
  [
    'verify',
    ...[
      '--model',
      '/case/model',
      '--adapter',
      '/case/adapter',
      '--batch',
      '/case/batch.json',
      '--out',
      '/runs/verified',
    ],
  ],
  ['train', ...['--preset', 'smoke', '--outputDir', '/runs/one']],
  ['evaluate', ...['--preset', 'smoke', '--adapter', '/runs/one/final']],
  ['bench', ...['--only', 'dispatch']],
];
const DEVICES = ['null', 'zero', 'random', 'urandom'] as const;

const [bundle, ...words] = process.argv.slice(2);
if (bundle === undefined || !existsSync(join(bundle, 'mailgym'))) {
  console.error('Give the folder of a bundle: npm run bundle -- --out DIR makes one.');
  process.exit(2);
}
const shell = findCommand(['dash', 'busybox', 'sh']);
const isolate = ['unshare', ...(process.getuid?.() === 0 ? [] : ['-r']), ...['-n', '-m', '-p', '--fork']];
const allowed =
  shell !== null &&
  spawnSync(isolate[0] ?? '', [...isolate.slice(1), 'true'], { stdio: 'ignore' }).status === 0;
const manifest = LAVAPIPE_MANIFESTS.find((path) => existsSync(path));
const loader = firstFile(
  ['/lib/x86_64-linux-gnu', '/usr/lib64', '/usr/lib', '/lib/aarch64-linux-gnu'],
  'libvulkan.so.1',
);
if (!allowed || manifest === undefined || loader === null) {
  const lacking = !allowed
    ? 'unshare is not allowed here'
    : 'there is no Vulkan loader or no lavapipe here (npm run setup)';
  console.log(`SKIPPED: ${lacking}; the bundle was not tried in an empty root.`);
  process.exit(0);
}

const root = mkdtempSync(join(tmpdir(), 'mailgym-root-'));
let failed = 0;
try {
  fill(root, bundle, manifest, loader, shell);
  for (const command of words.length === 0 ? TRIED : partsOf(words)) if (!run(root, command)) failed++;
} finally {
  rmSync(root, { recursive: true, force: true });
}
console.log(
  failed === 0
    ? 'All commands ended well in the empty root.'
    : `${failed} commands failed in the empty root.`,
);
process.exitCode = failed === 0 ? 0 : 1;

function partsOf(all: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  for (const word of all) {
    if (word === '--then') parts.push([]);
    else parts.at(-1)?.push(word);
  }
  return parts;
}

function fill(root: string, bundle: string, manifest: string, loader: string, shell: string): void {
  for (const folder of ['bin', 'proc', 'dev', 'tmp', 'bundle', 'runs', 'case', dirname(manifest).slice(1)])
    mkdirSync(join(root, folder), { recursive: true });
  const { ICD } = JSON.parse(readFileSync(manifest, 'utf8')) as { ICD: { library_path: string } };
  const driver = ICD.library_path.startsWith('/')
    ? ICD.library_path
    : join(dirname(loader), basename(ICD.library_path));
  const dawn = join(bundle, 'node_modules/webgpu/dist');
  const programs = [
    shell,
    join(bundle, 'bin/node'),
    loader,
    driver,
    ...readdirSync(dawn).map((name) => join(dawn, name, 'dawn.node')),
  ];
  const libraries = new Set([loader, driver, ...programs.flatMap(needed)]);
  for (const path of libraries) put(root, path);
  put(root, manifest);
  copyFileSync(shell, join(root, 'bin/sh'));
  for (const name of DEVICES) writeFileSync(join(root, 'dev', name), '');
  cpSync(join(REPOSITORY, CASE), join(root, 'case'), { recursive: true });
  console.log(
    `root: ${libraries.size} libraries, ${basename(shell)} as /bin/sh, ${basename(manifest)}, /dev/{${DEVICES.join(',')}}, /proc`,
  );
  console.log(
    `  ${[...libraries]
      .map((path) => basename(path))
      .sort()
      .join(' ')}`,
  );
}

/** Libraries that a program or library names, and those name in turn. */
function needed(path: string): string[] {
  const { stdout } = spawnSync('ldd', [path], { encoding: 'utf8' });
  return [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, found = '']) => found);
}

function put(root: string, path: string): void {
  const target = join(root, path);
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(realpathSync(path), target);
}

function firstFile(folders: readonly string[], name: string): string | null {
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/** The bundle is bound in, so that the root has it as it is, and cannot be written to. */
function run(root: string, command: readonly string[]): boolean {
  const setUp = [
    `mount --bind '${resolve(bundle ?? '')}' '${root}/bundle'`,
    `mount -o remount,bind,ro '${root}/bundle'`,
    `mount -t proc proc '${root}/proc'`,
    ...DEVICES.map((name) => `mount --bind /dev/${name} '${root}/dev/${name}'`),
  ];
  const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const script = [
    ...setUp,
    `exec chroot '${root}' /bin/sh -c 'cd /runs && exec "$0" "$@"' /bundle/mailgym ${quoted}`,
  ].join(' && ');
  console.log(`\n== ./mailgym ${command.join(' ')}`);
  const begin = performance.now();
  const { status } = spawnSync(isolate[0] ?? '', [...isolate.slice(1), 'sh', '-c', script], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { PATH: process.env['PATH'] ?? '', HOME: '/runs', TMPDIR: '/tmp' },
  });
  console.log(
    `== ended with ${status ?? 'a signal'} after ${((performance.now() - begin) / 1000).toFixed(1)} s`,
  );
  return status === 0;
}
