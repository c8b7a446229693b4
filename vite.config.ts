import { createHash } from 'node:crypto';
import { defineConfig, type Plugin } from 'vite';
import { environmentGuest } from './scripts/environment-guest';
import { pagePolicy } from './scripts/page-policy';
import { guide } from './scripts/guide';

const SERVICE_WORKER = 'sw.js';
/** Files of public/ that the page itself is made of. */
const PUBLIC_FILES = ['startup-failure.js'];

/** Files of packages that the bundler finds named but that nothing of the page asks for: 27 MB, which are not shipped. */
const NEVER_ASKED_FOR = /(ort-wasm-simd-threaded|sqlite3-worker1|sqlite3-opfs-async-proxy)[^/]*$/;

/**
 * Makes the built page work offline: writes the list of its files into the service worker (workers/offline.ts), which the
 * page registers (src/ui/offline.ts). The development server has none of it.
 */
function offline(): Plugin {
  return {
    name: 'mailgym-offline',
    apply: 'build',
    // After the page's HTML has been added to the bundle.
    enforce: 'post',
    generateBundle(_options, bundle) {
      const worker = bundle[SERVICE_WORKER];
      if (worker?.type !== 'chunk') throw new Error(`the build made no ${SERVICE_WORKER}`);
      for (const name of Object.keys(bundle)) if (NEVER_ASKED_FOR.test(name)) delete bundle[name];
      const made = Object.keys(bundle).filter((name) => name !== SERVICE_WORKER && !name.endsWith('.map'));
      const files = [...made, ...PUBLIC_FILES];
      if (!worker.code.includes('__PRECACHE__'))
        throw new Error(`${SERVICE_WORKER} has no place for its list`);
      // Names of assets carry a hash of their content; the page itself keeps its name.
      const page = bundle['index.html'];
      if (page?.type !== 'asset') throw new Error('the build made no index.html');
      const version = createHash('sha256').update(files.sort().join('\n')).update(page.source).digest('hex');
      const precache = JSON.stringify({ version: version.slice(0, 16), files });
      worker.code = worker.code.replace('__PRECACHE__', precache);
    },
  };
}

/** In development, `?mock=1` puts a stand-in for the worker into the page (tests/mock/). The built page has none of it. */
function standIn(): Plugin {
  return {
    name: 'mailgym-stand-in',
    apply: 'serve',
    transformIndexHtml: (_html, { originalUrl }) =>
      new URLSearchParams(originalUrl?.split('?')[1] ?? '').get('mock') === '1'
        ? [{ tag: 'script', attrs: { type: 'module', src: '/tests/mock/page.ts' }, injectTo: 'head-prepend' }]
        : [],
  };
}

// Timings are no fault, and transformers.js is one file however it is imported.
const checks = { pluginTimings: false, ineffectiveDynamicImport: false };

export default defineConfig({
  // Relative addresses: the page works from any folder of any site.
  base: './',
  plugins: [pagePolicy(), offline(), standIn(), environmentGuest(), guide()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es', rolldownOptions: { checks } },
  build: {
    target: 'es2023',
    // Data URLs would hide WebAssembly and fonts from the cache, and bloat the scripts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4096,
    rolldownOptions: {
      checks,
      input: { index: 'index.html', sw: 'workers/offline.ts' },
      output: {
        entryFileNames: (chunk) => (chunk.name === 'sw' ? SERVICE_WORKER : 'assets/[name]-[hash].js'),
      },
    },
  },
  optimizeDeps: {
    // These find their WebAssembly beside themselves, which bundling for development would break.
    exclude: ['@sqlite.org/sqlite-wasm', '@huggingface/transformers', 'onnxruntime-web'],
    // What the worker needs is bundled before it asks: found later, its first start would fail on what became outdated.
    entries: ['index.html', 'workers/trainer.worker.ts'],
  },
});
