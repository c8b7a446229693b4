/** Finds a Chromium that runs, or installs one. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import {
  aptInstall,
  aptUpdate,
  findCommand,
  isExecutable,
  rootPrefix,
  runShown,
  SetupError,
  thisDistribution,
  type Distribution,
  type Log,
} from './system';

/** Variables that name a browser, in order of preference. */
const BROWSER_VARIABLES = ['MAILGYM_BROWSER', 'CHROME_PATH', 'CHROME_BIN'] as const;
const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge'];
const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];
/** WebGPU in workers, subgroups and `shader-f16` came by this version. */
const OLDEST_CHROMIUM = 121;

/** Path of a Chromium that starts. Installs one when there is none. @throws SetupError with what to do. */
export function ensureBrowser(log: Log): string {
  const found = findBrowser(log);
  if (found) return found;
  const distribution = thisDistribution();
  const plan = planBrowser(distribution, rootPrefix());
  log(
    `browser: none found; installing Chromium (${plan.kind === 'apt' ? 'Debian package' : "Playwright's build"})`,
  );
  if (plan.kind === 'apt') {
    aptUpdate(plan.prefix, log);
    aptInstall(plan.prefix, ['chromium'], '', log);
  } else {
    const cli = fileURLToPath(import.meta.resolve('playwright/package.json')).replace(
      /package\.json$/,
      'cli.js',
    );
    runShown(
      [process.execPath, cli, 'install', ...(plan.withDependencies ? ['--with-deps'] : []), 'chromium'],
      log,
    );
  }
  const installed = findBrowser(log);
  if (installed) return installed;
  throw new SetupError(
    'installed Chromium, but it does not start. Install Google Chrome or Chromium by hand and name it in MAILGYM_BROWSER.',
  );
}

export type BrowserPlan =
  | { readonly kind: 'apt'; readonly prefix: readonly string[] }
  | { readonly kind: 'playwright'; readonly withDependencies: boolean };

/** Debian's package brings its libraries along; Ubuntu's is a stub for snap, which containers lack. */
export function planBrowser(distribution: Distribution, prefix: readonly string[] | null): BrowserPlan {
  if (distribution.id === 'debian' && prefix) return { kind: 'apt', prefix };
  return { kind: 'playwright', withDependencies: distribution.apt && prefix !== null };
}

function findBrowser(log: Log): string | null {
  for (const variable of BROWSER_VARIABLES) {
    const path = process.env[variable];
    if (path === undefined || path === '') continue;
    const version = chromiumVersion(path);
    if (version === null)
      throw new SetupError(`${variable} names ${path}, which does not start as a Chromium.`);
    return accept(path, version, `from ${variable}`, log);
  }
  const own = chromium.executablePath();
  const candidates = [own, ...COMMANDS.map((name) => findCommand([name])), ...APPLICATIONS];
  for (const path of candidates) {
    if (path === null || path === '' || !isExecutable(path)) continue;
    const version = chromiumVersion(path);
    if (version !== null && version >= OLDEST_CHROMIUM) {
      return accept(path, version, path === own ? "Playwright's own" : 'on this machine', log);
    }
    log(
      `browser: passed over ${path} (${version === null ? 'does not start' : `version ${version} is too old`})`,
    );
  }
  return null;
}

function accept(path: string, version: number, origin: string, log: Log): string {
  log(`browser: Chromium ${version} at ${path} (${origin})`);
  return path;
}

/** Major version; null when the program does not start or is something else. */
export function chromiumVersion(path: string): number | null {
  // Chrome for Windows opens a window instead of printing its version.
  if (process.platform === 'win32') return isExecutable(path) ? Number.MAX_SAFE_INTEGER : null;
  const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 30_000 });
  return status === 0 ? parseVersion(stdout) : null;
}

export function parseVersion(text: string): number | null {
  const match = /\b(\d{2,})\.\d+\.\d+/.exec(text);
  return match ? Number(match[1]) : null;
}
