/** Somebody else's projects in a temporary folder, with the packed package installed. */
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createHash } from 'node:crypto';
import { REPOSITORY } from '../runtime/page';
import { readManifest } from './entries';
import { closure, readLock } from './lock';
import { PackageError } from './scripts';

/** @throws PackageError with what the program printed, when it fails */
export function run(program: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8', shell: false });
  if (status === 0) return stdout;
  throw new PackageError(
    `${basename(program)} ${args.join(' ')} ended with status ${status ?? 'unknown'} in ${cwd}:\n${stdout}${stderr}`,
  );
}

/**
 * Compiles the project in Node and answers what TypeScript says about it and about the library's own types. Types of
 * other packages are not judged: tfjs's contradict those of current browsers.
 */
export function typeErrors(project: string): string[] {
  const compiler = join(project, '..', 'node_modules', 'typescript', 'bin', 'tsc');
  const { stdout } = spawnSync(process.execPath, [compiler], { cwd: project, encoding: 'utf8' });
  return stdout.split('\n').filter((line) => /: error TS/.test(line) && !isOfOthers(line));
}

function isOfOthers(line: string): boolean {
  return /^(\.\.\/)?node_modules\//.test(line) && !line.includes(`node_modules/${readManifest().name}/`);
}

/** Builds and packs the package. @returns the tarball's path */
export function pack(folder: string): string {
  run('npm', ['run', 'build:package'], REPOSITORY);
  // This repository's npm runs no scripts by itself, prepack included.
  const output = run('npm', ['pack', '--silent', '--pack-destination', folder], REPOSITORY);
  return join(folder, output.trim().split('\n').at(-1) ?? '');
}

/** Projects of `tests/consumer`, and what each needs of this repository's packages beside the library. */
const PROJECTS = { 'node-project': ['typescript', 'webgpu'], 'vite-app': ['vite'] } as const;
/** Examples of the docs that the project in Node compiles and runs, each under its name in the project. */
const EXAMPLES = { 'library.ts': join('docs', 'examples', 'library.ts') } as const;
export type Project = keyof typeof PROJECTS;

/**
 * Copies the projects of `tests/consumer` to a folder and installs the tarball for them: in one installation, as
 * workspaces, from npm's cache where that has the packages.
 */
export function installProjects(root: string, tarball: string): void {
  const library = readManifest();
  const locked = readLock();
  const packages: Record<string, unknown> = {};
  const needed = new Set(Object.keys(library.dependencies));
  for (const [name, tools] of Object.entries(PROJECTS)) {
    cpSync(join(REPOSITORY, 'tests', 'consumer', name), join(root, name), { recursive: true });
    if (name === 'node-project') {
      for (const [file, path] of Object.entries(EXAMPLES))
        cpSync(join(REPOSITORY, path), join(root, name, file));
    }
    const dependencies: Record<string, string> = { [library.name]: `file:${tarball}` };
    for (const tool of tools) {
      needed.add(tool);
      dependencies[tool] = locked[`node_modules/${tool}`]?.version ?? '';
    }
    const manifest = { name, version: '0.0.0', private: true, type: 'module', dependencies };
    writeJson(join(root, name, 'package.json'), manifest);
    packages[name] = manifest;
    packages[`node_modules/${name}`] = { resolved: name, link: true };
  }
  const manifest = { name: 'consumer', version: '0.0.0', private: true, workspaces: Object.keys(PROJECTS) };
  const { version, dependencies, peerDependencies, peerDependenciesMeta } = library;
  packages[`node_modules/${library.name}`] = {
    ...{ version, resolved: `file:${tarball}`, integrity: integrityOf(tarball) },
    ...{ dependencies, peerDependencies, peerDependenciesMeta },
  };
  Object.assign(packages, closure(locked, [...needed]));
  writeJson(join(root, 'package.json'), manifest);
  writeJson(join(root, 'package-lock.json'), {
    ...{ name: manifest.name, version: manifest.version, lockfileVersion: 3, requires: true },
    packages: { '': manifest, ...packages },
  });
  run('npm', ['ci', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'], root);
}

function integrityOf(file: string): string {
  return `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, JSON.stringify(value, null, 2));
}
