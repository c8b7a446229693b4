/** The built page: where it is, whether it is current, making it. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Log } from '../setup/system';

export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
export const DIST = join(REPOSITORY, 'dist');
/** Written last by the build, so its time is the build's. */
const LAST_FILE = join(DIST, 'sw.js');
const SOURCES = [
  ...['index.html', 'vite.config.ts', 'package-lock.json', 'src', 'workers', 'public'],
  ...['docs/guide', 'docs/pictures', 'scripts/guide.ts'],
];

export async function buildPage(log: Log): Promise<void> {
  log('building the page into dist/');
  const started = performance.now();
  // Of a loader of Vite's future; the present one reads the configuration as it is.
  process.env['VITE_CONFIG_NATIVE_IGNORE_WARNING'] ??= 'true';
  // Only who needs a page needs Vite; runs on Dawn do without (without-browser.test.ts).
  const { build } = await import('vite');
  await build({ root: REPOSITORY, configFile: join(REPOSITORY, 'vite.config.ts'), logLevel: 'warn' });
  log(`built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** Builds unless dist/ is newer than everything it is made from. */
export async function ensurePage(log: Log): Promise<void> {
  const built = existsSync(LAST_FILE) ? statSync(LAST_FILE).mtimeMs : 0;
  const newest = Math.max(...SOURCES.map((source) => newestChange(join(REPOSITORY, source))));
  if (built <= newest) await buildPage(log);
}

/** Latest modification below a path, folders' own times (removed files) included; milliseconds, 0 when absent. */
export function newestChange(path: string): number {
  if (!existsSync(path)) return 0;
  const info = statSync(path);
  if (!info.isDirectory()) return info.mtimeMs;
  return Math.max(info.mtimeMs, ...readdirSync(path).map((name) => newestChange(join(path, name))));
}
