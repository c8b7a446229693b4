/** Benchmarks in a headless Chromium, each in a page of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright';
import { launchChromium } from '../../runtime/chromium';
import { fromPage } from '../../runtime/headless-page';
import { REPOSITORY } from '../../runtime/page';
import { serve } from '../../serve';
import { ensureBrowser } from '../../setup/browser';
import type { Runner } from '../parent';
import type { ChildMessage, ChildTask } from '../protocol';
import { BENCH_DIST, buildBenchPage } from './build';

/** What the page puts on `window`, as far as it is used here. */
interface PageWindow {
  readonly bench?: (task: ChildTask) => Promise<void>;
}
declare const window: PageWindow;

/** Milliseconds until the page's scripts must have run. */
const START_TIMEOUT = 180_000;

export async function browserRunner(log: (line: string) => void): Promise<Runner> {
  const executable = ensureBrowser(log);
  log('building the page that measures');
  await buildBenchPage();
  const files = (kind: string) => [kind, join(REPOSITORY, 'public', kind)] as const;
  const site = await serve({
    root: BENCH_DIST,
    port: 0,
    mounts: new Map([files('models'), files('datasets')]),
  });
  // Compiled shaders must not come from an earlier run.
  const profile = mkdtempSync(join(tmpdir(), 'mailgym-bench-'));
  let context: BrowserContext | null = null;
  const closeAll = async () => {
    await context?.close();
    await site.close();
    rmSync(profile, { recursive: true, force: true });
  };
  try {
    context = await launchChromium(executable, profile);
  } catch (error) {
    await closeAll();
    throw error;
  }
  return pages(context, site.url, closeAll);
}

function pages(context: BrowserContext, url: string, closeAll: () => Promise<void>): Runner {
  let closed: Promise<void> | null = null;
  return {
    can: ({ inBrowsers }, id) => inBrowsers?.(id) === true,
    close: () => (closed ??= closeAll()),
    run: async (task, onMessage) => {
      const page = await context.newPage();
      const heard: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') heard.push(message.text());
      });
      const broken = new Promise<never>((_, reject) => {
        page.on('crash', () => reject(new Error('the page crashed')));
      });
      broken.catch(() => undefined);
      try {
        await page.exposeFunction('benchMessage', (message: ChildMessage) => onMessage(message));
        await page.goto(url);
        await page.waitForFunction(() => window.bench !== undefined, undefined, { timeout: START_TIMEOUT });
        await Promise.race([page.evaluate((given) => window.bench?.(given), task), broken]);
        return null;
      } catch (error) {
        const plain = fromPage(error);
        const words = plain instanceof Error ? `${plain.name}: ${plain.message}` : String(plain);
        return [words, ...heard.slice(-2)].join(' | ');
      } finally {
        await page.close().catch(() => undefined);
      }
    },
  };
}
