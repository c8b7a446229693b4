/**
 * Loads SQLite's WebAssembly build once per realm (page, worker or Node process).
 *
 * By default the package finds its own `sqlite3.wasm`: in Node beside its module, under Vite as an emitted asset of
 * this site. {@link useSqliteWasm} overrides that with a URL or the bytes; nothing is ever fetched from elsewhere.
 * Under Vite's development server the package must stay out of dependency pre-bundling
 * (`optimizeDeps.exclude`), or the asset URL is lost.
 */
import init, { type Sqlite3Static } from '@sqlite.org/sqlite-wasm';
import { CorpusError } from './types';

/** Emscripten's module options that matter here; the package's own types leave them out on purpose. */
interface ModuleOptions {
  wasmBinary?: Uint8Array;
  locateFile?: (file: string) => string;
}

/** What `sqlite3ApiConfig` may hold; read and deleted by the package while it starts. */
interface ApiConfig {
  disable: { vfs: Record<string, boolean> };
}

let source: string | Uint8Array | undefined;
let loading: Promise<Sqlite3Static> | undefined;

/**
 * Where `sqlite3.wasm` comes from: a URL, or its bytes. Takes effect only before the first store is made.
 * @throws CorpusError when SQLite is already loaded.
 */
export function useSqliteWasm(wasm: string | Uint8Array): void {
  if (loading !== undefined) {
    throw CorpusError.of('corpus/sqlite-loaded');
  }
  source = wasm;
}

/** The one SQLite instance of this realm. A failed load is not remembered, so a later call tries again. */
export function loadSqlite(): Promise<Sqlite3Static> {
  loading ??= start().catch((error: unknown) => {
    loading = undefined;
    throw CorpusError.of('corpus/sqlite-not-loaded', { reason: String(error) });
  });
  return loading;
}

function start(): Promise<Sqlite3Static> {
  const options: ModuleOptions = {};
  const wasm = source;
  if (typeof wasm === 'string') options.locateFile = () => wasm;
  else if (wasm !== undefined) options.wasmBinary = wasm;
  // Mail lives in memory only. Without this, a cross-origin-isolated page starts a proxy worker for OPFS files.
  const config: ApiConfig = {
    disable: { vfs: { kvvfs: true, opfs: true, 'opfs-vfs': true, 'opfs-wl': true, 'opfs-sahpool': true } },
  };
  (globalThis as { sqlite3ApiConfig?: ApiConfig }).sqlite3ApiConfig = config;
  return (init as (options: ModuleOptions) => Promise<Sqlite3Static>)(options);
}
