/** The commands as scripts that need no package beside them but Dawn. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { rolldown, type Plugin } from 'rolldown';
import { bundleGuest } from '../../src/env/host/guest-bundle';
import { REPOSITORY } from '../runtime/page';

export const COMMANDS = ['doctor', 'train', 'evaluate', 'bench', 'verify', 'sweep'] as const;

/** Processes that benchmarks start, beside the commands. */
const PROGRAMS = { child: 'scripts/bench/child.ts', 'cold-child': 'scripts/bench/cold-child.ts' } as const;

/**
 * Stay imports, most of which are not there: Dawn is, beside the scripts; the others belong to the browser runtime and to
 * peers of benchmarks, which a bundle does not have.
 */
const OUTSIDE = ['webgpu', 'vite', 'playwright', 'rolldown', 'onnxruntime-web', '@genai-fi/nanogpt'] as const;

export const isOutside = (id: string): boolean =>
  isBuiltin(id) || OUTSIDE.some((name) => id === name || id.startsWith(`${name}/`));

/**
 * transformers.js asks for both as it starts, and for nothing of them afterwards: models run on our engine, and there are no
 * pictures. ONNX Runtime it requires at run time, so a package of that name must be there.
 */
const NO_SHARP: Plugin = {
  name: 'mailgym-no-sharp',
  resolveId: (id) => (id === 'sharp' ? '\0no-sharp' : null),
  load: (id) =>
    id === '\0no-sharp'
      ? 'export default function sharp() { throw new Error("There are no pictures."); }'
      : null,
};

/** @param modules the bundle's `node_modules` */
export function writeOnnxRuntimeStandIn(modules: string): void {
  const folder = join(modules, 'onnxruntime-node');
  mkdirSync(folder, { recursive: true });
  const manifest = { name: 'onnxruntime-node', version: '0.0.0', main: 'index.cjs' };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest)}\n`);
  writeFileSync(
    join(folder, 'index.cjs'),
    'exports.InferenceSession = {};\nexports.env = { wasm: {}, webgpu: {}, versions: {} };\nexports.listSupportedBackends = () => [];\n',
  );
}

/** @param folder two levels below the bundle's root, as scripts/runtime is below a checkout's, so that both find their files alike */
export async function bundleScripts(folder: string): Promise<void> {
  const bundle = await rolldown({
    cwd: REPOSITORY,
    input: { ...Object.fromEntries(COMMANDS.map((name) => [name, `scripts/${name}.ts`])), ...PROGRAMS },
    platform: 'node',
    resolve: { conditionNames: ['node', 'import'] },
    external: isOutside,
    plugins: [NO_SHARP],
    logLevel: 'warn',
    checks: { ineffectiveDynamicImport: false, eval: false },
  });
  await bundle.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    // All in one folder: modules look for files beside themselves.
    chunkFileNames: '[name]-[hash].js',
    comments: { legal: true },
    minify: { mangle: false, codegen: true, compress: false },
  });
  await bundle.close();
  writeFileSync(join(folder, 'environment-guest.js'), await bundleGuest());
  copyFileSync(
    join(REPOSITORY, 'node_modules/@sqlite.org/sqlite-wasm/dist/sqlite3.wasm'),
    join(folder, 'sqlite3.wasm'),
  );
}
