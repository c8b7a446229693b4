/** Measures of the built page in a headless Chromium, each as a visitor would meet it. */
import { chromium, type Browser, type Page } from 'playwright';
import { serve } from '../serve';
import { CHROMIUM_FLAGS } from '../runtime/chromium';
import { DIST, ensurePage } from '../runtime/page';
import { ensureBrowser } from '../setup/browser';
import type { Log } from '../setup/system';
import { frameCounts, watchFrames, type FrameCounts } from './frames';
import { memoryOf, type PageMemory } from './memory';
import { slowLine } from './slow-line';

export const MB = 1e6;

export interface Wanted {
  readonly seconds: number;
  readonly tries: number;
  readonly minutes: number;
  readonly megabits: number;
}

export interface PageFigures extends Wanted {
  /** A first visit through the slow line. */
  readonly start: { readonly bytes: number; readonly seconds: number };
  readonly frames: FrameCounts;
  /** First visits after which the page has trained without a network. */
  readonly offline: number;
  /** At the first step, and after so many minutes of training. */
  readonly memory: { readonly first: PageMemory; readonly last: PageMemory };
  readonly browser: string;
}

/** Long enough for software WebGPU on a busy machine. */
const PATIENCE = 600_000;

export async function measurePage(wanted: Wanted, log: Log): Promise<PageFigures> {
  const executablePath = ensureBrowser(log);
  await ensurePage(log);
  const site = await serve({ root: DIST, port: 0 });
  const browser = await chromium.launch({ executablePath, args: [...CHROMIUM_FLAGS] });
  try {
    const start = await firstVisit(browser, site.url, wanted.megabits);
    log(`Train after ${start.seconds.toFixed(2)} s and ${(start.bytes / MB).toFixed(2)} MB`);
    const { frames, memory } = await training(browser, site.url, wanted);
    log(`${frames.frames} frames, ${frames.longTasks} long tasks`);
    let offline = 0;
    for (let i = 0; i < wanted.tries; i++) {
      offline += (await trainsOffline(browser)) ? 1 : 0;
      log(`offline in ${offline} of ${i + 1} tries`);
    }
    return { ...wanted, start, frames, offline, memory, browser: `Chromium ${browser.version()}` };
  } finally {
    await browser.close();
    await site.close();
  }
}

/** From the address to the moment that Train can be pressed. */
async function firstVisit(browser: Browser, url: string, megabits: number): Promise<PageFigures['start']> {
  const line = await slowLine(url, megabits);
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const began = performance.now();
    await page.goto(line.url, { waitUntil: 'commit' });
    await page.locator('#train:enabled').waitFor({ timeout: PATIENCE });
    return { bytes: line.bytes(), seconds: (performance.now() - began) / 1000 };
  } finally {
    await context.close();
    await line.close();
  }
}

async function training(
  browser: Browser,
  url: string,
  { seconds, minutes }: Wanted,
): Promise<Pick<PageFigures, 'frames' | 'memory'>> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    // No end comes before the measure's.
    await page.goto(`${url}#preset=quick&maxSteps=10000&patience=10000&targetAccuracy=1`);
    await train(page);
    await page.locator('.chart:not(.is-empty)').first().waitFor({ timeout: PATIENCE });
    const first = await memoryOf(page);
    await watchFrames(page);
    await page.waitForTimeout(seconds * 1000);
    const frames = await frameCounts(page);
    await page.waitForTimeout(Math.max(0, minutes * 60 - seconds) * 1000);
    return { frames, memory: { first, last: await memoryOf(page) } };
  } finally {
    await context.close();
  }
}

/** Trains on a first visit as soon as that can be done, then again with the server gone. */
async function trainsOffline(browser: Browser): Promise<boolean> {
  const site = await serve({ root: DIST, port: 0 });
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(`${site.url}#preset=smoke&maxSteps=1`);
    await train(page);
    await ended(page);
    await page.getByRole('tab', { name: 'Adapters & storage' }).click();
    await page.getByText('starts without a network from now on').waitFor({ timeout: 60_000 });
    await site.close();
    await page.reload();
    await train(page);
    await ended(page);
    return true;
  } catch {
    return false;
  } finally {
    await context.close();
    await site.close();
  }
}

async function train(page: Page): Promise<void> {
  await page.locator('#train:enabled').click({ timeout: PATIENCE });
}

async function ended(page: Page): Promise<void> {
  await page.locator('.progress[data-status="ended"]').waitFor({ timeout: PATIENCE });
}
