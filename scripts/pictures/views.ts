/** What is pictured: addresses of the page, and what is pressed before. Found by ids and classes, since words differ by language. */
import type { Page } from 'playwright';
import type { Log } from '../setup/system';

export interface Picture {
  readonly name: string;
  /** Fragment without '#' and without language. */
  readonly address: string;
  readonly prepare?: (page: Page) => Promise<void>;
}

const QUICK = 'preset=quick';
/** Milliseconds that both runs may take, on a slow machine without a graphics card. */
const PATIENCE = 1_800_000;

/** Waits until the page knows its device and what it has stored; another language than English comes by a file. */
export async function started(page: Page): Promise<void> {
  await page.waitForFunction('window.mailgym !== undefined');
  await page.evaluate('window.mailgym.ready');
}

/** A pair of runs, masked and unmasked, unless the browser's profile has them already. */
export async function makeRuns(page: Page, url: string, log: Log): Promise<void> {
  await page.goto(`${url}?headless=1#lang=en&${QUICK}&lesson=mask.2`);
  await started(page);
  const files = await page.evaluate('window.mailgym.api.listFiles("outputs/")');
  if (Array.isArray(files) && files.some((path) => String(path).includes('grpo_rollout/final/'))) return;
  log('training with the mask and without');
  await page.locator('.lesson input[type=radio]').first().check();
  await page.locator('.lesson .lesson-press button').click();
  await page.locator('.lesson-said').waitFor({ timeout: PATIENCE });
}

/** Shows the masked run as if it had just ended. */
async function reopen(page: Page): Promise<void> {
  await page.locator('#tab-runs').click();
  await page.locator('#panel-runs tbody button.link', { hasText: 'grpo_masked' }).first().click();
  await page.locator('.run-details .primary').click();
  await page.locator('#panel-curves .charts canvas').first().waitFor();
}

const show = (view: string) => async (page: Page) => {
  await reopen(page);
  await page.locator(`#tab-${view}`).click();
};

async function openTrajectory(page: Page): Promise<void> {
  await show('trajectories')(page);
  await page.locator('.traj-item').first().click();
  await page.locator('.traj-detail .tok').first().waitFor();
}

async function ask(page: Page): Promise<void> {
  await page.locator('#ask-question').fill('Who leads the interview of Olga Rennard?');
  await page.locator('.ask-form .primary').click({ timeout: 120_000 });
  await page.locator('.ask-gold').waitFor({ timeout: 300_000 });
}

export const PICTURES: readonly Picture[] = [
  { name: 'start', address: QUICK },
  { name: 'training', address: QUICK, prepare: reopen },
  { name: 'trajectories', address: QUICK, prepare: openTrajectory },
  { name: 'mask', address: QUICK, prepare: show('mask') },
  { name: 'runs', address: `${QUICK}&view=runs` },
  { name: 'compare', address: `${QUICK}&view=compare` },
  { name: 'ask', address: `${QUICK}&view=ask`, prepare: ask },
  { name: 'mail', address: `${QUICK}&view=mail` },
  { name: 'storage', address: `${QUICK}&view=files` },
  { name: 'log', address: QUICK, prepare: show('log') },
  {
    name: 'lessons',
    address: QUICK,
    prepare: (page) => page.locator('.lessons-bar button').first().click(),
  },
  {
    name: 'lesson',
    address: `${QUICK}&view=compare&lesson=mask.2`,
    prepare: async (page) => {
      await page.locator('.lesson input[type=radio]').first().check();
      await page.locator('.lesson-said').waitFor();
    },
  },
  {
    name: 'glossary',
    address: QUICK,
    prepare: (page) => page.locator('.lessons-bar button').nth(1).click(),
  },
];
