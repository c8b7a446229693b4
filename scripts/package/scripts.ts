/** The package's JavaScript: one build for browsers and one for Node, which differ in what `#platform` is. */
import { MailGymError, type ErrorName } from '../../src/errors';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { REPOSITORY } from '../runtime/page';
import { ENTRIES, LIBRARY, readManifest, type Platform } from './entries';

/** The library may use only what an installation brings, and browsers nothing of Node. */
export class PackageError extends MailGymError {
  override name: ErrorName = 'PackageError';
}

/** @throws PackageError when the code imports a package that is no dependency, or a browser's a module of Node */
export async function buildScripts(platform: Platform): Promise<void> {
  const { dependencies, peerDependencies } = readManifest();
  const installed = new Set([...Object.keys(dependencies), ...Object.keys(peerDependencies)]);
  const bundle = await rolldown({
    cwd: REPOSITORY,
    input: ENTRIES,
    platform,
    resolve: { conditionNames: platform === 'node' ? ['node', 'import'] : ['browser', 'import'] },
    external: (id, importer) => isExternal(id, importer ?? 'an entry', platform, installed),
    // transformers.js is one module however it is imported.
    checks: { ineffectiveDynamicImport: false },
  });
  await bundle.write({
    dir: join(REPOSITORY, LIBRARY, platform),
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
  });
  await bundle.close();
}

/** Whether an import stays as it is. @throws PackageError */
export function isExternal(
  id: string,
  importer: string,
  platform: Platform,
  installed: ReadonlySet<string>,
): boolean {
  if (isBuiltin(id)) {
    if (platform === 'node') return true;
    throw new PackageError(
      `${importer} imports ${id}, which no browser has. Reach it through #platform (src/run/platform/node.ts).`,
    );
  }
  // Our own files: relative, absolute once resolved, or by package.json's imports.
  if (/^[./#]|^[A-Z]:/.test(id)) return false;
  const name = id
    .split('/')
    .slice(0, id.startsWith('@') ? 2 : 1)
    .join('/');
  if (installed.has(name)) return true;
  throw new PackageError(
    `${importer} imports ${id}, which an installation of the package would not bring. Move ${name} from ` +
      'devDependencies to dependencies.',
  );
}
