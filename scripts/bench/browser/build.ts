/** Building the page that measures. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';
import { REPOSITORY } from '../../runtime/page';

export const BENCH_DIST = join(REPOSITORY, '.cache', 'bench-page');

/** Files of `rows/` that measure in browsers: those of the catalog's benchmarks that say so. */
const ROWS: readonly string[] = ['matmul', 'step-full', 'grpo-step', 'cold-start', 'profile'];

/** The other rows, and what only they need, stay out of the page: some of it exists in Node alone. */
function onlyRowsOfBrowsers(): Plugin {
  const absent = '\0absent-rows';
  return {
    name: 'mailgym-bench-rows',
    enforce: 'pre',
    resolveId: (source) => {
      const file = /^\.\/rows\/([\w-]+)$/.exec(source)?.[1];
      return file === undefined || ROWS.includes(file) ? null : absent;
    },
    load: (id) => (id === absent ? 'export {};' : null),
  };
}

export async function buildBenchPage(): Promise<void> {
  await build({
    configFile: false,
    root: fileURLToPath(new URL('.', import.meta.url)),
    base: './',
    publicDir: false,
    logLevel: 'error',
    plugins: [onlyRowsOfBrowsers()],
    worker: { format: 'es' },
    build: {
      target: 'es2023',
      outDir: BENCH_DIST,
      emptyOutDir: true,
      minify: false,
      modulePreload: false,
      assetsInlineLimit: 0,
      rolldownOptions: { checks: { pluginTimings: false, ineffectiveDynamicImport: false } },
    },
  });
}
