/**
 * A lock file for somebody who installs the package: the versions that this repository has locked, so that the
 * installation is the same every day and finds everything in npm's cache.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '../runtime/page';
import { PackageError } from './scripts';

/** What npm's lock file says of one folder of packages. */
export interface LockedPackage {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly dev?: boolean;
}
type Locked = Readonly<Record<string, LockedPackage>>;

export function readLock(): Locked {
  const text = readFileSync(join(REPOSITORY, 'package-lock.json'), 'utf8');
  return (JSON.parse(text) as { packages: Locked }).packages;
}

/**
 * The lock's entries for the packages named and everything they need, by folder.
 * @throws PackageError when the lock has no such package
 */
export function closure(locked: Locked, names: readonly string[]): Record<string, LockedPackage> {
  const found = new Map<string, LockedPackage>();
  const visit = (name: string, from: string, optional: boolean) => {
    const folder = folderOf(locked, name, from);
    const entry = folder === null ? undefined : locked[folder];
    if (folder === null || entry === undefined) {
      if (optional) return;
      throw new PackageError(`package-lock.json has no ${name}, which ${from || 'the consumer'} needs.`);
    }
    if (found.has(folder)) return;
    // What this repository needs for development only, the consumer needs.
    found.set(folder, { ...entry, dev: false });
    for (const dependency of Object.keys(entry.dependencies ?? {})) visit(dependency, folder, false);
    for (const dependency of Object.keys(entry.optionalDependencies ?? {})) visit(dependency, folder, true);
    for (const dependency of Object.keys(entry.peerDependencies ?? {})) {
      if (entry.peerDependenciesMeta?.[dependency]?.optional !== true) visit(dependency, folder, false);
    }
  };
  for (const name of names) visit(name, '', false);
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The nearest folder with the package, as Node looks for it. */
function folderOf(locked: Locked, name: string, from: string): string | null {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf('node_modules/') - 1))) {
    const folder = `${base === '' ? '' : `${base}/`}node_modules/${name}`;
    if (folder in locked) return folder;
    if (base === '') return null;
  }
}
