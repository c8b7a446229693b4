/** What the package consists of. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '../runtime/page';

/** Public entries: name of the output file and its source. `exports` in package.json names the same. */
export const ENTRIES = {
  index: 'src/index.ts',
  tfjs: 'src/tfjs.ts',
  environments: 'src/environments.ts',
} as const;
export type Entry = keyof typeof ENTRIES;

/** The built package's folder below the repository. */
export const LIBRARY = 'dist-lib';
export const PLATFORMS = ['browser', 'node'] as const;
export type Platform = (typeof PLATFORMS)[number];

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

export function readManifest(): Manifest {
  return JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as Manifest;
}
